// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/picture/plane_shrink.h"

#include <algorithm>
#include <cassert>

namespace weir {
namespace {

// Adds to each of `sums` the part of `values` that it covers; `step` values lie on one sum.
template <class Value>
void add_along(const Value* values, size_t count, size_t sums_count, float* sums) {
  const float step = static_cast<float>(count) / static_cast<float>(sums_count);
  for (size_t i = 0; i < sums_count; ++i) {
    const float begin = static_cast<float>(i) * step;
    const float end = std::min(begin + step, static_cast<float>(count));
    const auto first = static_cast<size_t>(begin);
    const size_t last = std::min(static_cast<size_t>(end), count - 1);
    float sum = 0;
    for (size_t x = first; x <= last; ++x) sum += static_cast<float>(values[x]);
    sum -= static_cast<float>(values[first]) * (begin - static_cast<float>(first));
    sum -= static_cast<float>(values[last]) * (static_cast<float>(last + 1) - end);
    sums[i] = sum / step;
  }
}

}  // namespace

std::vector<uint8_t> shrunk_plane(const PixelView& from, uint32_t width, uint32_t height) {
  assert(from.channels == 1 && width > 0 && height > 0);
  assert(width <= from.width && height <= from.height);
  std::vector<float> narrow(size_t{width} * from.height);
  for (uint32_t y = 0; y < from.height; ++y)
    add_along(from.row(y), from.width, width, narrow.data() + size_t{y} * width);
  std::vector<uint8_t> out(size_t{width} * height);
  std::vector<float> column(from.height), means(height);
  for (uint32_t x = 0; x < width; ++x) {
    for (uint32_t y = 0; y < from.height; ++y) column[y] = narrow[size_t{y} * width + x];
    add_along(column.data(), column.size(), height, means.data());
    for (uint32_t y = 0; y < height; ++y)
      out[size_t{y} * width + x] = static_cast<uint8_t>(std::clamp(means[y] + 0.5f, 0.0f, 255.0f));
  }
  return out;
}

}  // namespace weir
