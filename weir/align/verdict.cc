// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "weir/align/plane_compare.h"

namespace weir {

namespace {

constexpr float kAgrees = 0.8f;
constexpr float kDiffers = 0.3f;
constexpr uint32_t kLeastBlocks = 6;

Rect bounding_box(std::span<const Point> points, uint32_t width, uint32_t height) {
  double left = width, top = height, right = 0, bottom = 0;
  for (const Point& p : points) {
    left = std::min(left, p.x), right = std::max(right, p.x);
    top = std::min(top, p.y), bottom = std::max(bottom, p.y);
  }
  left = std::clamp(std::round(left), 0.0, static_cast<double>(width));
  top = std::clamp(std::round(top), 0.0, static_cast<double>(height));
  right = std::clamp(std::round(right), left, static_cast<double>(width));
  bottom = std::clamp(std::round(bottom), top, static_cast<double>(height));
  return {static_cast<uint32_t>(left), static_cast<uint32_t>(top),
          static_cast<uint32_t>(right - left), static_cast<uint32_t>(bottom - top)};
}

}  // namespace

void judge(const BlockMap& map, const PictureFeatures& item, const PictureFeatures& entry,
           SharedRegion& region) {
  uint32_t agreeing = 0, differing = 0;
  for (const Block& block : map.blocks) {
    if (block.state != Block::State::kCompared) continue;
    ++region.blocks;
    agreeing += block.agreement > kAgrees;
    differing += block.agreement < kDiffers;
  }
  if (region.blocks > 0) {
    region.agreeing = static_cast<double>(agreeing) / region.blocks;
    region.differing = static_cast<double>(differing) / region.blocks;
  }
  if (region.blocks >= kLeastBlocks)
    region.verdict = region.agreeing >= 0.7   ? Verdict::kCopy
                     : region.differing > 0.1 ? Verdict::kSameScene
                                              : Verdict::kUnclear;

  const auto shown = clipped(region.outline, item.width, item.height);
  region.item_region = bounding_box(shown, item.width, item.height);
  if (const auto back = inverse(region.entry_to_item)) {
    std::vector<Point> in_entry;
    for (const Point& p : shown) in_entry.push_back((*back)(p));
    region.entry_region = bounding_box(in_entry, entry.width, entry.height);
  }
}

}  // namespace weir
