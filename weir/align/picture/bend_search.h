// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "weir/align/picture/region_search.h"
#include "weir/align/picture/smooth_field.h"

namespace weir {

// Finds the bend of a region, where a projective map explains the picture only in its middle. The
// bend is grown: it starts from the pairs that the map explains, takes in pairs beside them that
// lie where the bend, carried on, expects them, and is fitted anew. This works because a bend
// changes little from one spot to the next.
// Example: a picture is filmed through a wide lens; the map holds in the middle and is 20 pixels
// off in the corners.
// Counter-example: somebody who walked. He is not displaced as what is around him is, so no smooth
// field reaches him.

// The bend that goes before the map of a region, in pixels of the entry's picture, and all pairs
// that both together explain.
struct BentRegion {
  SmoothField bend;
  std::vector<uint32_t> inliers;  // numbers of pairs, ascending
};

// The bend of a region, when it explains clearly more pairs than the map alone does, is smooth, and
// is seen all over the picture.
std::optional<BentRegion> find_bend(const std::vector<SpotPair>& pairs, const FoundRegion& region,
                                    const Extent& entry);

}  // namespace weir
