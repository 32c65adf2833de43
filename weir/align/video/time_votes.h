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

// The speeds that are tried, in seconds of the entry for each second of the item. A speed between
// two of them is near enough to one for as long as hits are counted together.
std::span<const double> tried_speeds();

// For each moment of the item the hits that agree with most other hits nearby on an offset and a
// speed, at most `most`; by time in the item, then in the entry. In a still scene every moment
// looks like every other, and only this agreement tells which belong together.
std::vector<TimedHit> best_supported(std::span<const TimedHit> hits, size_t most);

}  // namespace weir
