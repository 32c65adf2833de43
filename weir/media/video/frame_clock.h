// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace weir::media {

// Makes times that never run backwards of what a container says, whose times may be missing, begin
// anywhere, jump (parts sewn together, broadcasts that wrap) or be nonsense.
class FrameClock {
 public:
  using microseconds = std::chrono::microseconds;

  // `start`: the container's time of the first frame, when it says so. `each`: how long a frame
  // stays when nothing else is known.
  FrameClock(std::optional<microseconds> start, microseconds each)
      : start_(sensible(start)), each_(each) {}

  // The time of the next frame, in order of showing.
  microseconds next(std::optional<microseconds> said) {
    said = sensible(said);
    if (!said) return last_ = is_first_ ? microseconds(0) : last_ + each_, is_first_ = false, last_;
    if (!start_) start_ = *said;
    microseconds time = *said - *start_;
    if (is_first_) {
      if (time < microseconds(0) || time > kMostStep) start_ = *said, time = microseconds(0);
      is_first_ = false;
      return last_ = time;
    }
    if (time < last_ - kLeastJump || time > last_ + kMostStep) {  // goes on elsewhere: sewn on here
      *start_ += time - (last_ + each_);
      time = last_ + each_;
    }
    return last_ = std::max(last_, time);
  }

 private:
  // Frames out of order lie closer together; parts that were sewn together start over.
  static constexpr std::chrono::seconds kLeastJump{1};
  // A picture that is held for longer is no frame of a video.
  static constexpr std::chrono::hours kMostStep{1};

  // Beyond it sums could overflow.
  static constexpr std::chrono::hours kMostTime{24 * 366 * 30};
  static std::optional<microseconds> sensible(std::optional<microseconds> said) {
    if (said && (*said > kMostTime || *said < -microseconds(kMostTime))) return std::nullopt;
    return said;
  }

  std::optional<microseconds> start_;
  microseconds each_;
  microseconds last_{0};
  bool is_first_ = true;
};

}  // namespace weir::media
