// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "weir/align/video/thumb_pair.h"
#include "weir/align/video/time_line.h"
#include "weir/align/video/track_pair.h"

namespace weir {

// By how much the entry must be moved in time so that what changes in it changes as in the item.
struct TimeShift {
  double middle = 0;     // of the window, in seconds of the item
  double shift = 0;      // seconds of the entry; to be added to what the line says
  double agreement = 0;  // correlation of changes at the best shift, -1 to 1
  double weight = 0;     // how clearly it is the best, about 0 to 1; 0 where nothing changes
};

// The best shift of up to `reach` seconds for the frames of the item at `places`, which rise in
// time. Only differences from the mean of each track over this window count, so that what stands
// still says nothing; over a long reach the entry's are those from the mean of its frames at each
// shift. Precondition: thumbs.is_usable(), `places` is not empty, and the entry has a frame.
TimeShift best_shift(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line,
                     std::span<const size_t> places, double reach);

// The line moved to where changes agree along all of a span of the item.
TimeLine shifted_line(const TrackPair& tracks, ThumbPair& thumbs, TimeLine line, double from,
                      double to);

}  // namespace weir
