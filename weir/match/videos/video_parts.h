// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/align/video/video_align.h"
#include "weir/signal/video_track.h"

namespace weir {

// A part of the frame that is a video of its own, such as one of two side by side, or one of four.
struct VideoPart {
  Rect place;        // in the frame, in upright pixels
  VideoTrack track;  // of the part alone, its times those of the whole
};

// The parts of a video, over the spans in which it has any. They lie on either side of straight
// lines from border to border that stay where they are, and across which samples change
// independently (video_parts.cc). Their hashes are made of thumbs. Nearly all videos have none.
std::vector<VideoPart> parts_of(const VideoTrack& video);

// A segment of a part's track as one of the whole video's.
SharedSegment in_whole(SharedSegment segment, const Rect& part);

}  // namespace weir
