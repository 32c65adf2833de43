// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/chance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace weir {

namespace {

// Constants: both are those of decision 0077, and the second was measured there.

// Places of features are known no better than this, whatever the fit says.
constexpr double kLeastError = 1.0;

// An unrelated pair that lies in place has this chance of agreeing in angle and scale, too, within
// the tolerances of region_search.cc. It is so large because neither is uniform in real pictures:
// their edges are mostly level or upright, and their features are mostly small.
constexpr double kShapesAgree = 0.25;

}  // namespace

FalseAlarms::FalseAlarms(size_t pairs)
    : pairs_(static_cast<double>(pairs)), log10_factorials_(pairs + 2, 0.0) {
  for (size_t k = 2; k < log10_factorials_.size(); ++k)
    log10_factorials_[k] = log10_factorials_[k - 1] + std::log10(static_cast<double>(k));
}

// The weights of pairs add up to numbers that need not be whole. Between whole numbers a straight
// line is near enough.
double FalseAlarms::log10_factorial(double k) const {
  const auto low = static_cast<size_t>(std::clamp(k, 0.0, pairs_));
  const double share = std::clamp(k - static_cast<double>(low), 0.0, 1.0);
  return log10_factorials_[low] + share * (log10_factorials_[low + 1] - log10_factorials_[low]);
}

double FalseAlarms::log10_choose(double n, double k) const {
  return log10_factorial(n) - log10_factorial(k) - log10_factorial(n - k);
}

double FalseAlarms::log10(std::span<const Explained> explained, size_t fixed, double area) const {
  const double m = static_cast<double>(fixed);
  double best = 0;
  double k = 0;
  for (const Explained& pair : explained) {
    k += pair.weight;
    if (k <= m || !(area > 0)) continue;
    const double error = std::max(pair.error, kLeastError);
    const double chance = std::min(1.0, std::numbers::pi * error * error / area * kShapesAgree);
    const double score = std::log10(2 * std::max(pairs_ - m, 1.0)) + log10_choose(pairs_, k) +
                         log10_choose(k, m) + (k - m) * std::log10(chance);
    best = std::min(best, score);
  }
  return best;
}

}  // namespace weir
