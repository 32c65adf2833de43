// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change/change_parts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "weir/align/change/mask.h"

namespace weir {

namespace {

// Constants: all three are those of decision 0078, chosen on cameras that stand still, on scenes
// that were put together, and on the tune side's copies.
constexpr size_t kLeastPart = 12;  // pixels; less is grain
constexpr size_t kBorder = 2;      // pixels that a part must keep away from what is not shown
constexpr double kClearly = 0.2;  // difference of two outlines, as a share of their sum, that tells

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
  edge = grown(std::move(edge), static_cast<int>(kBorder), width, height);

  ChangedParts parts;
  Mask left = whole, counted(whole.size());
  for (size_t first = 0; first < left.size(); ++first) {
    if (!left[first]) continue;
    const std::vector<size_t> part = taken_part(left, first, width, height);
    const auto at_edge = [&](size_t at) { return edge[at] != 0; };
    if (part.size() < kLeastPart || std::any_of(part.begin(), part.end(), at_edge)) continue;
    const double more = along_outline(part, whole, entry, item, counted).more_of_entry();
    const double size = std::sqrt(static_cast<double>(part.size()));
    if (more > kClearly) parts.gone += size;
    if (more < -kClearly) parts.came += size;
  }
  return parts;
}

Mask laid_over_parts(const Plane& entry, const Plane& item, const Mask& changed) {
  const size_t width = entry.width, height = entry.height;
  const Mask whole = closed(changed, width, height);
  Mask left = whole, counted(whole.size()), out(whole.size());
  for (size_t first = 0; first < left.size(); ++first) {
    if (!left[first]) continue;
    const std::vector<size_t> part = taken_part(left, first, width, height);
    if (part.size() < kLeastPart) continue;
    if (along_outline(part, whole, entry, item, counted).more_of_entry() >= -kClearly) continue;
    for (const size_t at : part) out[at] = 1;
  }
  return grown(std::move(out), 1, width, height);
}

}  // namespace weir
