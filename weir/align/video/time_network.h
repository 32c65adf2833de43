// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "weir/align/video/time_votes.h"

namespace weir {

// Joins hits that may belong to one shared span, by a sparse temporal network (Tan, Ngo, Hong,
// Chua, ACM Multimedia 2009): hits are nodes, an edge leads from a hit to a later one that the same
// edit may have, and the heaviest path is the likeliest span. It works because true hits go on
// together in both videos, while false ones jump to and fro.
// Example: hits from 1, 2 and 3 s of the item to 41, 42 and 43 s of the entry are a path. A hit
// from 2 s to 10 s is on none with them, as the entry's time would run back.
// Counter-example: a path is no line. Its speed may change from hit to hit, so time_line cuts it.
// And a backward span has no path here, unless the entry's time was turned before.

// What joining two hits costs, in weights of hits. Nothing where no edit at a speed of 0.5 to 2 can
// have both.
std::optional<double> joining_cost(const TimedHit& earlier, const TimedHit& later);

// The numbers of the hits on the heaviest path, in order. A path weighs as much as its hits, less
// what joining them costs; of equally heavy ones that is taken whose last hit comes first. Empty
// without hits. `hits` are by time in the item.
std::vector<size_t> heaviest_path(std::span<const TimedHit> hits);

}  // namespace weir
