// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/align/video/frame_times.h"

namespace weir {

// A span of a video in which one picture is shown: as it is, or under a camera that slowly moves
// over it or comes nearer.
struct PictureSpan {
  double from = 0;  // seconds: the middle of the cut, fade or wipe that leads to it
  double to = 0;
  size_t first = 0;  // places of the first and the last moment that show it
  size_t last = 0;
  // How well three quarters of the moments or more correlate with the picture, moved along with it.
  // The others may be of the fades at both ends.
  double steadiness = 1;
  double moved = 0;  // how far the camera moves, as a share of the frame
};

// The span around a moment, followed in the thumbs from moment to moment in both directions until
// half of the picture is gone. Samples that are 1 in `laid_over`, if it is not empty, do not count.
// Precondition: has_thumbs(), and `place` is one of `times`.
PictureSpan picture_span(const VideoTrack& track, std::span<const uint8_t> laid_over,
                         const FrameTimes& times, size_t place);

// The spans of one video, each found once.
class PictureSpans {
 public:
  // `laid_over` is that of picture_span(), and must outlive this.
  explicit PictureSpans(std::span<const uint8_t> laid_over = {}) : laid_over_(laid_over) {}

  // The span in which `place` lies. The preconditions are those of picture_span(), and all calls
  // must give the same track and times.
  const PictureSpan& around(const VideoTrack& track, const FrameTimes& times, size_t place);

 private:
  std::span<const uint8_t> laid_over_;
  std::vector<PictureSpan> found_;
};

}  // namespace weir
