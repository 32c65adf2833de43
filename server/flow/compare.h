// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/flow/shapes.h"
#include "weir/match/compare.h"

namespace weir {

// What a decoder should compute of the two: A is looked into as an item is, B as an entry.
struct WantsToCompare {
  DecodeWants a;
  DecodeWants b;
};
WantsToCompare wants_to_compare();

// {"match","other_moment"?,"signals":[...],"regions":[...],"segments":[...]?}
Json shape_of(const Comparison& comparison);

}  // namespace weir
