// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weir/base/limits.h"
#include "weir/base/pixels.h"
#include "weir/base/result.h"

namespace weir {

// One frame, upright (EXIF orientation applied), alpha flattened on mid-grey (128), 8 bits a sample.
struct Frame {
  Pixels pixels;                      // 1 channel: luma as stored; 3 channels: R, G, B
  std::chrono::microseconds time{0};  // from the start of the animation
};

struct DecodedImage {
  std::string format;         // "jpeg", "png", "webp", "gif", "avif", "heic", "tiff", "bmp", "jxl"
  uint32_t width = 0;         // of the upright picture
  uint32_t height = 0;
  uint32_t frame_count = 1;   // in the file
  std::vector<Frame> frames;  // the first, then evenly spaced ones, at most limits.frames
  std::string note;           // "truncated: ..." when part of the picture was missing; else empty
};

// Pixels of an image file held in memory. The format is told from the bytes, never from a name.
// JPEG with a YCbCr or grey picture gives the luma plane alone, decoded at full size.
// Errors: invalid when the bytes are empty or no image format that is known here; corrupt when
// they break their format's rules; limit for more pixels, a longer side or more memory than `limits`.
Result<DecodedImage> decode_image(std::span<const uint8_t> bytes, const Limits& limits);

// A small colour picture for people: long side at most `side` pixels, as JPEG bytes.
// Errors: as decode_image().
Result<std::vector<uint8_t>> preview_jpeg(std::span<const uint8_t> bytes, const Limits& limits,
                                          uint32_t side);

// Once per process, before threads start. `name` is argv[0].
Status init_media(const char* name);

}  // namespace weir
