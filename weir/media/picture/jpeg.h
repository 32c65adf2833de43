// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weir/media/picture/image.h"

namespace weir::media {

// JPEG at full size. YCbCr and grey pictures give their luma plane as stored (PDQ is computed from
// it; reducing while decoding would move PDQ by a mean 17 of its 31 bits) unless colours are asked
// for; RGB-coded, CMYK and YCCK
// ones R, G, B. A file that breaks off is used when at least half its rows were read; then the rest
// is what libjpeg fills in, and the note says "truncated: ...". Data errors that libjpeg could step
// over give a note "damaged: ...". Only the first picture of a file counts (MPO, previews after
// EOI). Errors: corrupt; limit; invalid for lossless and 12-bit JPEG, which libjpeg-turbo 2.1
// cannot read.
Result<DecodedImage> decode_jpeg(std::span<const uint8_t> bytes, const Limits& limits,
                                 JpegColours colours = JpegColours::kLeftOut);

// The picture in R, G, B (or grey if stored so), upright, shrunk while decoding to the smallest
// eighth that keeps the long side at least `side` pixels; in grey where only its luma can be
// decoded. For previews only.
Result<Pixels> decode_jpeg_reduced(std::span<const uint8_t> bytes, const Limits& limits,
                                   uint32_t side);

// Baseline JPEG bytes of 1 or 3 channels. `quality` as libjpeg counts it, 1 to 100.
Result<std::vector<uint8_t>> encode_jpeg(const PixelView& picture, int quality);

}  // namespace weir::media
