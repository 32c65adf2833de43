// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/video_align.h"
#include "weir/align/video_places.h"

namespace weir {

// Slide shows: spans of the item in which nothing changes and that show one moment of the entry.
// Spans that `known` segments explain are left out.
std::vector<SharedSegment> held_pictures(const TrackPair& tracks, std::span<const FrameHit> hits,
                                         std::span<const SharedSegment> known, VideoPlaces& places);

}  // namespace weir
