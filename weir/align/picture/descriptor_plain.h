// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/align/picture/descriptor_match.h"

namespace weir::plain {

// What every implementation of match_descriptors() shares with the definition.

// Whether another feature of the entry, this far from the item's, makes the nearest ambiguous.
inline bool rivals(uint32_t nearest, uint32_t other, double ratio) {
  return static_cast<double>(nearest) >= static_cast<double>(other) * ratio * ratio;
}

bool same_place(const LocalFeature& a, const LocalFeature& b, float near);

// Drops all but the nearest `most` pairs of each feature of the entry.
std::vector<FeaturePair> keep_nearest(std::vector<FeaturePair> pairs, size_t entry_features,
                                      uint32_t most);

}  // namespace weir::plain
