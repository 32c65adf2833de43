// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "server/flow/shapes.h"

namespace weir {

// One signal of two files, side by side.
struct SignalComparison {
  SignalKind kind = SignalKind::kSha256;
  bool agrees = false;                         // equal, or within the kind's match radius
  bool matchable = true;                       // false: a PDQ quality is too low to say
  Distance distance;                           // PDQ: the smallest of all orientations and boxes
  Dihedral orientation = Dihedral::kOriginal;  // how A was turned for it
  Rect region_a;                               // PDQ: what was compared
  Rect region_b;
};

struct Comparison {
  std::vector<SignalComparison> signals;
  bool match = false;  // any signal agrees
};

Comparison compare_items(const ItemSignals& a, const ItemSignals& b);

Json shape_of(const Comparison& comparison);  // {"match","signals":[...]}

}  // namespace weir
