// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change_parts.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace weir {

namespace {

constexpr size_t kLeastPart = 12;  // pixels; less is grain
constexpr size_t kBorder = 2;      // pixels that a part must keep from what is not shown
constexpr double kClearly = 0.2;   // of the outlines of both, that one has more of than the other

using Mask = std::vector<uint8_t>;

// Calls does(i) for each of the nine pixels around `at`, itself included, that lie in the picture.
template <class Does>
void around(size_t at, size_t width, size_t height, Does does) {
  const size_t x = at % width, y = at / width;
  for (size_t r = y - (y > 0); r <= y + (y + 1 < height); ++r)
    for (size_t c = x - (x > 0); c <= x + (x + 1 < width); ++c) does(r * width + c);
}

// 1 where any of the nine pixels around is `value`, 0 elsewhere.
Mask near_value(const Mask& mask, uint8_t value, size_t width, size_t height) {
  Mask out(mask.size());
  for (size_t i = 0; i < mask.size(); ++i)
    if (mask[i] == value) around(i, width, height, [&](size_t at) { out[at] = 1; });
  return out;
}

// Cracks of a pixel are filled, so that a thing is one part.
Mask closed(const Mask& mask, size_t width, size_t height) {
  Mask out = near_value(near_value(mask, 1, width, height), 0, width, height);
  for (uint8_t& value : out) value = !value;
  return out;
}

// How steep a picture is at a pixel (Sobel's operator); 0 at the rim.
double steepness(const Plane& plane, size_t at) {
  const size_t x = at % plane.width, y = at / plane.width;
  if (x == 0 || y == 0 || x + 1 == plane.width || y + 1 == plane.height) return 0;
  const float *above = plane.row(y - 1) + x, *here = plane.row(y) + x,
              *below = plane.row(y + 1) + x;
  const double across = above[1] + 2 * here[1] + below[1] - above[-1] - 2 * here[-1] - below[-1];
  const double down = below[-1] + 2 * below[0] + below[1] - above[-1] - 2 * above[0] - above[1];
  return std::hypot(across, down);
}

// The pixels of the part that `first` belongs to, taken out of `mask`.
std::vector<size_t> taken_part(Mask& mask, size_t first, size_t width, size_t height) {
  std::vector<size_t> part{first};
  mask[first] = 0;
  for (size_t i = 0; i < part.size(); ++i)
    around(part[i], width, height, [&](size_t at) {
      if (std::exchange(mask[at], 0)) part.push_back(at);
    });
  return part;
}

}  // namespace

ChangedParts changed_parts(const Plane& entry, const Plane& item, const Mask& changed,
                           const Mask& inside) {
  const size_t width = entry.width, height = entry.height;
  const Mask whole = closed(changed, width, height);
  Mask edge = inside;  // becomes 1 where a part would be at the border
  for (size_t i = 0; i < edge.size(); ++i) {
    const size_t x = i % width, y = i / width;
    const bool at_rim = x < kBorder || y < kBorder || x + kBorder >= width || y + kBorder >= height;
    edge[i] = at_rim || !inside[i];
  }
  for (size_t i = 0; i < kBorder; ++i) edge = near_value(edge, 1, width, height);

  ChangedParts parts;
  Mask left = whole, counted(whole.size());
  for (size_t first = 0; first < left.size(); ++first) {
    if (!left[first]) continue;
    const std::vector<size_t> part = taken_part(left, first, width, height);
    const auto at_edge = [&](size_t at) { return edge[at] != 0; };
    if (part.size() < kLeastPart || std::any_of(part.begin(), part.end(), at_edge)) continue;
    // The outline: pixels on either side of where the part ends.
    double of_entry = 0, of_item = 0;
    for (const size_t at : part) {
      bool ends = false;
      around(at, width, height, [&](size_t near) { ends |= !whole[near]; });
      if (!ends) continue;
      around(at, width, height, [&](size_t near) {
        if ((near != at && whole[near]) || counted[near]) return;
        counted[near] = 1;
        of_entry += steepness(entry, near);
        of_item += steepness(item, near);
      });
    }
    const double more = (of_entry - of_item) / (of_entry + of_item + 1e-3);
    const double size = std::sqrt(static_cast<double>(part.size()));
    if (more > kClearly) parts.gone += size;
    if (more < -kClearly) parts.came += size;
  }
  return parts;
}

}  // namespace weir
