// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weir/signal/video_track.h"

namespace weir {

// Which samples of a video's thumbs show what was laid over it: 1 where a logo stands still over
// different pictures, and where a line of text runs along the upper or lower border; else 0. Empty
// where nothing of the kind is seen.
std::vector<uint8_t> laid_over(const VideoTrack& video);

}  // namespace weir
