// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/base/video.h"

namespace weir {

// Finds what never changes over the shots of a track (bars, logos, captions, blurred bands beside a
// narrow picture), and hashes each frame without it: fills in `clean`, `clean_mirrored` and
// `clean_quality`, which stay 0 where there is nothing of the kind. Works on the thumbs alone, so
// the same track gives the same.
void blank_what_stays(VideoTrack& track);

}  // namespace weir
