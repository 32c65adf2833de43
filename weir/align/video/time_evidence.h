// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weir/align/video/thumb_pair.h"
#include "weir/align/video/time_line.h"
#include "weir/align/video/track_pair.h"

// Says whether a span of the item follows the entry over all of its time. Of each pixel only what
// differs from its mean over the span is correlated. Walls, which agree at any time, so say
// nothing, while slow motion counts, too.
// Example: of 26 copies of a webcam and an interview 24 follow to 0.82 and more, while other
// moments reach 0.7 over two seconds and 0.55 over ten (decision 0125).
// Counter-example: where nothing changes there is nothing to follow, and tells() is false. There it
// is asked instead, by residual(), whether both pictures are the same everywhere.

namespace weir {

// How well a span of the item follows the entry.
struct Following {
  size_t frames = 0;     // of the item that were compared
  size_t pixels = 0;     // that change enough to tell, in either video
  double agreement = 0;  // correlation of the changes, -1 to 1: of all pixels, or of the middle one
                         // of 16 squares where that is more
  // Whether there is enough to tell from.
  bool tells(const ThumbPair& thumbs) const;
};
Following following(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line, double from,
                    double to);

// What is left of one picture when the other, its levels stretched to fit, is taken away.
struct Residual {
  double middle = 0;  // levels that half of the pixels exceed
  double most = 0;    // levels that one pixel in a hundred exceeds
};
Residual residual(const std::vector<int16_t>& picture, const std::vector<int16_t>& other);

// Whether two pictures differ in one place much more than elsewhere, because something came or
// went.
bool differs_in_a_place(const Residual& residual);

}  // namespace weir
