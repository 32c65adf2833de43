// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "weir/base/pixels.h"

namespace weir {

// A spot of a picture that is found again in its copies, and what it looks like.
struct LocalFeature {
  float x = 0;  // centre, in pixels of the upright picture; the first pixel's centre is 0.5, 0.5
  float y = 0;
  float scale = 0;  // sigma of the blur at which it was found, in the same pixels
  float angle = 0;  // its main gradient direction in radians, 0 to 2 pi, from x towards y (down)
  // RootSIFT: 4 x 4 cells of 8 directions, each the root of its share of the whole, times 512.
  // [(row * 4 + column) * 8 + direction], rows and columns along the feature's own angle.
  std::array<uint8_t, 128> descriptor{};
  friend bool operator==(const LocalFeature&, const LocalFeature&) = default;
};

// What one picture is recognised by, beyond hashes of the whole.
struct PictureFeatures {
  uint32_t width = 0;  // of the upright picture, in pixels
  uint32_t height = 0;
  std::vector<LocalFeature> features;
  Pixels plane;  // the whole picture in grey (1 channel), shrunk; for comparing what lies between
  // Of the plane's size, 1 channel: 255 where the picture shows, 0 where it was filled (decision
  // 0033); none when all shows, and of known pictures.
  Pixels shown{};
};

// How much is asked of one picture.
struct FeatureOptions {
  uint32_t side = 512;        // long side at which features are looked for, in pixels
  uint32_t most = 500;        // features
  uint32_t plane_side = 160;  // long side of `plane`, in pixels; never larger than the picture
};
// Of known pictures, which are kept; and of pictures that are asked about, which may show a known
// one in a small part.
constexpr FeatureOptions kEntryFeatures{512, 500, 160};
constexpr FeatureOptions kItemFeatures{800, 1'200, 512};

// A descriptor as the index of features knows it: the list it stands in, and 64 bits that tell it
// from others in the list.
struct FeatureCode {
  static constexpr size_t kAlternatives = 8;
  uint16_t word = 0;
  uint64_t signature = 0;
  // The lists in which a slightly changed copy would likeliest stand, likeliest first, the word
  // itself left out. Asked only of the side that searches.
  std::array<uint16_t, kAlternatives> alternatives{};
};

}  // namespace weir
