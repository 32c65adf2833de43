// SPDX-License-Identifier: Apache-2.0
#include "weir/match/pictures/common_parts.h"

#include <gtest/gtest.h>

#include <random>

namespace weir {
namespace {

// An item of 1,000 x 500, so that the reach of an inlier is 20 pixels: ten features on a line, 100
// pixels apart.
PictureFeatures item() {
  PictureFeatures picture{1000, 500, {}, {}};
  for (int i = 0; i < 10; ++i) {
    LocalFeature feature;
    feature.x = static_cast<float>(50 + 100 * i);
    feature.y = 250;
    picture.features.push_back(feature);
  }
  return picture;
}

// Shared are the features first to last, by inliers that lie a little beside them.
std::vector<SharedRegion> sharing(int first, int last, double beside = 0) {
  SharedRegion region;
  for (int i = first; i <= last; ++i)
    region.inliers.push_back({{50.0 + 100 * i, 250 + beside}, {}});
  return {region};
}

std::vector<size_t> common_in(const CommonParts& parts) {
  std::vector<size_t> common;
  for (size_t i = 0; i < parts.weights().size(); ++i)
    if (parts.weights()[i] == 0) common.push_back(i);
  return common;
}

TEST(CommonParts, NothingIsCommonAtFirst) {
  const PictureFeatures picture = item();
  const CommonParts parts(picture);
  EXPECT_EQ(parts.weights(), std::vector<float>(10, 1.0F));
  EXPECT_FALSE(parts.explains_any_of(sharing(0, 9)));
  EXPECT_FALSE(parts.explains_any_of({}));
}

TEST(CommonParts, WhatABenignEntryHasIsCommon) {
  const PictureFeatures picture = item();
  CommonParts parts(picture);
  parts.add_benign(sharing(2, 4), {});
  EXPECT_EQ(common_in(parts), (std::vector<size_t>{2, 3, 4}));
}

// Spots of random grey: no block looks like another.
Pixels noise(uint32_t width, uint32_t height, unsigned seed) {
  std::mt19937 random(seed);
  Pixels plane{{}, width, height, 1};
  for (uint32_t i = 0; i < width * height; ++i) {
    // Four pixels a spot, so that what is blurred a little keeps its contrast.
    const uint32_t x = i % width / 4, y = i / width / 4;
    random.seed(seed * 1'000'003 + y * 1'009 + x);
    random.discard(3);
    plane.samples.push_back(static_cast<uint8_t>(random() % 200));
  }
  return plane;
}

TEST(CommonParts, WherePixelsAgreeWithABenignEntryAllFeaturesAreCommon) {
  PictureFeatures picture = item(), benign{1000, 500, {}, noise(160, 80, 1)};
  picture.plane = noise(160, 80, 1);
  const Pixels other = noise(160, 80, 2);
  for (size_t i = 0; i < other.samples.size(); ++i)
    if (i % 160 >= 80) picture.plane.samples[i] = other.samples[i];
  CommonParts parts(picture);
  parts.add_benign(sharing(2, 2), benign);
  EXPECT_EQ(common_in(parts), (std::vector<size_t>{0, 1, 2, 3, 4}));
}

TEST(CommonParts, OutsideOfABenignEntryNothingIsCommon) {
  PictureFeatures picture = item(), benign{400, 500, {}, {}};
  picture.plane = noise(160, 80, 1);
  benign.plane = {{}, 64, 80, 1};
  for (uint32_t y = 0; y < 80; ++y)
    for (uint32_t x = 0; x < 64; ++x)
      benign.plane.samples.push_back(picture.plane.samples[y * 160 + x + 48]);
  SharedRegion region = sharing(4, 4).front();
  region.entry_to_item.h = {1, 0, 300, 0, 1, 0, 0, 0, 1};  // to 300 to 700
  CommonParts parts(picture);
  parts.add_benign({region}, benign);
  EXPECT_EQ(common_in(parts), (std::vector<size_t>{3, 4, 5, 6}));
}

TEST(CommonParts, ReachAFiftiethOfTheLongSide) {
  const PictureFeatures picture = item();
  CommonParts parts(picture);
  parts.add_benign(sharing(0, 0, 19), {});
  parts.add_benign(sharing(1, 1, 21), {});
  EXPECT_EQ(common_in(parts), (std::vector<size_t>{0}));
}

TEST(CommonParts, ASmallPartIsCommonOnceTwoEntriesHaveIt) {
  const PictureFeatures picture = item();
  CommonParts parts(picture);
  parts.add_small(sharing(0, 3));
  EXPECT_TRUE(common_in(parts).empty());
  parts.add_small(sharing(6, 9));  // another part
  EXPECT_TRUE(common_in(parts).empty());
  parts.add_small(sharing(2, 6));  // of each of the two a bit
  EXPECT_EQ(common_in(parts), (std::vector<size_t>{2, 3, 6}));
  parts.add_small(sharing(2, 6));
  EXPECT_EQ(common_in(parts), (std::vector<size_t>{2, 3, 4, 5, 6}));
}

TEST(CommonParts, ExplainARegionThatRestsOnThemByMoreThanThreeTenths) {
  const PictureFeatures picture = item();
  CommonParts parts(picture);
  parts.add_benign(sharing(0, 2), {});
  EXPECT_FALSE(parts.explains_any_of(sharing(0, 9)));  // 3 of 10
  EXPECT_TRUE(parts.explains_any_of(sharing(0, 8)));   // 3 of 9
  EXPECT_FALSE(parts.explains_any_of(sharing(3, 9)));
  std::vector<SharedRegion> two = sharing(3, 9);
  two.push_back(sharing(0, 1).front());
  EXPECT_TRUE(parts.explains_any_of(two)) << "one region of two is enough to look again";
}

TEST(CommonParts, OfAnItemWithoutFeaturesAreNone) {
  const PictureFeatures picture{100, 100, {}, {}};
  CommonParts parts(picture);
  parts.add_benign(sharing(0, 9), {});
  parts.add_small(sharing(0, 9));
  EXPECT_TRUE(parts.weights().empty());
  EXPECT_FALSE(parts.explains_any_of(sharing(0, 9)));
}

}  // namespace
}  // namespace weir
