// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/video/still_queue.h"

#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "weir/hash/features/local_features.h"

namespace weir {

namespace {

// However many threads there are, so that the same still comes out at the same call.
constexpr size_t kUnderWay = 2;

}  // namespace

struct StillQueue::Task {
  Pixels picture;
  FeatureOptions options;
  Still still;
  bool lacks_memory = false;
  std::jthread thread;  // last, so that it ends before what it uses

  void run() {
    try {
      still.picture = local_features(picture.view(), options);
    } catch (const std::bad_alloc&) {  // told to whoever takes the still
      lacks_memory = true;
    }
    picture = {};
  }
};

StillQueue::StillQueue(unsigned threads) : threads_(threads) {}
StillQueue::~StillQueue() = default;

Result<std::optional<Still>> StillQueue::push(std::chrono::microseconds time, Pixels picture,
                                              const FeatureOptions& options) {
  auto task = std::make_unique<Task>();
  task->picture = std::move(picture);
  task->options = options;
  task->still.time = time;
  bool is_running = false;
  if (threads_ > 1) try {
      task->thread = std::jthread([to_run = task.get()] { to_run->run(); });
      is_running = true;
    } catch (const std::system_error&) {  // no thread to be had: then here
    }
  if (!is_running) task->run();
  tasks_.push_back(std::move(task));
  if (tasks_.size() <= kUnderWay) return std::optional<Still>();
  return pop();
}

Result<std::optional<Still>> StillQueue::pop() {
  if (tasks_.empty()) return std::optional<Still>();
  const std::unique_ptr<Task> task = std::move(tasks_.front());
  tasks_.pop_front();
  if (task->thread.joinable()) task->thread.join();
  if (task->lacks_memory)
    return Error{ErrorCode::kLimit, "the stills of this video need more memory than there is"};
  return std::optional<Still>(std::move(task->still));
}

}  // namespace weir
