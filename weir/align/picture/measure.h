// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "weir/align/change/plane_compare.h"
#include "weir/align/picture/picture_align.h"

namespace weir {

// What the regions of two pictures and the comparison of their pixels say, as terms. `map` was made
// from these regions; the first of them is the surest.
Terms measured(std::span<const SharedRegion> regions, const BlockMap& map,
               const PictureFeatures& item, const PictureFeatures& entry);

// Fills in what is said of one region: the part of each picture that it shows, and the shares of
// its blocks that agree and differ. `place` is its number among the regions of `map`.
void describe(const BlockMap& map, size_t place, const PictureFeatures& item,
              const PictureFeatures& entry, SharedRegion& region);

}  // namespace weir
