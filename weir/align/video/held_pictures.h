// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/video/video_align.h"
#include "weir/align/video/video_places.h"

namespace weir {

// Slide shows: spans of the item that show one picture, still or under a camera that moves over it,
// which is one moment of the entry. Spans that `known` segments explain are left out.
std::vector<SharedSegment> held_pictures(const TrackPair& tracks, std::span<const FrameHit> hits,
                                         std::span<const SharedSegment> known, PictureSpans& spans,
                                         VideoPlaces& places);

}  // namespace weir
