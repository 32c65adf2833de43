// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/align/change/change_parts.h"
#include "weir/align/change/plane.h"
#include "weir/align/picture/moved_things.h"

namespace weir {

// Where two aligned pictures differ, and what tells an edit from another moment: what an editor
// pastes often ends in straight lines, what somebody leaves behind was there in the entry alone.
struct PictureChange {
  double share = 0;     // of the pixels compared, that differ
  double noise = 0;     // standard deviation of the rest, as a share of the entry's contrast
  double straight = 0;  // share of the outlines of changes that runs level or upright for long
  double outlines = 0;  // how evenly they are the entry's and the item's, 0 to 0.5
  double over = 1;      // share of what changed that is laid over the entry; 1 when nothing did
  size_t moved = 0;     // places of the entry of which something stands elsewhere
  ChangedParts parts;
  Mask laid_over;  // 1 where something of the item's alone is before the entry; may be empty
};

// `item` is in the frame of `entry`, both equally soft. `inside` is 1 where the item has a value,
// `agrees` where squares of both are the same; `trust` says how far the tones of one are a guide to
// those of the other. Spots in pixels of `entry`.
PictureChange change_between(const Plane& entry, const Plane& item, const Mask& inside,
                             const Mask& agrees, const Plane& trust,
                             std::span<const DisplacedSpot> spots);

}  // namespace weir
