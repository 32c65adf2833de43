// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/align/picture/smooth_field.h"
#include "weir/align/picture/terms.h"
#include "weir/signal/picture_features.h"

// Finds the parts of two pictures that show the same thing, and says where each part lies in both.
// Features that look alike propose a map from one picture to the other, and the pixels under that
// map confirm or deny it. This works because the spots of a copy stay in place under one map,
// however the copy was cropped, covered or recoloured, while spots of unrelated pictures that look
// alike lie in disorder.
// Example: a photo stands in a post at a third of its size, turned by 8 degrees. One region comes
// back: "scaled to 33 %, turned by 8 degrees clockwise".
// Counter-example: another photo of the same person shares no map. Two photos of one room do share
// one, so a region is no claim of a copy: weir/match makes that claim from the terms.

namespace weir {

// How positions in the entry's picture become positions in the item's: [x' y' w'] = h [x y 1], row
// by row, in pixels of the upright pictures.
struct PictureTransform {
  std::array<double, 9> h{1, 0, 0, 0, 1, 0, 0, 0, 1};
  Point operator()(Point entry) const {
    const double depth = h[6] * entry.x + h[7] * entry.y + h[8];
    return {(h[0] * entry.x + h[1] * entry.y + h[2]) / depth,
            (h[3] * entry.x + h[4] * entry.y + h[5]) / depth};
  }
};

// How two pictures that share something are related. weir/match decides it, since it weighs the
// evidence.
enum class Verdict : uint8_t {
  kCopy,       // the same picture, or a piece of it
  kSameScene,  // the same place or object, but another picture of it
  kUnclear,    // too little to tell
  kElement,    // the same thing, such as a logo, in pictures that otherwise differ
};

// A part of the item that shows a part of the entry.
struct SharedRegion {
  bool mirrored = false;
  PictureTransform entry_to_item;  // after the bend
  SmoothField bend;                // in pixels of the entry; empty for what is flat
  std::array<Point, 4> outline{};  // the entry's corners in the item; they may lie outside of it
  Rect item_region;                // the shared part, in each upright picture
  Rect entry_region;
  struct Pair {
    Point item;
    Point entry;
  };
  std::vector<Pair> inliers;
  size_t tentative = 0;  // pairs of features among which the inliers were found
  // log10 of the number of agreements this good that chance gives over one entry; smaller is surer.
  double log10_nfa = 0;
  double agreeing = 0;   // share of the compared blocks whose pixels agree, 0 to 1
  double differing = 0;  // share of them whose pixels clearly show something else
  uint32_t blocks = 0;   // blocks with enough texture to be compared
  Verdict verdict = Verdict::kUnclear;

  Point in_item(Point entry) const {
    const Point by = bend(entry);
    return entry_to_item({entry.x + by.x, entry.y + by.y});
  }
};

// Everything that an item shows of one entry.
struct SharedPictures {
  std::vector<SharedRegion> regions;  // surest first; none when they share nothing
  Terms terms;                        // of all regions together
};

struct AlignOptions {
  size_t most_regions = 12;  // a picture may come in pieces, or several times
  // How much each feature of the item tells, from 0 (it occurs everywhere) to 1. Empty means 1 for
  // all of them.
  std::span<const float> item_weights;
  // The item's features as its mirror picture would give them, in the same order, with their places
  // left as they are. Empty means that the mirrored picture is not looked for.
  std::span<const LocalFeature> item_mirrored;
  bool upright = true;  // whether the picture itself is looked for
};

// What the item shows of the entry, and what speaks for and against a copy. Deterministic: the same
// input gives the same regions. Never throws on odd input (no features, a plane without pixels,
// features outside the picture).
SharedPictures align_pictures(const PictureFeatures& item, const PictureFeatures& entry,
                              const AlignOptions& options = {});

std::string_view name_of(Verdict verdict);  // "copy", "same_scene", "unclear", "element"

// The transform for a person: "mirrored, scaled to 31 %, turned by 8 degrees clockwise", "as it
// was".
std::string in_words(const SharedRegion& region);

}  // namespace weir
