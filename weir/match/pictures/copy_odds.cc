// SPDX-License-Identifier: Apache-2.0
//
// Constants: all are in copy_odds_table.h. bench/accuracy/fit.py fits them on the tune side of the
// pictures' bench, none is written by hand, and docs/evidence.md prints them.
#include "weir/match/pictures/copy_odds.h"

#include <algorithm>
#include <cmath>

#include "weir/match/pictures/copy_odds_table.h"

namespace weir {
namespace {

using Added = CopyOdds::Added;

// The value of a curve, which runs straight from knot to knot and level beyond the first and last.
Added value_at(const TermCurve& curve, double at) {
  if (!(at > curve.front().at)) return curve.front().adds;
  for (size_t i = 1; i < curve.size(); ++i) {
    const auto &from = curve[i - 1], &to = curve[i];
    if (at >= to.at) continue;
    const double share = (at - from.at) / (to.at - from.at);
    return {std::lerp(from.adds.element, to.adds.element, share),
            std::lerp(from.adds.moment, to.adds.moment, share)};
  }
  return curve.back().adds;
}

}  // namespace

CopyOdds copy_odds(const Terms& terms) {
  CopyOdds odds;
  odds.element = kStart.element;
  odds.moment = kStart.moment;
  for (size_t i = 0; i < kTerms; ++i) {
    odds.added[i] = value_at(kCurves[i], terms.values[i]);
    odds.element += odds.added[i].element;
    odds.moment += odds.added[i].moment;
  }
  // What is no copy is an element or another moment, so the odds of both against a copy add up.
  const double less = std::min(odds.element, odds.moment);
  odds.log_odds = less - std::log1p(std::exp(less - std::max(odds.element, odds.moment)));
  return odds;
}

std::array<Term, kTerms> by_weight(const CopyOdds& odds) {
  std::array<Term, kTerms> order{};
  for (size_t i = 0; i < kTerms; ++i) order[i] = static_cast<Term>(i);
  const auto weight = [&](Term term) {
    const Added& added = odds.added[static_cast<size_t>(term)];
    return std::max(std::abs(added.element), std::abs(added.moment));
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](Term a, Term b) { return weight(a) > weight(b); });
  return order;
}

// Of unrelated pairs that share anything, some have such odds or more. Down to one pair in twenty,
// measured examples say how many; beyond that the odds themselves say how fast the pairs get fewer,
// since at most one in exp(x) has odds of exp(x) and more (Markov's inequality).
double expected_of_unrelated(const CopyOdds& odds, double entries) {
  const auto& [often, seldom] = kUnrelatedBeyond;
  const double along = (odds.log_odds - often.odds) / (seldom.odds - often.odds);
  const double seen = often.share * std::pow(seldom.share / often.share, along);
  const double beyond = seldom.share * std::exp(seldom.odds - odds.log_odds);
  return sharing_of_unrelated(entries) * std::min(1.0, along < 1 ? seen : beyond);
}

double sharing_of_unrelated(double entries) {
  return entries * kSharedByUnrelated;
}

}  // namespace weir
