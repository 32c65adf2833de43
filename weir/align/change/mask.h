// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "weir/align/change/plane.h"

// Says which pixels of a plane are meant, and finds and measures the connected parts of such a
// mask. Its outline tells what a part is: a thing has steep edges in the picture that it stands in,
// and the other picture goes on smoothly across the same line.
// Example: a sticker of 20 by 20 pixels was put onto the item. Along its outline the item is steep
// and the entry is not, so more_of_entry() is near -1.
// Counter-example: two stickers that touch, even at a corner, are one part; a mask does not tell
// things apart, only what lies together.

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

// grown() is 1 where a pixel of 1 is at most so many pixels away, level, upright or diagonally.
// shrunk() is 1 only where no pixel of 0 is that near.
Mask grown(Mask mask, int pixels, size_t width, size_t height);
Mask shrunk(Mask mask, int pixels, size_t width, size_t height);

// The mask with cracks of a pixel or two filled, so that a thing is one part.
Mask closed(const Mask& mask, size_t width, size_t height);

// The pixels of the connected part that `first` belongs to. They are taken out of `mask`.
std::vector<size_t> taken_part(Mask& mask, size_t first, size_t width, size_t height);

// Whether a part ends at one of its pixels, because a neighbour is not in the mask that the part
// was taken from.
bool ends_at(const Mask& whole, size_t at, size_t width, size_t height);

// How steep a picture is at a pixel (Sobel's operator); 0 at the rim.
double steepness(const Plane& plane, size_t at);

// How steep two pictures are along the outline of a part, summed over the pixels on either side of
// where it ends. `whole` is the mask that the part was taken from. `counted` is 1 where pixels were
// counted before, so that parts that nearly touch do not count them twice.
struct Steepness {
  double of_entry = 0;
  double of_item = 0;
  // From -1, where the outline is the item's alone, to 1, where it is the entry's.
  double more_of_entry() const { return (of_entry - of_item) / (of_entry + of_item + 1e-3); }
};
Steepness along_outline(const std::vector<size_t>& part, const Mask& whole, const Plane& entry,
                        const Plane& item, Mask& counted);

}  // namespace weir
