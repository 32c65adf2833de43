// SPDX-License-Identifier: Apache-2.0
#include "weir/media/rows.h"

#include <cstring>

namespace weir::media {
namespace {

struct Sample8 {
  using Type = uint8_t;
  static uint32_t to_8(uint8_t sample) { return sample; }
  static size_t place(uint8_t sample) { return size_t{257} * sample; }
};
struct Sample16 {
  using Type = uint16_t;
  static uint32_t to_8(uint16_t sample) { return sample >> 8; }
  static size_t place(uint16_t sample) { return sample; }
};

template <class Sample>
void write(const Row& row, uint8_t* colours, uint8_t* alpha) {
  const auto* in = static_cast<const typename Sample::Type*>(row.samples);
  const int channels = channels_of(row.bands);
  for (size_t x = 0; x < row.width; ++x, in += row.bands_a_pixel, colours += channels) {
    if (row.alpha_band) alpha[x] = static_cast<uint8_t>(Sample::to_8(in[row.alpha_band]));
    const uint32_t paper = row.bands == Bands::kCmyk ? 255 - Sample::to_8(in[3]) : 255;
    for (int c = 0; c < channels; ++c) {
      uint32_t value = row.tones ? row.tones[Sample::place(in[c])] : Sample::to_8(in[c]);
      if (row.bands == Bands::kCmyk) value = ((255 - value) * paper + 127) / 255;
      colours[c] = static_cast<uint8_t>(value);
    }
  }
}

}  // namespace

int channels_of(Bands bands) {
  return bands == Bands::kGrey ? 1 : 3;
}

Layers layers_for(const Row& like, uint32_t height) {
  const auto width = static_cast<uint32_t>(like.width);
  Layers layers{{{}, width, height, static_cast<uint32_t>(channels_of(like.bands))}};
  layers.colours.samples.resize(size_t{width} * height * layers.colours.channels);
  if (like.alpha_band) layers.alpha = {std::vector<uint8_t>(size_t{width} * height), width, height};
  return layers;
}

void write_row(const Row& row, uint32_t y, Layers& layers) {
  const size_t bytes = row.width * layers.colours.channels;
  uint8_t* colours = layers.colours.samples.data() + y * bytes;
  uint8_t* alpha = row.alpha_band ? layers.alpha.samples.data() + y * row.width : nullptr;
  const bool is_plain = !row.is_16_bit && !row.tones && !row.alpha_band &&
                        row.bands != Bands::kCmyk && row.bands_a_pixel == channels_of(row.bands);
  if (is_plain)
    std::memcpy(colours, row.samples, bytes);
  else if (row.is_16_bit)
    write<Sample16>(row, colours, alpha);
  else
    write<Sample8>(row, colours, alpha);
}

Layers layers_of(Row first, uint32_t height, size_t stride) {
  Layers layers = layers_for(first, height);
  const auto* samples = static_cast<const uint8_t*>(first.samples);
  for (uint32_t y = 0; y < height; ++y, samples += stride) {
    first.samples = samples;
    write_row(first, y, layers);
  }
  return layers;
}

}  // namespace weir::media
