// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "weir/media/picture/image.h"

namespace weir::media {

// Windows bitmaps by FFmpeg: palettes, 16 to 32 bits, run lengths.
// Errors: as decode_image().
Result<DecodedImage> decode_bmp(std::span<const uint8_t> bytes, const Limits& limits);

// Portable maps by FFmpeg: PBM, PGM and PPM, as text or bytes, to 16 bits a sample, and PAM. Of
// several in one file the first. Errors: as decode_image().
Result<DecodedImage> decode_pnm(std::span<const uint8_t> bytes, const Limits& limits);

}  // namespace weir::media
