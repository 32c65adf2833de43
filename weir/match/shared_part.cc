// SPDX-License-Identifier: Apache-2.0
#include "weir/match/shared_part.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "weir/align/transform.h"

namespace weir {
namespace {

// All measured on pictures that no test uses (docs/decisions/0080-what-counts-as-a-copy.md).
constexpr double kLeastShare = 0.5;     // of the item or of the entry
constexpr double kLeastSpread = 0.35;   // of that side
constexpr double kLeastAgreeing = 0.6;  // of the pixels, then
// With few features the pixels must agree, all over or at least all over the entry.
constexpr double kAllAgreeing = 0.97;
constexpr double kNoneDiffering = 0.01;
constexpr double kWholeShare = 0.8;
constexpr double kWholeAgreeing = 0.85;
constexpr double kWholeDiffering = 0.025;
constexpr uint32_t kWholeBlocks = 30;

double turn(const Point& o, const Point& a, const Point& b) {
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

// Of the convex hull (Andrew's monotone chain).
double span_area(std::vector<Point> points) {
  if (points.size() < 3) return 0;
  std::sort(points.begin(), points.end(),
            [](const Point& a, const Point& b) { return std::tie(a.x, a.y) < std::tie(b.x, b.y); });
  std::vector<Point> hull;
  for (const bool is_upper : {false, true}) {
    const size_t kept = hull.size();
    for (const Point& point : points) {
      while (hull.size() >= kept + 2 && turn(hull[hull.size() - 2], hull.back(), point) <= 0)
        hull.pop_back();
      hull.push_back(point);
    }
    hull.pop_back();  // the first point of the other half
    if (!is_upper) std::reverse(points.begin(), points.end());
  }
  return area(hull);
}

double span_area(const std::vector<LocalFeature>& features) {
  std::vector<Point> places;
  places.reserve(features.size());
  for (const LocalFeature& feature : features) places.push_back({feature.x, feature.y});
  return span_area(std::move(places));
}

double area(const PictureFeatures& picture) {
  return static_cast<double>(picture.width) * picture.height;
}

double area(const Rect& r) {
  return static_cast<double>(r.width) * r.height;
}

double ratio(double part, double whole) {
  return whole > 0 ? std::min(part / whole, 1.0) : 0;
}

// The entry's part as it lies in the item: a turned strip is smaller than the upright rectangle
// around it.
double area_in_item(const SharedRegion& region) {
  const Rect& r = region.entry_region;
  const double left = r.x, top = r.y, right = left + r.width, bottom = top + r.height;
  std::vector<Point> corners;
  for (const Point& corner :
       {Point{left, top}, Point{right, top}, Point{right, bottom}, Point{left, bottom}})
    corners.push_back(region.entry_to_item(corner));
  return std::min(area(corners), area(region.item_region));
}

}  // namespace

SharedPart shared_part(const SharedRegion& region, const PictureFeatures& item,
                       const PictureFeatures& entry) {
  std::vector<Point> in_item, in_entry;
  for (const SharedRegion::Pair& pair : region.inliers) {
    in_item.push_back(pair.item);
    in_entry.push_back(pair.entry);
  }
  return {ratio(area_in_item(region), area(item)), ratio(area(region.entry_region), area(entry)),
          ratio(span_area(std::move(in_item)), span_area(item.features)),
          ratio(span_area(std::move(in_entry)), span_area(entry.features))};
}

Sharing judge_sharing(const SharedRegion& region, const SharedPart& part) {
  if (region.verdict == Verdict::kSameScene || region.verdict == Verdict::kUnclear)
    return Sharing::kNothing;
  const bool most_of_item = part.item >= kLeastShare;
  const bool most_of_entry = part.entry >= kLeastShare;
  const double spread =
      std::max(most_of_item ? part.item_spread : 0.0, most_of_entry ? part.entry_spread : 0.0);
  if (spread >= kLeastSpread && region.agreeing >= kLeastAgreeing) return Sharing::kCopy;
  // The entry's pixels are compared, so only of the entry can all be said to agree.
  if (most_of_entry && region.agreeing >= kAllAgreeing && region.differing <= kNoneDiffering)
    return Sharing::kCopy;
  if (part.entry >= kWholeShare && region.blocks >= kWholeBlocks &&
      region.agreeing >= kWholeAgreeing && region.differing <= kWholeDiffering)
    return Sharing::kCopy;
  return Sharing::kElement;
}

bool is_other_moment(const SharedRegion& region, const SharedPart& part) {
  return region.moved && part.entry >= kLeastShare;
}

bool is_altered(const SharedRegion& region, const SharedPart& part) {
  return region.altered && part.entry >= kLeastShare;
}

}  // namespace weir
