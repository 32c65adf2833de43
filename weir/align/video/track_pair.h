// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/align/video/frame_times.h"

namespace weir {

// Two tracks and the times of both, as one argument. Nearly all functions of this folder ask for a
// frame of the one and for what the other shows at a matching time, so they need all four.
// Example: an item of 60 s at two frames a second has 120 times, beside an entry at four a second.
// Counter-example: it owns nothing, so all four must outlive it; and it makes no claim that the two
// share anything.
struct TrackPair {
  const VideoTrack& item;
  const VideoTrack& entry;
  const FrameTimes& item_times;
  const FrameTimes& entry_times;
};

}  // namespace weir
