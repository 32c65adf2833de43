// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weir/base/pixels.h"

namespace weir {

// How much of a square shows, of a picture that was filled where it is transparent.
class ShownShare {
 public:
  // 1 channel, 255 where the picture shows, else 0.
  explicit ShownShare(const PixelView& shown);

  // 0 to 1, of the square of `half` pixels to each side of the point, as far as it lies within the
  // picture; to a few hundredths. 0 when it lies outside.
  float around(float x, float y, float half) const;

 private:
  size_t width_, height_;  // of a smaller picture
  float scale_x_, scale_y_;
  std::vector<float> sums_;  // of all above and left of a corner, (width + 1) x (height + 1)
};

}  // namespace weir
