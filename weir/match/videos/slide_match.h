// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/match/pictures/picture_match.h"
#include "weir/match/videos/video_match.h"

namespace weir {

// Finds the known pictures that a video shows, such as the slides of a slide show, and when it
// does. Each still of the item is looked for among the known pictures. The frames around the still
// then say from when to when its picture stands there: from cut to cut, or from the middle of one
// fade to that of the next (decision 0130).
//
// Example: a slide show has five photographs of 3 s each, with fades between them, and the second
// is known. It is claimed with one segment, from 3 to 6 s.
//
// Counter-example: moments of known videos are not found here but by match_video(). And a slide
// that stands so briefly that the track has no still of it is missed.

// The known pictures that a video shows, each with its spans. `most_false_alarms` holds for all
// stills of the video together. Deterministic. Errors: of `known`.
Result<std::vector<VideoMatch>> match_slides(const VideoTrack& item, const FeatureEdition& index,
                                             const KnownPictures& known, double most_false_alarms);

// A segment for a picture: it says where in both pictures, and has no length.
SharedSegment still_segment(const SharedRegion& region);

}  // namespace weir
