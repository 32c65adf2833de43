// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>

#include "weir/base/pixels.h"

namespace weir {

// A grey picture in floats, 0 to 255. Rows are aligned for vectors and padded to whole ones, so
// that kernels may read and write past the width; what stands there is finite and means nothing.
struct FloatPlane {
  static constexpr size_t kRowStep = 16;  // floats: the longest vector

  FloatPlane() = default;
  FloatPlane(size_t width, size_t height);  // uninitialized, the padding too
  // Keeps at least the last `rows` rows, for one who writes them from the top down.
  FloatPlane(size_t width, size_t height, size_t rows);

  float* row(size_t y) { return samples.get() + (y & row_mask) * stride; }
  const float* row(size_t y) const { return samples.get() + (y & row_mask) * stride; }

  size_t width = 0;
  size_t height = 0;
  size_t stride = 0;           // floats
  size_t row_mask = SIZE_MAX;  // which row of the memory holds row y
  hwy::AlignedFreeUniquePtr<float[]> samples;
};

// The luma of a picture of 1 or 3 channels at another size: along each axis that shrinks, each
// pixel is the mean of the area that it covers; along each that grows, it is interpolated linearly
// between the nearest two. Sides of both at least 1. Memory: the result and a row of the picture.
FloatPlane resized_grey(const PixelView& picture, size_t width, size_t height);

// The same of a plane, rounded to 8 bits.
Pixels resized_pixels(const FloatPlane& plane, size_t width, size_t height);

}  // namespace weir
