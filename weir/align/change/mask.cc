// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change/mask.h"

#include <cmath>
#include <utility>

#include "weir/base/wide.h"

namespace weir {

// It looks first along rows and then along columns, in loops without branches that a compiler turns
// into vectors.
WEIR_WIDE Mask near_value(const Mask& mask, uint8_t value, size_t width, size_t height) {
  if (mask.empty()) return {};
  Mask along(mask.size()), out(mask.size());
  Mask padded(width + 2);
  for (size_t y = 0; y < height; ++y) {
    const uint8_t* row = mask.data() + y * width;
    uint8_t* to = along.data() + y * width;
    for (size_t x = 0; x < width; ++x) padded[x + 1] = row[x] == value;
    for (size_t x = 0; x < width; ++x) to[x] = padded[x] | padded[x + 1] | padded[x + 2];
  }
  for (size_t y = 0; y < height; ++y) {
    const uint8_t* here = along.data() + y * width;
    const uint8_t* above = y > 0 ? here - width : here;
    const uint8_t* below = y + 1 < height ? here + width : here;
    uint8_t* to = out.data() + y * width;
    for (size_t x = 0; x < width; ++x) to[x] = above[x] | here[x] | below[x];
  }
  return out;
}

Mask grown(Mask mask, int pixels, size_t width, size_t height) {
  for (int i = 0; i < pixels; ++i) mask = near_value(mask, 1, width, height);
  return mask;
}

Mask shrunk(Mask mask, int pixels, size_t width, size_t height) {
  for (int i = 0; i < pixels; ++i) {
    mask = near_value(mask, 0, width, height);
    for (uint8_t& value : mask) value = !value;
  }
  return mask;
}

Mask closed(const Mask& mask, size_t width, size_t height) {
  return shrunk(grown(mask, 1, width, height), 1, width, height);
}

std::vector<size_t> taken_part(Mask& mask, size_t first, size_t width, size_t height) {
  std::vector<size_t> part{first};
  mask[first] = 0;
  for (size_t i = 0; i < part.size(); ++i)
    around(part[i], width, height, [&](size_t at) {
      if (std::exchange(mask[at], 0)) part.push_back(at);
    });
  return part;
}

bool ends_at(const Mask& whole, size_t at, size_t width, size_t height) {
  bool ends = false;
  around(at, width, height, [&](size_t near) { ends |= !whole[near]; });
  return ends;
}

double steepness(const Plane& plane, size_t at) {
  const size_t x = at % plane.width, y = at / plane.width;
  if (x == 0 || y == 0 || x + 1 == plane.width || y + 1 == plane.height) return 0;
  const float *above = plane.row(y - 1) + x, *here = plane.row(y) + x,
              *below = plane.row(y + 1) + x;
  const double across = above[1] + 2 * here[1] + below[1] - above[-1] - 2 * here[-1] - below[-1];
  const double down = below[-1] + 2 * below[0] + below[1] - above[-1] - 2 * above[0] - above[1];
  return std::sqrt(across * across + down * down);
}

Steepness along_outline(const std::vector<size_t>& part, const Mask& whole, const Plane& entry,
                        const Plane& item, Mask& counted) {
  const size_t width = entry.width, height = entry.height;
  Steepness out;
  for (const size_t at : part) {
    if (!ends_at(whole, at, width, height)) continue;
    around(at, width, height, [&](size_t near) {
      if ((near != at && whole[near]) || counted[near]) return;
      counted[near] = 1;
      out.of_entry += steepness(entry, near);
      out.of_item += steepness(item, near);
    });
  }
  return out;
}

}  // namespace weir
