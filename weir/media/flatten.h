// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

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
};

constexpr uint8_t kBackground = 128;  // transparent parts show this grey

// 1 for kGrey, else 3.
int channels_of(Bands bands);

// Writes row.width pixels of channels_of(row.bands) 8-bit samples. 16 bits become 8 by keeping the
// high byte, as libpng's strip_16 and Pillow do. Alpha is straight: sample * a + kBackground * (1 -
// a), rounded. CMYK (0 is no ink) becomes (255 - ink) * (255 - black) / 255 first.
void flatten_row(const Row& row, uint8_t* out);

}  // namespace weir::media
