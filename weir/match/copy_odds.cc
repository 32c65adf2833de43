// SPDX-License-Identifier: Apache-2.0
#include "weir/match/copy_odds.h"

#include <algorithm>
#include <cmath>

#include "weir/match/copy_odds_table.h"

namespace weir {
namespace {

// The curve of straight lines through the knots; beyond the first and the last it goes on level.
double value_at(const TermCurve& curve, double at) {
  if (!(at > curve.knots.front().at)) return curve.knots.front().adds;
  for (size_t i = 1; i < curve.knots.size(); ++i) {
    const auto &from = curve.knots[i - 1], &to = curve.knots[i];
    if (at >= to.at) continue;
    return from.adds + (to.adds - from.adds) * (at - from.at) / (to.at - from.at);
  }
  return curve.knots.back().adds;
}

}  // namespace

Sense sense_of(Term term) {
  return kCurves[static_cast<size_t>(term)].sense;
}

CopyOdds copy_odds(const Terms& terms) {
  CopyOdds odds;
  odds.log_odds = kBias;
  for (size_t i = 0; i < kTerms; ++i) {
    const double adds = value_at(kCurves[i], terms.values[i]);
    odds.added[i] = adds;
    odds.log_odds += adds;
    if (kCurves[i].sense == Sense::kMoment) odds.moment += std::min(0.0, adds);
  }
  return odds;
}

// Beyond where examples are few, odds themselves say how fast they get fewer: of unrelated pairs,
// at most one in exp(x) has odds of exp(x) and more (Markov's inequality).
double expected_of_unrelated(const CopyOdds& odds, double entries) {
  const double beyond = odds.log_odds - kTailFrom;
  return entries * kSharedByUnrelated * std::min(1.0, kTailShare * std::exp(-beyond));
}

}  // namespace weir
