// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/align/change_parts.h"
#include "weir/align/moved_things.h"
#include "weir/align/newcomers.h"
#include "weir/align/plane.h"
#include "weir/align/put_on.h"

namespace weir {

// Where two aligned pictures differ, and which of them has something there.
//
// Along the edge of a change, one of the pictures goes on as it was and the other has an outline.
// What an editor puts on (a caption, a sticker, a logo) has its outline in the item alone. Where
// somebody in a scene has moved, there is also the place that he left: the outline is the entry's,
// and the item shows what was behind him. No overlay does that.
struct Change {
  Mask put_on;          // 1 where an editor put something on; empty when nothing was told
  double covers = 0;    // share of the pixels compared, that this is
  double share = 0;     // of the pixels compared, that differ otherwise
  double gone = 0;      // of the outlines of changes, how much is the entry's, 0 to 1
  double outline = 0;   // pixels of outline that this was told from
  double straight = 0;  // share of it that runs level or upright for long, as of a pasted picture
  ChangedParts parts;
  MovedThings moved;
  Newcomers newcomers;
  double noise = 0;  // standard deviation of the rest, as a share of the entry's contrast
};

// `item` is in the frame of `entry`, both equally soft. `inside` is 1 where the item has a value,
// `agrees` where the tones of one are a guide to those of the other, `colours` are the item's, and
// may be none. Spots in pixels of `entry`.
Change change_between(const Plane& entry, const Plane& item, const Mask& inside, const Mask& agrees,
                      const Chroma& colours, std::span<const DisplacedSpot> spots);

}  // namespace weir
