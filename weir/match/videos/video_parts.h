// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/align/video/video_align.h"
#include "weir/signal/video_track.h"

namespace weir {

// A part of the frame that is a video of its own: one of two side by side, one of four.
struct VideoPart {
  Rect place;        // in the frame, in upright pixels
  VideoTrack track;  // of the part alone, its times those of the whole
};

// The parts of a video over the spans in which it has any: they lie on either side of straight
// lines from border to border that stay where they are, across which samples change independently.
// Their hashes are made of thumbs. Empty for nearly all videos.
std::vector<VideoPart> parts_of(const VideoTrack& video);

// A segment of a part's track as one of the whole video's.
SharedSegment in_whole(SharedSegment segment, const Rect& part);

}  // namespace weir
