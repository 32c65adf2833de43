// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "weir/base/pixels.h"

namespace weir {

// What is left of a picture without uniform borders: letterbox and pillarbox bars of any one
// colour, frames, padding. Each side loses at most 45 % of the picture. Nothing when there is no
// such border, or when what is left would be under 16 pixels on a side. Compression noise in the
// bars is tolerated.
std::optional<Rect> content_box(const PixelView& picture);

}  // namespace weir
