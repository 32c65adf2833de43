// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/time_network.h"

#include <algorithm>
#include <cmath>

#include "weir/align/video/time_line.h"

namespace weir {

namespace {

// Constants: speeds go a little beyond the 0.5 to 2 that are looked for; the others were chosen by
// hand on the tune side of the accuracy bench, and not fitted.
constexpr double kMostItemGap = 10;   // seconds of the item between two hits that are joined,
constexpr double kMostEntryGap = 20;  // and of the entry
// Both tracks are sampled, so the time from hit to hit is known to about a step of either.
constexpr double kSlack = 0.35;     // seconds
constexpr double kPerOctave = 0.3;  // cost of each octave by which the speed is not 1,
constexpr double kPerSecond = 0.1;  // and of each second of the item without a hit,
constexpr double kFreeGap = 0.6;    // beyond so many seconds

}  // namespace

std::optional<double> joining_cost(const TimedHit& earlier, const TimedHit& later) {
  const double item = later.item - earlier.item, entry = later.entry - earlier.entry;
  if (!(item > 0) || item > kMostItemGap || !(entry >= 0) || entry > kMostEntryGap) return {};
  if (entry < kSlowestLine * item - kSlack || entry > kFastestLine * item + kSlack) return {};
  const double octaves = std::abs(std::log2((entry + kSlack) / (item + kSlack)));
  return kPerOctave * octaves + kPerSecond * std::max(0.0, item - kFreeGap);
}

std::vector<size_t> heaviest_path(std::span<const TimedHit> hits) {
  constexpr size_t kNone = static_cast<size_t>(-1);
  std::vector<double> best(hits.size());
  std::vector<size_t> before(hits.size(), kNone);
  size_t first = 0, last = kNone;
  for (size_t i = 0; i < hits.size(); ++i) {
    while (hits[i].item - hits[first].item > kMostItemGap) ++first;
    best[i] = hits[i].weight;
    for (size_t j = first; j < i; ++j) {
      if (best[j] + hits[i].weight <= best[i]) continue;
      const auto cost = joining_cost(hits[j], hits[i]);
      if (!cost || best[j] + hits[i].weight - *cost <= best[i]) continue;
      best[i] = best[j] + hits[i].weight - *cost;
      before[i] = j;
    }
    if (last == kNone || best[i] > best[last]) last = i;
  }
  std::vector<size_t> path;
  for (size_t i = last; i != kNone; i = before[i]) path.push_back(i);
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace weir
