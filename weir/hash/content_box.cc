// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/content_box.h"

namespace weir {

std::optional<Rect> content_box(const PixelView& picture) {
  return std::nullopt;
}

}  // namespace weir
