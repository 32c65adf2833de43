// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/video/time_votes.h"

// Fits a straight line from times in the item to times in the entry, so that wrong hits do not pull
// it: the speed is the median of the slopes between hits, and the offset the median of what is left
// (Theil 1950, Sen 1968). A path is cut where one line does not explain both sides, because there
// the item jumps in the entry.
// Example: hits at 0, 1, 2 and 3 s of the item show 40, 41, 42 and 43 s, and one at 4 s wrongly
// shows 90 s. The line still has speed 1 and offset 40.
// Counter-example: hits within a second tell nothing of speed, which is then taken for 1. A video
// whose speed changes all along has no line, and comes in parts.

namespace weir {

// The speeds that are looked for, in seconds of the entry for one of the item.
inline constexpr double kSlowestLine = 0.45, kFastestLine = 2.2;

// Which moment of the entry a moment of the item shows, in seconds.
struct TimeLine {
  double speed = 1;
  double offset = 0;
  double operator()(double item) const { return speed * item + offset; }
};

// The line through some hits. Its speed is held within what is looked for; through one hit it is 1.
// Precondition: there is a hit.
TimeLine robust_line(std::span<const TimedHit> hits);

// A part of a path that one line explains: the hits of `path` from `first` up to `end`, which is
// not included.
struct LinePart {
  size_t first = 0;
  size_t end = 0;
  TimeLine line;
};
std::vector<LinePart> split_into_lines(std::span<const TimedHit> path);

}  // namespace weir
