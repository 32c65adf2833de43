// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>

#include "weir/base/pixels.h"
#include "weir/base/result.h"
#include "weir/signal/video_track.h"

namespace weir {

// Makes the features of stills, one after the other or a few at once; they come out in the order in
// which they went in, always the same number of calls later.
class StillQueue {
 public:
  explicit StillQueue(unsigned threads);
  ~StillQueue();

  // Gives the still that went in longest ago when there are too many under way. Waits for it.
  // Errors: limit without memory.
  Result<std::optional<Still>> push(std::chrono::microseconds time, Pixels picture,
                                    const FeatureOptions& options);
  // The one that went in longest ago; nothing when there is none left.
  Result<std::optional<Still>> pop();

 private:
  struct Task;
  unsigned threads_;
  std::deque<std::unique_ptr<Task>> tasks_;
};

}  // namespace weir
