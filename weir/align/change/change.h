// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/align/change/change_parts.h"
#include "weir/align/change/plane.h"
#include "weir/align/picture/moved_things.h"

namespace weir {

// Measures where two aligned pictures differ, and what tells an edit from another moment. The
// entry's tones are first mapped to the item's; what then differs by much more than the noise has
// changed. Outlines say of what kind the change is: what an editor pastes has one in the item alone
// and often ends in straight lines, while somebody who moved left a place where the entry alone has
// one.
// Example: a caption on a bar gives an `over` near 1, a high `straight`, and nothing that is gone.
// A man who walked gives something that came, something that is gone, and outlines of both.
// Counter-example: gamma and posterising change every pixel and are no change here. Somebody who is
// in only one of the two pictures looks like a sticker, and is not told from one.
struct PictureChange {
  double share = 0;     // of the pixels compared that differ
  double noise = 0;     // standard deviation of what agrees, as a share of the entry's contrast
  double straight = 0;  // share of the outlines of changes that runs level or upright for long
  double outlines = 0;  // how evenly the outlines are the entry's and the item's, 0 to 0.5
  double over = 1;      // share of what changed that is laid over the entry; 1 when nothing did
  size_t moved = 0;     // places of the entry that stand elsewhere in the item
  ChangedParts parts;
  Mask laid_over;  // 1 where something that the item alone has lies over the entry; may be empty
};

// `item` lies in the frame of `entry`, and both are equally soft. `inside` is 1 where the item has
// a value, `agrees` where squares of both are the same; `trust` says how far the tones of one are a
// guide to those of the other. Spots are in pixels of `entry`.
PictureChange change_between(const Plane& entry, const Plane& item, const Mask& inside,
                             const Mask& agrees, const Plane& trust,
                             std::span<const DisplacedSpot> spots);

}  // namespace weir
