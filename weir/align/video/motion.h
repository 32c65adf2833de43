// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/video/thumb_pair.h"
#include "weir/align/video/time_line.h"
#include "weir/align/video/track_pair.h"

namespace weir {

// The entry at a moment in seconds, between its frames; false where it has none.
bool entry_at(const TrackPair& tracks, ThumbPair& thumbs, double time, std::vector<int16_t>& out);

// Whether what moves in the entry moves in the item, too. A camera that stands in one place films
// the same walls every day; only people, light and smoke tell one day from another.
struct MotionMoment {
  double item = 0;           // seconds; changes are those from there to half a second later
  double agreement = 0;      // correlation of the changes where the entry's pixels change, 0 to 1
  bool entry_moves = false;  // enough to tell; without, `agreement` is 0
  bool item_moves = false;
};
// By time. Moments before cuts are left out, and of long spans most.
std::vector<MotionMoment> motion_along(const TrackPair& tracks, ThumbPair& thumbs,
                                       const TimeLine& line, double from, double to);

struct Motion {
  double agreement = 0;     // in the mean of the moments
  size_t moments = 0;       // at which enough of the entry moves to tell; 0: nothing does
  size_t item_moments = 0;  // at which only the item moves
};
Motion summed_up(std::span<const MotionMoment> moments);

// The part of a span in which what moves agrees: what lies before and after is another moment in
// the same place. All of it when there is no such part.
struct ItemSpan {
  double from = 0;  // seconds
  double to = 0;
};
ItemSpan moving_together(std::span<const MotionMoment> moments, const ItemSpan& span);

}  // namespace weir
