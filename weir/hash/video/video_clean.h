// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "weir/base/pixels.h"
#include "weir/hash/video/thumb_hash.h"
#include "weir/signal/video_track.h"

namespace weir {

// What uniform bars leave over (content_box()), or blurred bands: those at both sides, or above and
// below, that a narrow picture is given by blowing it up behind itself. Nothing when there is
// neither. Views of 1 channel.
std::optional<Rect> shown_box(const PixelView& grey);

// Finds what never changes over the shots of a track (frames around the picture, logos, captions),
// and hashes each frame without it: what lies at the border is cut off, what lies within is filled
// in from around it. Sets `clean`, `clean_mirrored` and `clean_quality` of all frames, or of none
// where nothing of the kind is found: what they held before then stays. `parts[i]` is what was
// found for frame i alone. Works on thumbs.
void blank_what_stays(VideoTrack& track, std::span<const ShownPart> parts);

}  // namespace weir
