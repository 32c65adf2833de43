// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/picture/shown_share.h"

#include <algorithm>
#include <cmath>

#include "weir/hash/features/feature_plane.h"

namespace weir {
namespace {

constexpr uint32_t kSide = 256;  // sums of 256 x 256 ones are whole in a float

size_t shrunk(uint32_t side, uint32_t longer) {
  if (longer <= kSide) return side;
  return std::max<size_t>(1, size_t{side} * kSide / longer);
}

}  // namespace

ShownShare::ShownShare(const PixelView& shown)
    : width_(shrunk(shown.width, std::max(shown.width, shown.height))),
      height_(shrunk(shown.height, std::max(shown.width, shown.height))),
      scale_x_(static_cast<float>(width_) / static_cast<float>(shown.width)),
      scale_y_(static_cast<float>(height_) / static_cast<float>(shown.height)),
      sums_((width_ + 1) * (height_ + 1)) {
  const FloatPlane small = resized_grey(shown, width_, height_);
  for (size_t y = 0; y < height_; ++y) {
    float line = 0;
    for (size_t x = 0; x < width_; ++x) {
      line += small.row(y)[x] >= 128 ? 1.0f : 0.0f;
      sums_[(y + 1) * (width_ + 1) + x + 1] = sums_[y * (width_ + 1) + x + 1] + line;
    }
  }
}

float ShownShare::around(float x, float y, float half) const {
  const auto corner = [](float at, float scale, size_t size) {
    return static_cast<size_t>(std::clamp(std::round(at * scale), 0.0f, static_cast<float>(size)));
  };
  const size_t left = corner(x - half, scale_x_, width_);
  const size_t right = std::max(left, corner(x + half, scale_x_, width_));
  const size_t top = corner(y - half, scale_y_, height_);
  const size_t bottom = std::max(top, corner(y + half, scale_y_, height_));
  // A square of less than a cell is asked by the cell that it lies in.
  const size_t l = std::min(left, width_ - 1), r = std::max(right, l + 1);
  const size_t t = std::min(top, height_ - 1), b = std::max(bottom, t + 1);
  const auto sum = [&](size_t i, size_t j) { return sums_[j * (width_ + 1) + i]; };
  const float inside = sum(r, b) - sum(l, b) - sum(r, t) + sum(l, t);
  return inside / static_cast<float>((r - l) * (b - t));
}

}  // namespace weir
