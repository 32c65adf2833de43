// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/match/pictures/picture_match.h"
#include "weir/match/videos/video_match.h"

namespace weir {

// The known pictures that a video shows, each with the spans in which it does, from cut to cut or
// from the middle of one fade to that of the next. `most_false_alarms` holds for all stills of the
// video together. Deterministic. Errors: of `known`.
Result<std::vector<VideoMatch>> match_slides(const VideoTrack& item, const FeatureEdition& index,
                                             const KnownPictures& known, double most_false_alarms);

// A segment of stills: where in both pictures, and of no length.
SharedSegment still_segment(const SharedRegion& region);

}  // namespace weir
