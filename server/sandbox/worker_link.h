// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "server/sandbox/protocol.h"
#include "server/sandbox/socket.h"
#include "server/sandbox/zygote_link.h"

namespace weir {

// The parent's end of one worker; the worker is ended with it.
class WorkerLink {
 public:
  // Errors: unavailable when no worker can be forked or it does not report its layers.
  static Result<std::unique_ptr<WorkerLink>> start(ZygoteLink& zygote, const Limits& limits,
                                                   int nice = 0);
  ~WorkerLink();

  const std::vector<SandboxLayer>& layers() const { return layers_; }

  // Why there is no answer.
  enum class Silence {
    kEnded,     // the worker closed its socket, most likely by dying
    kLate,      // no answer until the deadline
    kStalled,   // a video on which the worker got no further
    kNonsense,  // what it said breaks the protocol
    kLost,      // the worker failed at the file before this one, which it never began
    kNotIdle,   // before it was handed this file it had ended, or said something unasked
  };
  struct Reply {
    std::optional<DecodeAnswer> answer;
    Silence silence = Silence::kEnded;  // when there is no answer
    bool retire = false;                // the worker wants to be replaced
  };

  // Hands over a file (open for reading only) and waits for its answer, from the moment the worker
  // is free for it as long as `limits` allow. After a silence the worker is of no use; unless it
  // is kLost, the caller ends it. A long answer ends the worker, too. Precondition: at most
  // kFilesUnderWay callers at once.
  Reply ask(int fd, uint64_t bytes, const DecodeWants& wants, const Limits& limits,
            const DecodeProgress& progress);

  // Whether the worker is where it should be between two files: alive and silent. Precondition: no
  // caller is asking.
  bool is_quiet() const;
  // Processor time that it has used; zero when that cannot be told.
  std::chrono::nanoseconds processor_time() const;

  // Ends the worker now, and gives its status as waitpid() does.
  // Errors: unavailable when its zygote is gone, or it was ended before.
  Result<int> end();

 private:
  explicit WorkerLink(ZygoteLink& zygote) : zygote_(zygote) {}
  Status open_channels(const Limits& limits, int nice);
  Status receive_layers();
  uint64_t hand_over(int fd, uint64_t bytes, const DecodeWants& wants, bool& is_idle);
  bool wait_for_turn(uint64_t turn);
  std::optional<Silence> receive_reply(const Limits& limits, const DecodeProgress* progress,
                                       JobReply& reply);
  void next_turn(bool failed);
  bool is_spent() const;

  ZygoteLink& zygote_;
  WorkerId id_;
  Fd socket_;
  pid_t process_ = 0;           // as numbered here; 0: not known
  std::span<uint8_t> answers_;  // shared with the worker, which may write there at any time
  std::vector<SandboxLayer> layers_;

  // Files are answered in the order in which they were handed over; each caller has a turn.
  std::mutex mutex_;
  std::condition_variable turn_came_;
  uint64_t handed_over_ = 0;
  uint64_t answered_ = 0;
  bool failed_ = false;
};

}  // namespace weir
