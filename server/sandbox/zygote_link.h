// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <mutex>
#include <string>
#include <utility>

#include "server/sandbox/protocol.h"
#include "server/sandbox/socket.h"
#include "weir/base/limits.h"
#include "weir/base/result.h"

namespace weir {

// A forked worker as its zygote numbers it; numbers of an earlier zygote mean nothing to a later
// one.
struct WorkerId {
  uint64_t zygote = 0;
  pid_t pid = 0;
};

// The parent's end of the weir-decode program: starts it, restarts it when it has died, has workers
// forked and ended. Thread-safe; one request at a time.
class ZygoteLink {
 public:
  explicit ZygoteLink(std::string program) : program_(std::move(program)) {}
  // Ends the program and, with it, every worker.
  ~ZygoteLink();

  // A worker that talks over `socket` and answers in `memory` (its ends; the caller may close
  // them). Errors: unavailable when the program cannot be started or cannot fork.
  Result<WorkerId> fork_worker(const Fd& socket, const Fd& memory, const Limits& limits,
                               int nice = 0);

  // How many workers there will be at once. Call it before the first of them is forked.
  void expect_workers(uint32_t workers) { workers_ = workers; }

  // Kills the worker if it lives, and gives its status as waitpid() does.
  // Errors: unavailable when its zygote died, and the worker with it.
  Result<int> end_worker(WorkerId worker);

 private:
  Status start();
  void stop();
  Result<ControlReply> ask(const ControlRequest& request, std::span<const int> files = {});
  Result<ControlReply> receive_reply(std::chrono::seconds patience);

  const std::string program_;
  std::mutex mutex_;
  Fd control_;  // not open: no zygote now
  pid_t process_ = -1;
  uint64_t started_ = 0;  // zygotes so far
  uint32_t workers_ = 1;
};

}  // namespace weir
