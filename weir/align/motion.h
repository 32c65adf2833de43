// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/align/span_fit.h"

namespace weir {

// Whether what moves in the entry moves in the item, too. A camera that stands in one place films
// the same walls every day; only people, light and smoke tell one day from another.
struct Motion {
  double agreement =
      0;               // correlation of changes over time where the entry's pixels change, -1 to 1
  size_t moments = 0;  // at which enough of the entry changes to tell; 0: nothing moves
  size_t item_moments = 0;  // at which much of the item changes
};
Motion motion_between(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line, double from,
                      double to);

}  // namespace weir
