// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/base/pixels.h"
#include "weir/media/picture/exif.h"

namespace weir::media {

// Turns a stored picture upright. Orientation 1 gives the same samples back without a copy; others
// need a second picture's memory for the moment. Orientations outside 1 to 8 count as 1.
Pixels upright(Pixels stored, Orientation orientation);

// True when width and height change places.
constexpr bool swaps_sides(Orientation orientation) {
  return orientation >= 5 && orientation <= 8;
}

}  // namespace weir::media
