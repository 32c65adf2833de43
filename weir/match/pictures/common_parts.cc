// SPDX-License-Identifier: Apache-2.0
#include "weir/match/pictures/common_parts.h"

#include <algorithm>
#include <cmath>

#include "weir/align/change/plane_compare.h"
#include "weir/align/picture/transform.h"

namespace weir {
namespace {

// Constants: kReachShare and kMuch are those of decision 0080. kAgrees was chosen by hand on the
// tune side of the accuracy bench and not fitted.
constexpr double kReachShare = 0.02;  // of the long side: so near to an inlier all is common
constexpr double kMuch = 0.3;         // share of a region's inliers, above which it is judged again
constexpr float kAgrees = 0.8;        // correlation of a block that is the same in both pictures

bool is_near(const Point& a, const Point& b, double reach) {
  const double x = a.x - b.x, y = a.y - b.y;
  return x * x + y * y <= reach * reach;
}

bool is_compared(const Block& block) {
  return block.state == Block::State::kCompared;
}

// Whether the block agrees. A block that is flat or at the border cannot be compared; it is said to
// agree where all blocks around it do that can be compared.
bool agrees(const BlockMap& map, size_t column, size_t row) {
  const Block& block = map.at(column, row);
  if (is_compared(block)) return block.agreement > kAgrees;
  size_t compared = 0, agreeing = 0;
  for (size_t r = row - std::min<size_t>(row, 1); r < std::min(row + 2, map.rows); ++r)
    for (size_t c = column - std::min<size_t>(column, 1); c < std::min(column + 2, map.columns);
         ++c) {
      compared += is_compared(map.at(c, r));
      agreeing += is_compared(map.at(c, r)) && map.at(c, r).agreement > kAgrees;
    }
  return compared > 0 && agreeing == compared;
}

}  // namespace

CommonParts::CommonParts(const PictureFeatures& item)
    : item_(item),
      reach_(kReachShare * std::max(item.width, item.height)),
      small_(item.features.size(), false),
      weights_(item.features.size(), 1.0F) {}

std::vector<bool> CommonParts::near(const std::vector<SharedRegion>& regions) const {
  std::vector<bool> found(item_.features.size(), false);
  for (size_t i = 0; i < found.size(); ++i) {
    const Point place{item_.features[i].x, item_.features[i].y};
    found[i] = std::any_of(regions.begin(), regions.end(), [&](const SharedRegion& region) {
      return std::any_of(region.inliers.begin(), region.inliers.end(),
                         [&](const auto& pair) { return is_near(pair.item, place, reach_); });
    });
  }
  return found;
}

std::vector<bool> CommonParts::agreeing(const SharedRegion& region,
                                        const PictureFeatures& entry) const {
  std::vector<bool> found(item_.features.size(), false);
  const RegionMap to_item{region.entry_to_item, region.bend};
  const BlockMap map = compare_planes(item_, entry, {&to_item, 1});
  const auto to_entry = inverse(region.entry_to_item);
  if (map.blocks.empty() || !to_entry) return found;
  const double x_step = static_cast<double>(entry.plane.width) / entry.width;
  const double y_step = static_cast<double>(entry.plane.height) / entry.height;
  for (size_t i = 0; i < found.size(); ++i) {
    const Point at = (*to_entry)({item_.features[i].x, item_.features[i].y});
    if (!(at.x >= 0 && at.y >= 0 && at.x <= entry.width && at.y <= entry.height)) continue;
    // Pixels beside the first and the last block belong to no block; they are counted with those.
    const auto block = [](double pixel, size_t before, size_t blocks) {
      const double place = (pixel - static_cast<double>(before)) / BlockMap::kSide;
      return static_cast<size_t>(std::clamp(place, 0.0, static_cast<double>(blocks - 1)));
    };
    found[i] = agrees(map, block(at.x * x_step, map.left, map.columns),
                      block(at.y * y_step, map.top, map.rows));
  }
  return found;
}

void CommonParts::mark(const std::vector<bool>& features) {
  for (size_t i = 0; i < features.size(); ++i) {
    if (!features[i] || weights_[i] == 0) continue;
    weights_[i] = 0;
    common_.push_back({item_.features[i].x, item_.features[i].y});
  }
}

void CommonParts::add_benign(const std::vector<SharedRegion>& regions,
                             const PictureFeatures& entry) {
  mark(near(regions));
  for (const SharedRegion& region : regions) mark(agreeing(region, entry));
}

void CommonParts::add_small(const std::vector<SharedRegion>& regions) {
  std::vector<bool> here = near(regions);
  std::vector<bool> twice(here.size());
  for (size_t i = 0; i < here.size(); ++i) {
    twice[i] = here[i] && small_[i];
    small_[i] = small_[i] || here[i];
  }
  mark(twice);
}

bool CommonParts::explains_any_of(const std::vector<SharedRegion>& regions) const {
  return std::any_of(regions.begin(), regions.end(), [&](const SharedRegion& region) {
    const auto common = std::count_if(
        region.inliers.begin(), region.inliers.end(), [&](const SharedRegion::Pair& pair) {
          return std::any_of(common_.begin(), common_.end(),
                             [&](const Point& place) { return is_near(pair.item, place, 1.0); });
        });
    return static_cast<double>(common) > kMuch * static_cast<double>(region.inliers.size());
  });
}

}  // namespace weir
