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

// What two pictures that share something have to do with each other; said by weir/match, which
// weighs the evidence.
enum class Verdict : uint8_t {
  kCopy,       // the same picture, or a piece of it
  kSameScene,  // the same place or object, but another picture of it
  kUnclear,    // too little to tell
  kElement,    // the same thing, such as a logo, in pictures that are otherwise different
};

// A part of the item that shows a part of the entry.
struct SharedRegion {
  bool mirrored = false;
  PictureTransform entry_to_item;  // after the bend
  SmoothField bend;                // in pixels of the entry; empty for what is flat
  std::array<Point, 4> outline{};  // the entry's corners in the item, may lie outside of it
  Rect item_region;                // what is shared, in each upright picture
  Rect entry_region;
  struct Pair {
    Point item;
    Point entry;
  };
  std::vector<Pair> inliers;
  size_t tentative = 0;  // pairs of features the inliers were found among
  double log10_nfa = 0;  // expected chance agreements this good, over one entry; smaller is surer
  double agreeing = 0;   // share of textured blocks of the overlap whose pixels agree, 0 to 1
  double differing = 0;  // share whose pixels clearly show something else
  uint32_t blocks = 0;   // textured blocks that could be compared
  Verdict verdict = Verdict::kUnclear;

  Point in_item(Point entry) const {
    const Point by = bend(entry);
    return entry_to_item({entry.x + by.x, entry.y + by.y});
  }
};

// All that an item shows of one entry.
struct SharedPictures {
  std::vector<SharedRegion> regions;  // surest first; none when they share nothing
  Terms terms;                        // of all regions together
};

struct AlignOptions {
  size_t most_regions = 12;  // a picture may come in pieces, or several times
  // How much a feature of the item tells, 0 (occurs everywhere) to 1; empty: all 1.
  std::span<const float> item_weights;
  // The item's features as its mirror picture would give them, in the same order, their places left
  // as they are; empty: the mirrored picture is not looked for.
  std::span<const LocalFeature> item_mirrored;
  bool upright = true;  // whether the picture itself is looked for
};

// What the item shows of the entry, and what speaks for and against a copy. Deterministic: the same
// input gives the same regions. Never throws on odd input (no features, a plane without pixels,
// features outside the picture).
SharedPictures align_pictures(const PictureFeatures& item, const PictureFeatures& entry,
                              const AlignOptions& options = {});

std::string_view name_of(Verdict verdict);  // "copy", "same_scene", "unclear", "element"

// The transform for a person: "mirrored, scaled to 31 %, turned by 8 degrees", "as it was".
std::string in_words(const SharedRegion& region);

}  // namespace weir
