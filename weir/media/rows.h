// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "weir/base/pixels.h"

namespace weir::media {

// What the bands of a decoded row mean, alpha aside.
enum class Bands { kGrey, kRgb, kCmyk };

// One decoded row, as libraries give them: 8 or 16 bits a sample, the bands of Bands first, then
// alpha if `alpha_band` is not 0, then any others, which are ignored.
struct Row {
  const void* samples;
  size_t width;
  Bands bands;
  int bands_a_pixel;
  int alpha_band;  // its place, or 0 for opaque
  bool is_16_bit;
  const uint8_t* tones = nullptr;  // of tones.h, for the colours; null: as stored
};

constexpr uint8_t kBackground = 128;  // what is missing of a picture shows this grey

// 1 for kGrey, else 3.
int channels_of(Bands bands);

// Colours as stored, whatever shows of them, and alpha: 0 where nothing shows, 255 where all does.
struct Layers {
  Pixels colours;
  Pixels alpha{};  // 1 channel; no samples when the picture has no alpha
};
// Room for `height` rows like this one.
Layers layers_for(const Row& like, uint32_t height);

// Writes row `y`, through the row's tones if it has any. 16 bits become 8 by keeping the high byte,
// as libpng's strip_16 and Pillow do. CMYK (0 is no ink) becomes (255 - ink) * (255 - black) / 255.
void write_row(const Row& row, uint32_t y, Layers& layers);

// A whole picture whose rows lie `stride` bytes apart, beginning with `first`.
Layers layers_of(Row first, uint32_t height, size_t stride);

}  // namespace weir::media
