// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "weir/align/change/made_comparisons_for_test.h"

namespace weir {
namespace {

using made::entry_showing;
using made::item_showing;
using made::similarity;
using made::untouched;

// Of regions that show the entry through the transforms, each by places all over its part.
Terms measured_of(const PictureFeatures& item, const PictureFeatures& entry,
                  const std::vector<PictureTransform>& transforms) {
  std::vector<SharedRegion> regions;
  std::vector<RegionMap> maps;
  for (const PictureTransform& transform : transforms) {
    SharedRegion region;
    region.entry_to_item = transform;
    for (double y = 20; y < 480; y += 40)
      for (double x = 20; x < 640; x += 40) {
        const Point to = transform({x, y});
        if (to.x >= 0 && to.y >= 0 && to.x <= item.width && to.y <= item.height)
          region.inliers.push_back({to, {x, y}});
      }
    region.tentative = 4 * region.inliers.size();
    maps.push_back({transform, {}});
    regions.push_back(std::move(region));
  }
  return measured(regions, compare_planes(item, entry, maps), item, entry);
}

TEST(Measured, ThePictureItselfIsAllThere) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    const made::Scene scene(seed);
    const auto grey = [&](double x, double y) { return scene.at(x, y); };
    const Terms terms = measured_of(item_showing({}, grey, untouched), entry_showing(grey), {{}});
    EXPECT_EQ(terms[Term::kDiffering], 0) << seed;
    // All but the squares at the border, which cannot be looked for around their place.
    EXPECT_GT(terms[Term::kEntryShare], 0.75) << seed;
    EXPECT_GT(terms[Term::kItemShare], 0.75) << seed;
    EXPECT_GT(terms[Term::kExact], 2) << seed;
    EXPECT_GT(terms[Term::kTones], 2) << seed;
    EXPECT_NEAR(terms[Term::kFound], 0.25, 1e-9) << seed;
    EXPECT_EQ(terms[Term::kMoved], 0) << seed;
    EXPECT_LT(terms[Term::kChanged], 0.001) << seed;
    EXPECT_EQ(terms[Term::kPieces], 0) << seed;
    EXPECT_EQ(terms[Term::kHash], kNoHash) << seed;
  }
}

TEST(Measured, APictureInPictureIsSmallInTheItemAndWholeInTheEntry) {
  const made::Scene scene(3);
  const auto grey = [&](double x, double y) { return scene.at(x, y); };
  const auto small = similarity(0.5, 0, 200, 100);
  const Terms terms =
      measured_of(item_showing(small, grey, untouched), entry_showing(grey), {small});
  EXPECT_NEAR(terms[Term::kItemShare], terms[Term::kEntryShare] / 4, 0.01);
  EXPECT_GT(terms[Term::kEntryShare], 0.75);
}

// The halves of the picture have changed places: two pieces, and all of it.
TEST(Measured, TwoHalvesThatChangedPlacesAreTwoPieces) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    const made::Scene scene(seed);
    const PictureFeatures entry = entry_showing([&](double x, double y) { return scene.at(x, y); });
    PictureFeatures item{640, 480, {}, {}};
    item.plane = made::plane(640, 480, 512, [&](double x, double y) {
      return scene.at(x < 320 ? x + 320 : x - 320, y);
    });
    const auto to_left = similarity(1, 0, -320, 0), to_right = similarity(1, 0, 320, 0);
    const Terms both = measured_of(item, entry, {to_left, to_right});
    const Terms one = measured_of(item, entry, {to_left});
    EXPECT_EQ(both[Term::kPieces], 1) << seed;
    EXPECT_EQ(one[Term::kPieces], 0) << seed;
    EXPECT_GT(both[Term::kEntryShare], 1.5 * one[Term::kEntryShare]) << seed;
    EXPECT_GT(both[Term::kPlaces], one[Term::kPlaces]) << seed;
  }
}

// The same region found once more is no piece.
TEST(Measured, ARegionThatShowsNoSquareOfItsOwnIsNoPiece) {
  const made::Scene scene(3);
  const auto grey = [&](double x, double y) { return scene.at(x, y); };
  const auto terms = measured_of(item_showing({}, grey, untouched), entry_showing(grey),
                                 {{}, similarity(1, 0, 1, 0)});
  EXPECT_EQ(terms[Term::kPieces], 0);
}

// A page pasted over a corner of the picture lies together; noise lies all over it.
TEST(Measured, WhatIsPutOnLiesTogether) {
  double together = 0, scattered = 0;
  for (unsigned seed = 0; seed < 5; ++seed) {
    const made::Scene scene(seed), other(seed + 50);
    const auto grey = [&](double x, double y) { return scene.at(x, y); };
    const auto pasted = [&](double x, double y) {
      return x > 200 && x < 460 && y > 150 && y < 360 ? other.at(x, y) : scene.at(x, y);
    };
    const auto shaken = [&](double x, double y) {
      return std::fmod(x, 64) < 24 && std::fmod(y, 64) < 24 ? other.at(x, y) : scene.at(x, y);
    };
    const PictureFeatures entry = entry_showing(grey);
    together += measured_of(item_showing({}, pasted, untouched), entry, {{}})[Term::kBulk];
    scattered += measured_of(item_showing({}, shaken, untouched), entry, {{}})[Term::kBulk];
  }
  EXPECT_GT(together, 2 * scattered);
}

TEST(Measured, OfNoRegionsAndOfNoPlanesLittleIsSaid) {
  const PictureFeatures none{640, 480, {}, {}};
  Terms terms = measured({}, {}, none, none);
  EXPECT_EQ(terms[Term::kPlaces], 0);
  EXPECT_EQ(terms[Term::kHash], kNoHash);
  terms = measured_of(none, none, {{}});
  EXPECT_GT(terms[Term::kPlaces], 5);
  EXPECT_EQ(terms[Term::kEntryShare], 0);
  for (const double value : terms.values) EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace weir
