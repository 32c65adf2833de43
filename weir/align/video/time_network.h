// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "weir/align/video/time_votes.h"

namespace weir {

// A sparse temporal network (Tan, Ngo, Hong, Chua, ACM Multimedia 2009): hits are nodes, and an
// edge leads from a hit to a later one that may belong to the same shared span.

// What joining two hits costs, in weights of hits; nothing where no edit at a speed of 0.5 to 2 has
// both.
std::optional<double> joining_cost(const TimedHit& earlier, const TimedHit& later);

// The places of the hits on a heaviest path, in order: the sum of their weights less what joining
// them costs. Of equally heavy ones, that whose last hit comes first. Empty without hits.
// `hits` by time in the item.
std::vector<size_t> heaviest_path(std::span<const TimedHit> hits);

}  // namespace weir
