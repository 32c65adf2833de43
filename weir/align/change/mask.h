// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "weir/align/change/plane.h"

namespace weir {

// Which pixels of a plane are meant: 1 or 0 for each, row by row.
using Mask = std::vector<uint8_t>;

// Calls does(i) for each of the nine pixels around `at`, itself included, that lie in the picture.
template <class Does>
void around(size_t at, size_t width, size_t height, Does does) {
  const size_t x = at % width, y = at / width;
  for (size_t r = y - (y > 0); r <= y + (y + 1 < height); ++r)
    for (size_t c = x - (x > 0); c <= x + (x + 1 < width); ++c) does(r * width + c);
}

// 1 where any of the nine pixels around is `value`, 0 elsewhere.
Mask near_value(const Mask& mask, uint8_t value, size_t width, size_t height);

// 1 where a pixel of 1 is at most so many pixels away, level, upright or diagonally; and where none
// of 0 is.
Mask grown(Mask mask, int pixels, size_t width, size_t height);
Mask shrunk(Mask mask, int pixels, size_t width, size_t height);

// Cracks of a pixel are filled, so that a thing is one part.
Mask closed(const Mask& mask, size_t width, size_t height);

// The pixels of the part that `first` belongs to, taken out of `mask`.
std::vector<size_t> taken_part(Mask& mask, size_t first, size_t width, size_t height);

// Whether a part ends at one of its pixels: a neighbour is not in the mask that it was taken from.
bool ends_at(const Mask& whole, size_t at, size_t width, size_t height);

// How steep a picture is at a pixel (Sobel's operator); 0 at the rim.
double steepness(const Plane& plane, size_t at);

// How steep two pictures are along the outline of a part: the pixels on either side of where it
// ends. `whole` is the mask that the part was taken from; `counted` holds pixels that are counted
// already, so that parts that nearly touch share none.
struct Steepness {
  double of_entry = 0;
  double of_item = 0;
  // From -1, where the outline is the item's alone, to 1, where it is the entry's.
  double more_of_entry() const { return (of_entry - of_item) / (of_entry + of_item + 1e-3); }
};
Steepness along_outline(const std::vector<size_t>& part, const Mask& whole, const Plane& entry,
                        const Plane& item, Mask& counted);

}  // namespace weir
