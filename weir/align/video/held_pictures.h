// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/video/video_align.h"
#include "weir/align/video/video_places.h"

// Finds held pictures: spans of the item that show one moment of the entry all along, frozen as a
// slide is, or under a camera that moves over it. No line in time fits these. A slide is told from
// a quiet scene by how it stands: it is frozen, and another picture comes directly before it or
// behind it, while before a camera something always stirs and what comes next is much like what
// was.
// Example: a slide show holds the frame at 73 s of a known video from 10 to 14 s. That is a segment
// of speed 0 over these four seconds.
// Counter-example: an empty room in which nothing stirs for seconds looks as it does on any other
// day. Nothing cuts it in, so it is no copy.

namespace weir {

// The held pictures of an item, as segments. Spans that copies among `known` explain are left out.
std::vector<SharedSegment> held_pictures(const TrackPair& tracks, std::span<const FrameHit> hits,
                                         std::span<const SharedSegment> known, PictureSpans& spans,
                                         VideoPlaces& places);

}  // namespace weir
