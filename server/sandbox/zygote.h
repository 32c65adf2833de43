// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "server/sandbox/worker.h"
#include "weir/base/result.h"

namespace weir {

// Makes a program's main(): the zygote, a process with one thread and every library set up, of
// which workers are forked as the parent asks for them. It never touches foreign bytes itself.
//
// A worker cannot be forked from the parent, which has threads: a lock that another thread holds
// would stay locked in the child.
struct ZygoteProgram {
  const char* purpose;                           // said to a person who runs the program by hand
  std::function<Status(const char* name)> init;  // sets libraries up, before any fork
  DecodeJob job;
};

// Returns the exit status: 0 when the parent went away, 2 when started by hand, 1 for a failure
// that the parent has been told.
int run_zygote(int argc, char** argv, const ZygoteProgram& program);

}  // namespace weir
