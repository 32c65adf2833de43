// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "weir/base/pixels.h"

namespace weir {

// Pictures within a picture, such as a post in the template of a network, photographed off a screen
// that is not quite upright: four-sided parts, each side tilted by at most 0.2 (11 degrees), beside
// which the picture is of even tone. What uniform borders around the whole leave over is
// content_box().

// Corners: upper left, upper right, lower right, lower left.
using Quad = std::array<Point, 4>;

constexpr size_t kMostFramedParts = 4;

struct FramedPart {
  Quad outline;
  Pixels straight;  // what lies within, in grey, without perspective; kFramedSide to each side
};
constexpr uint32_t kFramedSide = 512;

// The clearest first, at most kMostFramedParts. May name parts that are none: a hash of such a part
// agrees with nothing. Views of 1 or 3 channels, of any size.
std::vector<FramedPart> framed_parts(const PixelView& picture);

// The upright rectangle around `part`, as much of it as lies within width x height.
Rect box_around(const Quad& part, uint32_t width, uint32_t height);

}  // namespace weir
