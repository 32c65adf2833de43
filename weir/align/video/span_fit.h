// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "weir/align/video/thumb_pair.h"
#include "weir/align/video/time_line.h"
#include "weir/align/video/track_pair.h"

namespace weir {

// A span of the item in which the pixels follow the entry.
struct FittedSpan {
  TimeLine line;
  double from = 0;  // seconds of the item
  double to = 0;
  double agreement = 0;  // mean over the frames of what their middle squares agree, -1 to 1
  double whole = 0;      // the same of all pixels, those of captions and logos included
  size_t same = 0;       // frames that show the same
  size_t compared = 0;   // frames with a pattern, between `from` and `to`
};

// How well frames between two moments of the item agree with the entry along a line: the mean of
// what the middle squares of about a dozen frames agree. -1 when nothing can be compared.
double agreement_along(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line,
                       double from, double to);

// Moves the line and both ends to where the pixels have them. Nothing when the videos do not show
// the same at all. Ends lie between frames, or on a cut of the item where one is near.
std::optional<FittedSpan> fit_span(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line,
                                   double from, double to);

}  // namespace weir
