// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "weir/media/picture/image.h"

namespace weir::media {

// JPEG XL by libjxl, in the calling thread: the first frame, turned upright by libjxl.
// Errors: as decode_image().
Result<DecodedImage> decode_jxl(std::span<const uint8_t> bytes, const Limits& limits);

}  // namespace weir::media
