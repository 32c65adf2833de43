// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "weir/align/picture/region_search.h"
#include "weir/align/picture/smooth_field.h"

namespace weir {

// A region that one projective map explains only in its middle: the bend that goes before the map,
// in pixels of the entry's picture, and all pairs that both together explain.
struct BentRegion {
  SmoothField bend;
  std::vector<uint32_t> inliers;  // places among the pairs, ascending
};

// The bend of a region, when one explains clearly more pairs than the map alone, and is smooth.
// Example: a picture filmed through a wide lens, of which the map holds in the middle and is 20
// pixels off in the corners. Counter-example: somebody who walked; he is not displaced as what is
// around him, so no smooth field reaches him.
std::optional<BentRegion> find_bend(const std::vector<SpotPair>& pairs, const FoundRegion& region,
                                    const Extent& entry);

}  // namespace weir
