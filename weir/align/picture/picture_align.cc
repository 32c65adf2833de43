// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/picture_align.h"

#include <algorithm>
#include <cmath>

#include "weir/align/change/plane_compare.h"
#include "weir/align/picture/bend_search.h"
#include "weir/align/picture/descriptor_match.h"
#include "weir/align/picture/measure.h"
#include "weir/align/picture/moved_things.h"
#include "weir/align/picture/region_search.h"

namespace weir {

namespace {

// Constants: those of this file were chosen by hand on the tune side of the accuracy bench, and not
// fitted.
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

// A region before its pixels are compared, and the spots that lie beside their place in it.
struct Candidate {
  SharedRegion region;
  std::vector<DisplacedSpot> displaced;
};

// Gives each region its bend, if it has one. Regions that the bend of a surer one explains go.
struct Bent {
  FoundRegion region;
  SmoothField bend;
};
std::vector<Bent> bent(const std::vector<SpotPair>& spots, std::vector<FoundRegion> found,
                       const Extent& entry) {
  std::vector<Bent> out;
  std::vector<uint8_t> explained(spots.size());
  for (FoundRegion& region : found) {
    const auto known = std::count_if(region.inliers.begin(), region.inliers.end(),
                                     [&](uint32_t i) { return explained[i] != 0; });
    if (2 * static_cast<size_t>(known) > region.inliers.size()) continue;
    SmoothField bend;
    if (auto more = find_bend(spots, region, entry)) {
      bend = std::move(more->bend);
      region.inliers = std::move(more->inliers);
      for (const uint32_t i : region.inliers) explained[i] = 1;
    }
    out.push_back({std::move(region), std::move(bend)});
  }
  return out;
}

void find_regions(std::span<const LocalFeature> item_features, const PictureFeatures& item,
                  const PictureFeatures& entry, bool mirrored, const AlignOptions& options,
                  std::vector<Candidate>& candidates) {
  const auto spots = spot_pairs(item_features, item, entry, mirrored, options.item_weights);
  const Extent extent = extent_of(entry, kEntryFeatures.side);
  auto found =
      search_regions(spots, extent_of(item, kItemFeatures.side), extent, options.most_regions);
  for (Bent& one : bent(spots, std::move(found), extent)) {
    SharedRegion region;
    region.mirrored = mirrored;
    region.entry_to_item =
        mirrored ? compose(one.region.transform, mirror(item.width)) : one.region.transform;
    const auto all = corners(entry.width, entry.height);
    std::transform(all.begin(), all.end(), region.outline.begin(), region.entry_to_item);
    for (const uint32_t i : one.region.inliers) {
      const double x = mirrored ? item.width - spots[i].item.x : spots[i].item.x;
      region.inliers.push_back({{x, spots[i].item.y}, spots[i].entry});
    }
    region.tentative = spots.size();
    region.log10_nfa = one.region.log10_nfa;
    auto displaced = displaced_spots(spots, one.region.transform, one.bend, extent);
    region.bend = std::move(one.bend);
    candidates.push_back({std::move(region), std::move(displaced)});
  }
}

double squared(double x) {
  return x * x;
}

// Whether surer regions already show most of the places that this region rests on. That happens
// with a pattern that occurs twice in the picture, and with the halves of something symmetric.
bool is_shown_by(const SharedRegion& region, std::span<const Candidate> surer) {
  constexpr double kNear = 1.0 / 40;  // of the long side of the box around the surer inliers
  constexpr int kBeside = 2;          // an inlier with so many surer ones nearby is shown already
  std::vector<uint8_t> within(region.inliers.size());
  for (const Candidate& other : surer) {
    const auto& inliers = other.region.inliers;
    double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
    for (const auto& one : inliers) {
      left = std::min(left, one.item.x), right = std::max(right, one.item.x);
      top = std::min(top, one.item.y), bottom = std::max(bottom, one.item.y);
    }
    const double near = kNear * std::max(right - left, bottom - top);
    for (size_t i = 0; i < within.size(); ++i) {
      const Point at = region.inliers[i].item;
      int beside = 0;
      for (size_t k = 0; k < inliers.size() && !within[i] && beside < kBeside; ++k)
        beside +=
            squared(inliers[k].item.x - at.x) + squared(inliers[k].item.y - at.y) < squared(near);
      within[i] |= beside == kBeside;
    }
  }
  const auto shown = static_cast<size_t>(std::count(within.begin(), within.end(), 1));
  return 2 * shown > region.inliers.size();
}

// Takes away those displaced spots of the first region that another region, not much smaller,
// explains. They belong to a piece that lies elsewhere and not to a thing that moved.
void drop_pieces(std::vector<Candidate>& regions, const Extent& entry) {
  constexpr double kNotMuchSmaller = 0.3;
  constexpr double kError = 1.0 / 128;  // of the long side of the entry
  Candidate& first = regions.front();
  const auto enough = kNotMuchSmaller * static_cast<double>(first.region.inliers.size());
  for (size_t k = 1; k < regions.size(); ++k) {
    const SharedRegion& other = regions[k].region;
    const auto back = inverse(other.entry_to_item);
    if (!back || static_cast<double>(other.inliers.size()) < enough) continue;
    std::erase_if(first.displaced, [&](const DisplacedSpot& spot) {
      const Point seen = (*back)(first.region.entry_to_item(spot.item));
      return distance(seen, spot.entry) < kError * std::max(entry.width, entry.height);
    });
  }
}

}  // namespace

SharedPictures align_pictures(const PictureFeatures& item, const PictureFeatures& entry,
                              const AlignOptions& options) {
  std::vector<Candidate> found;
  if (options.upright) find_regions(item.features, item, entry, false, options, found);
  find_regions(options.item_mirrored, item, entry, true, options, found);
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    return a.region.log10_nfa < b.region.log10_nfa;
  });
  std::vector<Candidate> kept;
  for (Candidate& one : found) {
    if (kept.size() == options.most_regions) break;
    // A thing that moved in a scene is no piece of the picture. Its spots stay among the displaced
    // spots of the scene.
    const bool has_moved = !kept.empty() && is_moved_thing(one.region, kept.front().region);
    if (!has_moved && !is_shown_by(one.region, kept)) kept.push_back(std::move(one));
  }

  if (!kept.empty()) drop_pieces(kept, extent_of(entry, kEntryFeatures.side));
  SharedPictures out;
  std::vector<RegionMap> maps;
  for (Candidate& one : kept) {
    maps.push_back({one.region.entry_to_item, one.region.bend});
    out.regions.push_back(std::move(one.region));
  }
  if (kept.empty()) return out;
  const BlockMap map = compare_planes(item, entry, maps, kept.front().displaced);
  for (size_t i = 0; i < out.regions.size(); ++i) describe(map, i, item, entry, out.regions[i]);
  out.terms = measured(out.regions, map, item, entry);
  return out;
}

}  // namespace weir
