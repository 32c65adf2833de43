// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "server/sandbox/protocol.h"
#include "server/sandbox/socket.h"
#include "server/sandbox/zygote_link.h"

namespace weir {

// The parent's end of one worker; the worker is ended with it. One file at a time.
class WorkerLink {
 public:
  // Errors: unavailable when no worker can be forked or it does not report its layers.
  static Result<std::unique_ptr<WorkerLink>> start(ZygoteLink& zygote, const Limits& limits);
  ~WorkerLink();

  const std::vector<SandboxLayer>& layers() const { return layers_; }

  // Why there is no answer.
  enum class Silence {
    kEnded,     // the worker closed its socket, most likely by dying
    kLate,      // nothing until the deadline
    kNonsense,  // what it said breaks the protocol
  };
  struct Reply {
    std::optional<Answer> answer;
    Silence silence = Silence::kEnded;  // when there is no answer
    bool retire = false;                // the worker wants to be replaced
  };

  // Hands over a file (open for reading only) and waits. After a silence the worker is of no use.
  Reply ask(int fd, uint64_t bytes, const DecodeWants& wants,
            std::chrono::steady_clock::time_point deadline);

  // Ends the worker now, and gives its status as waitpid() does.
  // Errors: unavailable when its zygote is gone, or it was ended before.
  Result<int> end();

 private:
  explicit WorkerLink(ZygoteLink& zygote) : zygote_(zygote) {}
  Status open_channels(const Limits& limits);
  Status receive_layers();

  ZygoteLink& zygote_;
  WorkerId id_;
  Fd socket_;
  std::span<uint8_t> answers_;   // shared with the worker, which may write there at any time
  std::vector<uint8_t> copied_;  // an answer, out of its reach
  std::vector<SandboxLayer> layers_;
};

}  // namespace weir
