// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace weir {

// A moment of the item that looks like a moment of the entry.
struct TimedHit {
  double item = 0;  // seconds
  double entry = 0;
  double weight = 0;  // above 0; 1 is a hit that tells much
  size_t source = 0;  // what the caller knows it by
};

// Speeds that are tried for what two spans have in common. What lies between is near enough to one
// of them for as long as hits are counted together.
std::span<const double> tried_speeds();

// Hits that agree with others nearby in time on an offset and a speed, at most `most` for each
// moment of the item, those with the most agreement; by time in the item, then in the entry.
// Of a still scene every moment looks like every other, and only agreement tells which belong
// together.
std::vector<TimedHit> best_supported(std::span<const TimedHit> hits, size_t most);

}  // namespace weir
