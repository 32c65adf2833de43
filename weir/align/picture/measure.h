// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "weir/align/change/plane_compare.h"
#include "weir/align/picture/picture_align.h"

namespace weir {

// What the regions of two pictures and the comparison of their pixels say, as terms. `map` is of
// these regions, the first of which shows most.
Terms measured(std::span<const SharedRegion> regions, const BlockMap& map,
               const PictureFeatures& item, const PictureFeatures& entry);

// Fills what a region says of itself: the parts of both pictures, and the shares that agree.
void describe(const BlockMap& map, size_t place, const PictureFeatures& item,
              const PictureFeatures& entry, SharedRegion& region);

}  // namespace weir
