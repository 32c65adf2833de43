// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/video/time_votes.h"

namespace weir {

// Which moment of the entry a moment of the item shows, in seconds.
struct TimeLine {
  double speed = 1;
  double offset = 0;
  double operator()(double item) const { return speed * item + offset; }
};

// The line through the median of slopes between hits and of what is left (Theil 1950, Sen 1968),
// its speed held within what is looked for; through one hit, at speed 1.
// Precondition: there is a hit.
TimeLine robust_line(std::span<const TimedHit> hits);

// A path, cut where one line does not explain both sides: there the item jumps in the entry. Each
// part is a range of places of `path`, first and end.
struct LinePart {
  size_t first = 0;
  size_t end = 0;
  TimeLine line;
};
std::vector<LinePart> split_into_lines(std::span<const TimedHit> path);

}  // namespace weir
