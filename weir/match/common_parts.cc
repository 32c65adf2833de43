// SPDX-License-Identifier: Apache-2.0
#include "weir/match/common_parts.h"

#include <algorithm>

namespace weir {
namespace {

constexpr double kMuch = 0.5;        // of inliers, within a benign part
constexpr size_t kUnrelated = 4;     // so many pictures with nothing else in common
constexpr double kSmallPart = 0.35;  // of an entry's area
constexpr double kSamePlace = 0.5;   // intersection over union

double area(const Rect& r) {
  return static_cast<double>(r.width) * r.height;
}

double overlap(const Rect& a, const Rect& b) {
  const double left = std::max(a.x, b.x), top = std::max(a.y, b.y);
  const double right = std::min<double>(double{1} * a.x + a.width, double{1} * b.x + b.width);
  const double bottom = std::min<double>(double{1} * a.y + a.height, double{1} * b.y + b.height);
  const double both = std::max(0.0, right - left) * std::max(0.0, bottom - top);
  const double any = area(a) + area(b) - both;
  return any > 0 ? both / any : 0;
}

double share_of_entry(const FoundPicture& found) {
  const PictureFeatures& entry = found.second.picture;
  const double whole = static_cast<double>(entry.width) * entry.height;
  return whole > 0 ? area(found.first.regions.front().entry_region) / whole : 1;
}

const Rect& place(const FoundPicture& found) {
  return found.first.regions.front().item_region;
}

// Two entries that share much more than the part are edits of one picture.
bool are_related(const FoundPicture& a, const FoundPicture& b) {
  const double part = std::max(area(a.first.regions.front().entry_region),
                               area(b.first.regions.front().entry_region));
  for (const SharedRegion& region : align_pictures(a.second.picture, b.second.picture))
    if (region.verdict == Verdict::kCopy &&
        std::max(area(region.entry_region), area(region.item_region)) > 1.6 * part)
      return true;
  return false;
}

// How many of these have nothing in common with each other but the part.
size_t count_unrelated(const std::vector<FoundPicture>& found, const std::vector<size_t>& group) {
  std::vector<size_t> strangers;
  for (const size_t one : group) {
    const bool is_stranger = std::none_of(strangers.begin(), strangers.end(), [&](size_t other) {
      return are_related(found[one], found[other]);
    });
    if (is_stranger) strangers.push_back(one);
    if (strangers.size() >= kUnrelated) break;
  }
  return strangers.size();
}

}  // namespace

CommonParts::CommonParts(const PictureFeatures& item)
    : item_(item), weights_(item.features.size(), 1.0F) {}

bool CommonParts::holds(const Point& place) const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const Rect& part) {
    return place.x >= part.x && place.y >= part.y && place.x <= double{1} * part.x + part.width &&
           place.y <= double{1} * part.y + part.height;
  });
}

void CommonParts::add_benign(const std::vector<SharedRegion>& regions) {
  for (const SharedRegion& region : regions) parts_.push_back(region.item_region);
  for (size_t i = 0; i < weights_.size(); ++i)
    if (holds({item_.features[i].x, item_.features[i].y})) weights_[i] = 0;
}

bool CommonParts::explains_any_of(const std::vector<SharedRegion>& regions) const {
  return std::any_of(regions.begin(), regions.end(), [&](const SharedRegion& region) {
    const auto inside = std::count_if(region.inliers.begin(), region.inliers.end(),
                                      [&](const auto& pair) { return holds(pair.item); });
    return static_cast<double>(inside) > kMuch * static_cast<double>(region.inliers.size());
  });
}

void drop_common_small_parts(std::vector<FoundPicture>& found) {
  std::vector<bool> is_common(found.size(), false);
  for (size_t i = 0; i < found.size(); ++i) {
    if (is_common[i] || share_of_entry(found[i]) > kSmallPart) continue;
    std::vector<size_t> group;
    for (size_t j = 0; j < found.size(); ++j)
      if (share_of_entry(found[j]) <= kSmallPart &&
          overlap(place(found[i]), place(found[j])) >= kSamePlace)
        group.push_back(j);
    if (group.size() < kUnrelated || count_unrelated(found, group) < kUnrelated) continue;
    for (const size_t one : group) is_common[one] = true;
  }
  size_t kept = 0;
  for (size_t i = 0; i < found.size(); ++i)
    if (!is_common[i]) {
      if (kept != i) found[kept] = std::move(found[i]);
      ++kept;
    }
  found.resize(kept);
}

}  // namespace weir
