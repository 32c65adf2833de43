// SPDX-License-Identifier: Apache-2.0
#include "weir/media/flatten.h"

#include <cstring>

namespace weir::media {
namespace {

struct Sample8 {
  using Type = uint8_t;
  static uint32_t to_8(uint8_t sample) { return sample; }
};
struct Sample16 {
  using Type = uint16_t;
  static uint32_t to_8(uint16_t sample) { return sample >> 8; }
};

template <class Sample>
void flatten(const Row& row, uint8_t* out) {
  const auto* in = static_cast<const typename Sample::Type*>(row.samples);
  const int channels = channels_of(row.bands);
  for (size_t x = 0; x < row.width; ++x, in += row.bands_a_pixel, out += channels) {
    const uint32_t alpha = row.alpha_band ? Sample::to_8(in[row.alpha_band]) : 255;
    const uint32_t paper = row.bands == Bands::kCmyk ? 255 - Sample::to_8(in[3]) : 255;
    for (int c = 0; c < channels; ++c) {
      uint32_t value = Sample::to_8(in[c]);
      if (row.bands == Bands::kCmyk) value = ((255 - value) * paper + 127) / 255;
      out[c] = static_cast<uint8_t>((value * alpha + kBackground * (255 - alpha) + 127) / 255);
    }
  }
}

}  // namespace

int channels_of(Bands bands) {
  return bands == Bands::kGrey ? 1 : 3;
}

void flatten_row(const Row& row, uint8_t* out) {
  const int channels = channels_of(row.bands);
  const bool is_plain = !row.is_16_bit && !row.alpha_band && row.bands != Bands::kCmyk &&
                        row.bands_a_pixel == channels;
  if (is_plain)
    std::memcpy(out, row.samples, row.width * channels);
  else if (row.is_16_bit)
    flatten<Sample16>(row, out);
  else
    flatten<Sample8>(row, out);
}

}  // namespace weir::media
