// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <vector>

#include "weir/align/picture/picture_align.h"
#include "weir/match/videos/video_match.h"

namespace weir {

// A claim that a picture shows a moment of a known video.
struct StillMatch {
  EntryId entry;
  std::chrono::microseconds time{0};  // of the entry's still that agrees best
  SharedRegion region;
  double expected_false_alarms = 0;  // among as many stills as the entries have
};

// The entries of which the picture shows a moment, surest first, each once. Only moments that are
// kept as stills are found: one in two seconds, and one a shot. A picture that a benign entry
// shows, too, has no matches. Deterministic. Errors: of `known`; limit.
Result<std::vector<StillMatch>> match_still(const PictureFeatures& picture,
                                            const VideoEdition& index, const KnownTracks& known,
                                            const VideoMatchOptions& options = {});

}  // namespace weir
