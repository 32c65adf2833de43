// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace weir {

// The state of the moment: whoever took it goes on seeing it while others put new ones in its
// place. All calls are safe from any thread, and none waits for longer than the copy of a pointer.
template <class State>
class Published {
 public:
  explicit Published(State first) : current_(std::make_shared<const State>(std::move(first))) {}

  std::shared_ptr<const State> take() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void put(State next) {
    auto state = std::make_shared<const State>(std::move(next));
    const std::lock_guard lock(mutex_);
    current_.swap(state);
  }  // the old state, now in `state`, may be freed here, after the lock is let go

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const State> current_;
};

}  // namespace weir
