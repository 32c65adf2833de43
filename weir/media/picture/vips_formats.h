// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "weir/media/format.h"
#include "weir/media/picture/image.h"

namespace weir::media {

// PNG, GIF and TIFF by libvips. Colour profiles are ignored. Grey pictures give one channel;
// LAB, float and other rare TIFFs become sRGB as libvips has it. A GIF gives frames spread
// evenly; of an APNG or a TIFF with several pages the first picture counts.
// Works in the calling thread, one strip of rows at a time; opens no file.
// Errors: as decode_image().
Result<DecodedImage> decode_by_vips(Format format, std::span<const uint8_t> bytes,
                                    const Limits& limits);

// Starts libvips with its loaders for anything else blocked, no cache, no worker threads, silent.
Status init_vips(const char* name);

}  // namespace weir::media
