// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/picture_difference.h"

#include <algorithm>
#include <cmath>

#include "weir/align/change/plane_compare.h"
#include "weir/align/picture/transform.h"

namespace weir {

namespace {

// Constants: the first bounds memory, and the second is the middle of the greys.
constexpr uint32_t kMostSide = 4'096;
constexpr uint8_t kBeyond = 128;  // grey where the item does not reach

Agreement agreement_of(const Block& block) {
  if (block.state != Block::State::kCompared) return Agreement::kFlat;
  return block.agreement > kAgreeingBlock    ? Agreement::kAgrees
         : block.agreement < kDifferingBlock ? Agreement::kDiffers
                                             : Agreement::kPartly;
}

std::vector<ComparedBlock> blocks_of(const BlockMap& map, const PictureFeatures& entry) {
  const double across = static_cast<double>(entry.width) / entry.plane.width;
  const double down = static_cast<double>(entry.height) / entry.plane.height;
  std::vector<ComparedBlock> blocks;
  for (size_t row = map.shown.first_row; row < map.shown.end_row; ++row)
    for (size_t column = map.shown.first_column; column < map.shown.end_column; ++column) {
      const Block& block = map.at(column, row);
      if (block.state == Block::State::kOutside) continue;
      const Point corner{static_cast<double>(map.left + column * BlockMap::kSide) * across,
                         static_cast<double>(map.top + row * BlockMap::kSide) * down};
      blocks.push_back(
          {corner, BlockMap::kSide * across, BlockMap::kSide * down, agreement_of(block)});
    }
  return blocks;
}

PictureTransform scaling(double across, double down) {
  return {{across, 0, 0, 0, down, 0, 0, 0, 1}};
}

Pixels laid_over(const PictureFeatures& item, const PictureFeatures& entry,
                 const SharedRegion& region, uint32_t side) {
  const double shrink = static_cast<double>(side) / std::max(entry.width, entry.height);
  const auto shrunk = [&](uint32_t size) {
    return static_cast<uint32_t>(std::clamp(std::round(size * shrink), 1.0, 1.0 * side));
  };
  Pixels out{{}, shrunk(entry.width), shrunk(entry.height), 1};
  Plane shown = plane_of(item.plane);
  PictureTransform to_shown = compose(scaling(static_cast<double>(entry.width) / out.width,
                                              static_cast<double>(entry.height) / out.height),
                                      region.entry_to_item);
  to_shown = compose(to_shown, scaling(static_cast<double>(item.plane.width) / item.width,
                                       static_cast<double>(item.plane.height) / item.height));
  coarsen(shown, to_shown, out.width, out.height);
  const SmoothField bend = region.bend.scaled(static_cast<double>(out.width) / entry.width,
                                              static_cast<double>(out.height) / entry.height);
  const Warped seen = warped(shown, to_shown, out.width, out.height, bend);
  out.samples.reserve(seen.inside.size());
  for (size_t i = 0; i < seen.inside.size(); ++i)
    out.samples.push_back(seen.inside[i] ? static_cast<uint8_t>(std::lround(
                                               std::clamp(seen.plane.samples[i], 0.0f, 255.0f)))
                                         : kBeyond);
  return out;
}

}  // namespace

SharedOutline shared_outline(const SharedRegion& region, const Rect& item, const Rect& entry) {
  const Rect& r = region.entry_region;
  std::vector<Point> part;
  for (const Point& corner : corners(r.width, r.height))
    part.push_back(region.entry_to_item({corner.x + r.x, corner.y + r.y}));
  SharedOutline outline;
  outline.item = clipped(part, item.width, item.height);
  const auto back = inverse(region.entry_to_item);
  if (!back) return outline;
  for (const Point& p : outline.item) outline.entry.push_back((*back)(p));
  outline.entry = clipped(outline.entry, entry.width, entry.height);
  return outline;
}

PictureDifference picture_difference(const SharedRegion& region, const PictureFeatures& item,
                                     const PictureFeatures& entry, uint32_t side) {
  const RegionMap to_item{region.entry_to_item, region.bend};
  const BlockMap map = compare_planes(item, entry, {&to_item, 1});
  if (map.blocks.empty() || side == 0) return {};
  return {laid_over(item, entry, region, std::min(side, kMostSide)), blocks_of(map, entry)};
}

}  // namespace weir
