// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace weir {

// Exit statuses of every verb.
constexpr int kExitDone = 0;
constexpr int kExitSomeFailed = 1;  // some inputs failed; the rest is done
constexpr int kExitNothing = 2;     // wrong usage, or nothing could run
constexpr int kExitInterrupted = 130;

// The whole program: parses, runs one verb, gives the exit status.
int run_cli(int argc, char** argv);

}  // namespace weir
