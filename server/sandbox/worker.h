// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <vector>

#include "server/sandbox/decoder.h"
#include "server/sandbox/socket.h"
#include "weir/base/byte_source.h"
#include "weir/base/limits.h"
#include "weir/base/result.h"
#include "weir/signal/signals.h"

namespace weir {

// What a worker does with one file's bytes, which may change or end while they are read. A job on
// a video says how far it is, from its beginning on: until then the deadline of pictures counts,
// and from then on silence is taken for a stall. Exceptions that it lets through become Errors.
using DecodeJob = std::function<Result<ItemSignals>(
    ByteSource& file, const DecodeWants& wants, const Limits& limits, const DecodeProgress& say)>;

// How a worker begins.
struct WorkerStart {
  Fd socket;  // to the parent
  Fd memory;  // kAnswerMemoryBytes, where answers are written
  Limits limits;
  std::vector<SandboxLayer> layers;  // in force already
  pid_t parent = 0;                  // the zygote's getpid()
  uint32_t workers = 1;              // of the zygote, at most
};

// The life of one worker: confines the process, says which layers are in force, then answers one
// file after the other until the parent closes the socket. It asks to be replaced after many files,
// a large one, or long use, so that what a library leaks or keeps stays small.
[[noreturn]] void run_worker(WorkerStart start, const DecodeJob& job);

}  // namespace weir
