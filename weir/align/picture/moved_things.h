// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weir/align/change/plane.h"
#include "weir/align/picture/region_search.h"

// Tells that something moved between two pictures of one scene. A thing that moved is still in the
// item: its features keep their size and their turn, and lie a little beside where the scene's map
// has them. Pixels must confirm it. An edit does not look like that, since what an editor puts on
// was not in the entry before.
// Example: a head that turned lies 20 pixels beside its place in a picture of 1,000. Its 9 by 9
// pixels correlate with the item there, and clearly less with what the item has in the old place.
// Counter-example: under a ripple all spots are displaced a little, and nothing has moved. A
// pattern that occurs twice in a picture did not move either.

namespace weir {

// A spot of the entry that the item has elsewhere than the transform of the region says.
struct DisplacedSpot {
  Point entry;  // where it is in the entry
  Point item;   // where it is in the item, brought into the frame of the entry
};

// The pairs of features that have the size and the turn of a region's own and lie beside their
// place: by little enough for a thing that moved, and by clearly more than most of the region's own
// do. Spots are in pixels of the entry's picture, seen through the projective map alone.
std::vector<DisplacedSpot> displaced_spots(const std::vector<SpotPair>& pairs,
                                           const PictureTransform& entry_to_item,
                                           const SmoothField& bend, const Extent& entry);

// Whether a region is a thing that stands elsewhere in a scene which another region shows. It then
// has the scene's size and turn, and the scene around it in both pictures. A tile of a shuffled
// picture is no such thing, since other tiles lie around it, at least where it is now.
bool is_moved_thing(const SharedRegion& thing, const SharedRegion& scene);

// How many places of the entry, each 1/64 of its long side, show that something moved. The pixels
// around a displaced spot must fit where the item has it now, and better than the pixels that each
// picture has in the other's place. Both planes lie in the frame of the entry and have the same
// tones; spots are in pixels of it. `inside` is 1 where both planes have a value.
size_t moved_places(const Plane& entry, const Plane& item, const std::vector<uint8_t>& inside,
                    std::span<const DisplacedSpot> spots);

}  // namespace weir
