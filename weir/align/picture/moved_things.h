// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weir/align/change/plane.h"
#include "weir/align/picture/region_search.h"

namespace weir {

// A spot of the entry that the item has elsewhere than the transform of the region says.
struct DisplacedSpot {
  Point entry;  // where it is in the entry
  Point item;   // where it is in the item, brought into the frame of the entry
};

// Among the pairs of features of a region, those of the same size and turn as the region's own that
// lie beside their place, by little enough for a thing that moved, and by clearly more than most
// of the region's own do: under a ripple all of them are displaced a little, and nothing has moved.
// In pixels of the entry's picture, seen through the projective map alone.
std::vector<DisplacedSpot> displaced_spots(const std::vector<SpotPair>& pairs,
                                           const PictureTransform& entry_to_item,
                                           const SmoothField& bend, const Extent& entry);

// Whether a region is something that stands elsewhere in a scene which another region shows: of the
// same size and turn, and with that scene around it in both pictures. Counter-example: a tile of a
// shuffled picture, which has other tiles around it, at least where it is now.
bool is_moved_thing(const SharedRegion& thing, const SharedRegion& scene);

// How many places of the entry, each 1/64 of its long side, show that something moved: the pixels
// around a displaced spot fit better where the item has it than the pixels that each picture has in
// the other's place. Nothing that is put onto a picture does that, nor does a pattern that occurs
// twice in it. Both planes in the frame of the entry, of the same tones; spots in pixels of it.
// `inside` is 1 where both have a value.
size_t moved_places(const Plane& entry, const Plane& item, const std::vector<uint8_t>& inside,
                    std::span<const DisplacedSpot> spots);

}  // namespace weir
