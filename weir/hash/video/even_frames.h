// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace weir {

// Which frames make up a video of constant frame rate, as FFmpeg's command line decides when it is
// given -r for a format without times (version 4 to 5.1, the one in use where signatures are
// exchanged). Not what one would design: a frame up to 1.1 output frames late is still taken, so a
// video of 30 a second gives its frames 0, 1, 2, 3, 5, 7, ... at 15. Signatures depend on it.
class EvenFrames {
 public:
  // `frames_a_second` of the input as FFmpeg guesses it (r_frame_rate), 0 when it is not known.
  EvenFrames(double frames_a_second, int32_t wanted);

  // How often the frame before this one is shown again, then this one; most often 0 and 1.
  struct Counts {
    uint32_t before = 0;
    uint32_t now = 0;
  };
  // `duration`: of this frame, as the container says; 0 when it says nothing; absent when nobody
  // asked it, and then the frame rate tells.
  Counts next(std::chrono::microseconds time,
              std::optional<std::chrono::microseconds> duration = std::nullopt);
  // How often the last frame is shown again at the end.
  uint32_t finish();

 private:
  void remember(uint32_t before);

  double wanted_;
  double usual_;                       // duration of a frame by its rate, in output frames
  int64_t counted_ = 0;                // output frames so far
  std::array<uint32_t, 3> repeats_{};  // `before` of the last three, newest first
};

}  // namespace weir
