// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/video/thumb_pair.h"
#include "weir/align/video/time_line.h"
#include "weir/align/video/track_pair.h"

// Tells whether what moves in the entry moves in the item, too. A camera that stands in one place
// films the same walls every day, and only people, light and smoke tell one day from another. So
// where the entry's pixels change within half a second, their changes are correlated with the
// item's.
// Example: a man lifts his arm, and the pixels there become darker. In a copy the same pixels
// become darker; on another day they stay as they are, and the agreement is near 0.
// Counter-example: at a cut all pixels change, and that is no motion. And two people who talk often
// move alike for half a second, so no copy is claimed by this alone (decision 0125).

namespace weir {

// Reads the entry at a moment in seconds, between its frames. False where it has none.
bool entry_at(const TrackPair& tracks, ThumbPair& thumbs, double time, std::vector<int16_t>& out);

// What moves at one moment.
struct MotionMoment {
  double item = 0;           // seconds; changes are those from there to half a second later
  double agreement = 0;      // correlation of the changes where the entry's pixels change, 0 to 1
  bool entry_moves = false;  // enough to tell; otherwise `agreement` is 0
  bool item_moves = false;   // where the entry does not
};
// The moments of a span along a line, by time. Moments before cuts are left out, and most moments
// of long spans.
std::vector<MotionMoment> motion_along(const TrackPair& tracks, ThumbPair& thumbs,
                                       const TimeLine& line, double from, double to);

struct Motion {
  double agreement = 0;     // mean of the moments
  size_t moments = 0;       // at which enough of the entry moves to tell; 0 when nothing does
  size_t item_moments = 0;  // at which only the item moves
};
Motion summed_up(std::span<const MotionMoment> moments);

// The part of a span in which what moves agrees. What lies before it and after it is another moment
// in the same place. All of the span when there is no such part.
struct ItemSpan {
  double from = 0;  // seconds
  double to = 0;
};
ItemSpan moving_together(std::span<const MotionMoment> moments, const ItemSpan& span);

}  // namespace weir
