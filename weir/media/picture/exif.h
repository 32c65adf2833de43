// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace weir::media {

// How a stored picture must be turned to be upright, numbered as EXIF does (EXIF 2.32, 4.6.4 A):
// 1 as is, 2 mirrored, 3 by 180 degrees, 4 upside down, 5 transposed, 6 by 90 degrees clockwise,
// 7 transversed, 8 by 90 degrees counter-clockwise.
using Orientation = int;
constexpr Orientation kUpright = 1;

// The Orientation tag of an EXIF block. `exif` starts at the TIFF header ("II" or "MM"), or at the
// "Exif\0\0" that JPEG puts before it. Anything absent, damaged or out of range is kUpright: a bad
// tag must not cost the picture. Reads IFD0 only, once, in bounds; follows no other pointer.
Orientation exif_orientation(std::span<const uint8_t> exif);

}  // namespace weir::media
