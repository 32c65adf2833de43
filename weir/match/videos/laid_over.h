// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weir/signal/video_track.h"

namespace weir {

// Finds what an editor laid over a video: a logo that stands still, and a line of text that runs
// along a border. The pictures below a logo change while it does not, and a line of text changes
// independently of the picture beside it. So both are told by how samples change, whatever they
// look like, and can be left out where the pixels of two videos are compared.
//
// Example: a channel's logo lies in a corner over six different shots. The samples in that corner
// hardly differ between the shots, while most others differ much, so they are marked.
//
// Counter-example: before a camera that never moves nearly everything stands still. No logo is told
// there, since at least four different pictures are needed.

// Of each sample of the video's thumbs 1 where something is laid over it, else 0. Empty where
// nothing of the kind is seen.
std::vector<uint8_t> laid_over(const VideoTrack& video);

}  // namespace weir
