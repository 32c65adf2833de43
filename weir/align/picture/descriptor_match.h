// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weir/signal/picture_features.h"

// Pairs each feature of the item with the feature of the entry that looks most like it. A pair
// counts only where no other place of the entry looks nearly as much like it, because what is like
// several things does not tell where it belongs (Lowe, IJCV 2004).
// Example: the nearest descriptor is 30 away. With the next place at 40 that is a pair (30 is below
// 0.8 times 40), with the next place at 35 it is none.
// Counter-example: the bricks of a wall give no pairs, since each looks like the others. And the
// nearest in both directions is not asked for, as an item may show one picture several times.
// Constants: the ratio is Lowe's, and the four pairs are those of decision 0077. `near` was chosen
// by hand on the tune side of the accuracy bench, and not fitted.

namespace weir {

// A feature of the item and the one of the entry that looks most like it.
struct FeaturePair {
  uint32_t item = 0;
  uint32_t entry = 0;
  uint32_t distance = 0;  // between the descriptors, Euclidean, squared
  friend bool operator==(const FeaturePair&, const FeaturePair&) = default;
};

// The rule that a pair must meet.
struct PairRule {
  // The distance of the pair must be below this share of that to any feature elsewhere in the
  // entry.
  double ratio = 0.8;
  float near = 6;  // entry features this close, in its pixels, are at the same place
  // An entry's feature may be in so many pairs, the nearest ones.
  uint32_t most = 4;
};

// The pair of each feature of the item for which the rule holds, in the order of the item's
// features. Runs on the best instruction set of the machine, and gives the same pairs on each.
std::vector<FeaturePair> match_descriptors(std::span<const LocalFeature> item,
                                           std::span<const LocalFeature> entry,
                                           const PairRule& rule);

namespace plain {

// The definition, to which the function above is equal; see descriptor_plain.h.
std::vector<FeaturePair> match_descriptors(std::span<const LocalFeature> item,
                                           std::span<const LocalFeature> entry,
                                           const PairRule& rule);

}  // namespace plain
}  // namespace weir
