// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/match/copy_odds.h"

namespace weir {
struct Knot {
  double at = 0;
  double adds = 0;
};
struct TermCurve {
  Sense sense = Sense::kShared;
  std::array<Knot, 5> knots{};
};
constexpr double kBias = 0;
constexpr double kSharedByUnrelatedInTable = 5e-4;
constexpr std::array<TermCurve, kTerms> kCurves{};
}  // namespace weir
