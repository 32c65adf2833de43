// SPDX-License-Identifier: Apache-2.0
#include "weir/align/chance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace weir {

namespace {

// Places of features are no better than this, whatever the fit says.
constexpr double kLeastError = 1.0;

// How much of chance the agreement of angle and scale takes away. Both are within the tolerances of
// region_search.cc; neither is uniform among unrelated features of real pictures, whose edges are
// mostly level and upright and whose features are mostly small. Measured, see decision 0077.
constexpr double kShapesAgree = 0.25;

double log10_choose(double n, double k) {
  return (std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)) / std::numbers::ln10;
}

}  // namespace

double log10_false_alarms(std::span<const Explained> explained, size_t pairs, size_t fixed,
                          double area) {
  const double n = static_cast<double>(pairs);
  const double m = static_cast<double>(fixed);
  double best = 0;
  double k = 0;
  for (const Explained& pair : explained) {
    k += pair.weight;
    if (k <= m || !(area > 0)) continue;
    const double error = std::max(pair.error, kLeastError);
    const double chance = std::min(1.0, std::numbers::pi * error * error / area * kShapesAgree);
    const double score = std::log10(2 * std::max(n - m, 1.0)) + log10_choose(n, k) +
                         log10_choose(k, m) + (k - m) * std::log10(chance);
    best = std::min(best, score);
  }
  return best;
}

}  // namespace weir
