// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weir/signal/picture_features.h"

namespace weir {

// A feature of the item and the one of the entry that looks most like it.
struct FeaturePair {
  uint32_t item = 0;
  uint32_t entry = 0;
  uint32_t distance = 0;  // between the descriptors, Euclidean, squared
  friend bool operator==(const FeaturePair&, const FeaturePair&) = default;
};

// What a pair must be.
struct PairRule {
  // Its distance is less than this share of that to any feature elsewhere in the entry: what is
  // like several things tells nothing (Lowe, IJCV 2004).
  double ratio = 0.8;
  float near = 6;  // entry features this close, in its pixels, are at the same place
  // Pairs that an entry's feature may be in, the nearest ones. More than one, because an item can
  // show the same picture several times.
  uint32_t most = 4;
};

// For each feature of the item its nearest of the entry, if the rule holds, ordered by item.
// Runs on the best instruction set of the machine, and gives the same pairs on each.
std::vector<FeaturePair> match_descriptors(std::span<const LocalFeature> item,
                                           std::span<const LocalFeature> entry,
                                           const PairRule& rule);

namespace plain {

// The definition.
std::vector<FeaturePair> match_descriptors(std::span<const LocalFeature> item,
                                           std::span<const LocalFeature> entry,
                                           const PairRule& rule);

}  // namespace plain
}  // namespace weir
