// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "weir/media/image.h"

namespace weir::media {

// Windows bitmaps by FFmpeg: palettes, 16 to 32 bits, run lengths.
// Errors: as decode_image().
Result<DecodedImage> decode_bmp(std::span<const uint8_t> bytes, const Limits& limits);

}  // namespace weir::media
