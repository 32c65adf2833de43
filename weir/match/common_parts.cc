// SPDX-License-Identifier: Apache-2.0
#include "weir/match/common_parts.h"

#include <algorithm>

namespace weir {
namespace {

constexpr double kReachShare = 0.02;  // of the long side
constexpr double kMuch = 0.3;         // of a region's inliers

bool is_near(const Point& a, const Point& b, double reach) {
  const double x = a.x - b.x, y = a.y - b.y;
  return x * x + y * y <= reach * reach;
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

void CommonParts::mark(const std::vector<bool>& features) {
  for (size_t i = 0; i < features.size(); ++i) {
    if (!features[i] || weights_[i] == 0) continue;
    weights_[i] = 0;
    common_.push_back({item_.features[i].x, item_.features[i].y});
  }
}

void CommonParts::add_benign(const std::vector<SharedRegion>& regions) {
  mark(near(regions));
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
