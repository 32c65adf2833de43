// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture_align.h"

#include <algorithm>
#include <cmath>

#include "weir/align/descriptor_match.h"
#include "weir/align/moved_things.h"
#include "weir/align/plane_compare.h"
#include "weir/align/region_search.h"

namespace weir {

namespace {

constexpr double kNearShare = 0.012;  // of the long side: features this close are at one place

double unit_of(const PictureFeatures& picture, uint32_t side) {
  return std::max(1.0, static_cast<double>(std::max(picture.width, picture.height)) / side);
}

Extent extent_of(const PictureFeatures& picture, uint32_t side) {
  return {static_cast<double>(picture.width), static_cast<double>(picture.height),
          unit_of(picture, side)};
}

bool is_sound(const LocalFeature& feature, const PictureFeatures& picture) {
  const float width = static_cast<float>(picture.width),
              height = static_cast<float>(picture.height);
  return feature.x >= 0 && feature.x <= width && feature.y >= 0 && feature.y <= height &&
         feature.scale > 0 && feature.scale <= width + height && std::abs(feature.angle) < 100;
}

std::vector<SpotPair> spot_pairs(std::span<const LocalFeature> item_features,
                                 const PictureFeatures& item, const PictureFeatures& entry,
                                 bool mirrored, std::span<const float> weights) {
  PairRule rule;
  rule.near = static_cast<float>(std::max(entry.width, entry.height) * kNearShare);
  std::vector<SpotPair> spots;
  for (const FeaturePair& pair : match_descriptors(item_features, entry.features, rule)) {
    const LocalFeature& from = entry.features[pair.entry];
    const LocalFeature& to = item_features[pair.item];
    if (!is_sound(from, entry) || !is_sound(to, item)) continue;
    const float weight = pair.item < weights.size() ? weights[pair.item] : 1.0f;
    spots.push_back({{mirrored ? item.width - double{to.x} : to.x, to.y},
                     {from.x, from.y},
                     std::log2(to.scale / from.scale),
                     to.angle - from.angle,
                     weight > 0 ? std::min(weight, 1.0f) : 0.0f,
                     pair.distance});
  }
  return spots;
}

// A region before its pixels are compared.
struct Candidate {
  SharedRegion region;
  std::vector<DisplacedSpot> displaced;
};

void find_regions(std::span<const LocalFeature> item_features, const PictureFeatures& item,
                  const PictureFeatures& entry, bool mirrored, const AlignOptions& options,
                  std::vector<Candidate>& candidates) {
  const auto spots = spot_pairs(item_features, item, entry, mirrored, options.item_weights);
  const auto found = search_regions(spots, extent_of(item, kItemFeatures.side),
                                    extent_of(entry, kEntryFeatures.side), options.most_regions);
  for (const FoundRegion& one : found) {
    SharedRegion region;
    region.mirrored = mirrored;
    region.entry_to_item = mirrored ? compose(one.transform, mirror(item.width)) : one.transform;
    const auto all = corners(entry.width, entry.height);
    std::transform(all.begin(), all.end(), region.outline.begin(), region.entry_to_item);
    for (const uint32_t i : one.inliers) {
      const double x = mirrored ? item.width - spots[i].item.x : spots[i].item.x;
      region.inliers.push_back({{x, spots[i].item.y}, spots[i].entry});
    }
    region.tentative = spots.size();
    region.log10_nfa = one.log10_nfa;
    candidates.push_back(
        {std::move(region),
         displaced_spots(spots, one.transform, extent_of(entry, kEntryFeatures.side))});
  }
}

// Whether most of what a region rests on lies where a surer one already shows the entry: a pattern
// that occurs twice in the picture, or the two halves of something symmetric.
bool is_shown_by(const SharedRegion& region, const SharedRegion& surer) {
  size_t within = 0;
  for (const auto& pair : region.inliers) within += contains(surer.outline, pair.item);
  return 2 * within > region.inliers.size();
}

}  // namespace

std::vector<SharedRegion> align_pictures(const PictureFeatures& item, const PictureFeatures& entry,
                                         const AlignOptions& options) {
  std::vector<Candidate> found;
  if (options.upright) find_regions(item.features, item, entry, false, options, found);
  find_regions(options.item_mirrored, item, entry, true, options, found);
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    return a.region.log10_nfa < b.region.log10_nfa;
  });

  std::vector<SharedRegion> regions;
  for (auto& [region, displaced] : found) {
    if (regions.size() == options.most_regions) break;
    const bool shown = std::any_of(
        regions.begin(), regions.end(),
        [&, &one = region](const SharedRegion& surer) { return is_shown_by(one, surer); });
    if (shown) continue;
    judge(compare_planes(item, entry, region.entry_to_item, displaced), item, entry,
          options.tell_newcomers, region);
    regions.push_back(std::move(region));
  }
  return regions;
}

}  // namespace weir
