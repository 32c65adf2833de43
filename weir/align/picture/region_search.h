// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/align/picture/transform.h"

namespace weir {

// Two features that may be the same spot, and what their shapes say of the transform.
struct SpotPair {
  Point item;
  Point entry;
  float log_scale = 0;    // octaves by which the item's is larger
  float turn = 0;         // radians from the entry's angle to the item's
  float weight = 1;       // how much it tells, 0 to 1
  uint32_t distance = 0;  // of the descriptors; the most alike are tried first
};

// A picture's size, and the size in its pixels of a pixel at which its features were looked for.
struct Extent {
  double width = 0;
  double height = 0;
  double unit = 1;
};

// A set of pairs that one transform explains.
struct FoundRegion {
  PictureTransform transform;
  std::vector<uint32_t> inliers;  // places among the pairs, ascending
  double log10_nfa = 0;
};

// The regions of the item that show the entry, surest first, at most `most`. None is turned over:
// for mirrored pictures, give the pairs mirrored. No chance is involved: every pair proposes the
// transform that its two shapes give, in the order of their distances.
std::vector<FoundRegion> search_regions(const std::vector<SpotPair>& pairs, const Extent& item,
                                        const Extent& entry, size_t most);

}  // namespace weir
