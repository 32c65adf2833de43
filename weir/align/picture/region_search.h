// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/align/picture/transform.h"

// Finds the regions of an item that show an entry, from pairs of features that look alike. Each
// pair has two places, two angles and two sizes, so it proposes a whole similarity by itself. All
// pairs vote on these proposals, and the best are refined by least squares. This works because
// pairs that belong together propose the same, while wrong ones agree with nothing.
// Example: of 200 pairs 60 belong to a photo that was pasted at a third of its size; their
// proposals are nearly alike, and one region takes all 60. The search then goes on among the other
// 140.
// Counter-example: ten features on one small emblem are no region when they lie in fewer than four
// cells of 8 pixels. Nor is the mirrored picture looked for, unless the pairs are given mirrored.

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

// A picture's size, and how many of its pixels make one pixel of the smaller picture in which its
// features were looked for.
struct Extent {
  double width = 0;
  double height = 0;
  double unit = 1;
};

// A set of pairs that one transform explains.
struct FoundRegion {
  PictureTransform transform;
  std::vector<uint32_t> inliers;  // numbers of pairs, ascending
  double log10_nfa = 0;
};

// The regions of the item that show the entry, surest first, at most `most`. Nothing is drawn at
// random: pairs propose transforms in the order of their distances, the most alike first.
std::vector<FoundRegion> search_regions(const std::vector<SpotPair>& pairs, const Extent& item,
                                        const Extent& entry, size_t most);

}  // namespace weir
