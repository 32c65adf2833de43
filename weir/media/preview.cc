// SPDX-License-Identifier: Apache-2.0
#include "weir/media/preview.h"

#include <algorithm>
#include <vector>

namespace weir::media {
namespace {

// Where the area of output pixel `i` begins, in whole input pixels; at least one pixel each.
uint32_t edge(uint32_t i, uint32_t from, uint32_t to) {
  return static_cast<uint32_t>(uint64_t{i} * from / to);
}

uint32_t scaled(uint32_t length, uint32_t side, uint32_t longest) {
  return std::max<uint32_t>(
      1, static_cast<uint32_t>((uint64_t{length} * side + longest / 2) / longest));
}

}  // namespace

Pixels shrink(Pixels picture, uint32_t side) {
  const PixelView from = picture.view();
  const uint32_t longest = std::max(from.width, from.height);
  if (longest <= side) return picture;
  Pixels small;
  small.width = scaled(from.width, side, longest);
  small.height = scaled(from.height, side, longest);
  small.channels = from.channels;
  const size_t channels = from.channels;
  small.samples.resize(size_t{small.width} * small.height * channels);

  std::vector<uint64_t> sums(size_t{small.width} * channels);
  for (uint32_t y = 0; y < small.height; ++y) {
    const uint32_t top = edge(y, from.height, small.height);
    const uint32_t bottom = edge(y + 1, from.height, small.height);
    std::ranges::fill(sums, 0);
    for (uint32_t row = top; row < bottom; ++row) {
      const uint8_t* in = from.row(row);
      for (uint32_t x = 0; x < small.width; ++x) {
        const uint32_t right = edge(x + 1, from.width, small.width);
        for (uint32_t i = edge(x, from.width, small.width); i < right; ++i)
          for (size_t c = 0; c < channels; ++c) sums[x * channels + c] += in[i * channels + c];
      }
    }
    uint8_t* out = small.samples.data() + size_t{y} * small.width * channels;
    for (uint32_t x = 0; x < small.width; ++x) {
      const uint64_t columns =
          edge(x + 1, from.width, small.width) - edge(x, from.width, small.width);
      const uint64_t area = columns * (bottom - top);
      for (size_t c = 0; c < channels; ++c)
        out[x * channels + c] = static_cast<uint8_t>((sums[x * channels + c] + area / 2) / area);
    }
  }
  return small;
}

}  // namespace weir::media
