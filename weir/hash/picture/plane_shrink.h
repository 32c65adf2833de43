// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weir/base/pixels.h"

namespace weir {

// A plane of 1 channel shrunk to width x height samples, each the mean of the area that it covers.
// Precondition: 0 < width <= from.width, 0 < height <= from.height.
std::vector<uint8_t> shrunk_plane(const PixelView& from, uint32_t width, uint32_t height);

}  // namespace weir
