// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/align/picture/descriptor_match.h"

// The definition of how features of two pictures are paired, in code that is slow and plain. For
// each feature of the item it looks at all features of the entry and keeps the nearest one, unless
// another place of the entry is nearly as near. descriptor_match.cc is fast and must give the same
// pairs; tests hold it to that.
// Example: the nearest is at a squared distance of 100. Another place at 400 leaves the pair
// standing at a ratio of 0.8; another place at 140 makes it ambiguous, since 100 >= 140 * 0.64.
// Counter-example: this is not the function to call in a search, and a pair need not be the nearest
// in both directions: a collage shows one feature of the entry several times.

namespace weir::plain {

// What follows is shared by the definition and by every other implementation of
// match_descriptors().

// Whether a feature elsewhere in the entry is so near to the item's that the nearest one tells
// nothing. Both distances are squared.
inline bool rivals(uint32_t nearest, uint32_t other, double ratio) {
  return static_cast<double>(nearest) >= static_cast<double>(other) * ratio * ratio;
}

// Whether two features of the entry lie within `near` pixels of one another, across and down.
bool same_place(const LocalFeature& a, const LocalFeature& b, float near);

// Drops all but the nearest `most` pairs of each feature of the entry.
std::vector<FeaturePair> keep_nearest(std::vector<FeaturePair> pairs, size_t entry_features,
                                      uint32_t most);

}  // namespace weir::plain
