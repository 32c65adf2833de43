// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "weir/media/picture/image.h"

namespace weir::media {

// WebP by libwebp itself: libvips would start a thread for it and draw an animation again from its
// beginning for every frame. Animations are drawn once, keeping the selected frames only.
// Errors: as decode_image().
Result<DecodedImage> decode_webp(std::span<const uint8_t> bytes, const Limits& limits);

}  // namespace weir::media
