// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weir/align/video/thumb_pair.h"
#include "weir/align/video/time_line.h"
#include "weir/align/video/track_pair.h"

namespace weir {

// How well a span of the item follows the entry in time. Of each pixel only what differs from its
// mean over the span counts, so that walls, which agree at any time, say nothing.
struct Following {
  size_t frames = 0;     // of the item that were compared
  size_t pixels = 0;     // that change enough to tell, in either
  double agreement = 0;  // correlation of the changes, -1 to 1: of all, or of the middle one of 16
                         // squares where that is more
  // Whether there is enough to tell from.
  bool tells(const ThumbPair& thumbs) const;
};
Following following(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line, double from,
                    double to);

// What is left of one picture when the other, its levels stretched to fit, is taken away.
struct Residual {
  double middle = 0;  // levels, of the middle pixel
  double most = 0;    // that one pixel in a hundred exceeds
};
Residual residual(const std::vector<int16_t>& picture, const std::vector<int16_t>& other);

// Whether two pictures differ in one place more than everywhere: something came or went.
bool differs_in_a_place(const Residual& residual);

}  // namespace weir
