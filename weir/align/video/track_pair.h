// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/align/video/frame_times.h"

namespace weir {

// Two tracks with their moments in order.
struct TrackPair {
  const VideoTrack& item;
  const VideoTrack& entry;
  const FrameTimes& item_times;
  const FrameTimes& entry_times;
};

}  // namespace weir
