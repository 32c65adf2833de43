// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir {

// A place in pixels of the upright picture: x to the right, y down, the centre of the first pixel
// being 0.5, 0.5.
struct Point {
  double x = 0;
  double y = 0;
};

// std::hypot takes many times as long, for the sake of lengths that no picture has.
inline double distance(const Point& a, const Point& b) {
  return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
}

// A rectangle in pixels of the upright picture; x to the right, y down, from the top left corner.
struct Rect {
  uint32_t x = 0;
  uint32_t y = 0;
  uint32_t width = 0;
  uint32_t height = 0;
  friend auto operator<=>(const Rect&, const Rect&) = default;
};

// Borrowed 8-bit samples, row by row; `channels` is 1 (grey) or 3 (R, G, B interleaved). Row y
// starts at samples + y * stride (bytes).
struct PixelView {
  const uint8_t* samples = nullptr;
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t channels = 1;
  size_t stride = 0;

  const uint8_t* row(size_t y) const { return samples + y * stride; }

  // The same samples, seen through `r`. Precondition: r lies within the picture.
  PixelView crop(const Rect& r) const {
    return {samples + r.y * stride + static_cast<size_t>(r.x) * channels, r.width, r.height,
            channels, stride};
  }
};

// Owned 8-bit samples, rows without gaps.
struct Pixels {
  std::vector<uint8_t> samples;
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t channels = 1;

  PixelView view() const {
    return {samples.data(), width, height, channels, static_cast<size_t>(width) * channels};
  }
};

}  // namespace weir
