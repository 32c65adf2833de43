// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/picture_align.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "weir/align/picture/made_pictures_for_test.h"

namespace weir {
namespace {

using made::similarity;

constexpr uint32_t kWidth = 640;
constexpr uint32_t kHeight = 480;

// An item of 800 x 600 with 300 features of its own and those of the entry after the transforms.
PictureFeatures item_showing(const PictureFeatures& entry,
                             const std::vector<PictureTransform>& transforms, std::mt19937& random,
                             double share = 0.6) {
  PictureFeatures item{800, 600, made::random_features(300, random, 800, 600), {}};
  for (const PictureTransform& transform : transforms)
    made::show(entry, transform, share, random, item);
  return item;
}

std::vector<SharedRegion> aligned(const PictureFeatures& item, const PictureFeatures& entry) {
  const auto mirrored = made::mirrored(item.features);
  AlignOptions options;
  options.item_mirrored = mirrored;
  return align_pictures(item, entry, options).regions;
}

// The most by which two transforms differ over the part of the entry that is in the item.
double apart(const PictureTransform& a, const PictureTransform& b) {
  double most = 0;
  for (double y = 0; y <= kHeight; y += 40)
    for (double x = 0; x <= kWidth; x += 40) {
      const Point p = a({x, y}), q = b({x, y});
      if (p.x >= 0 && p.y >= 0 && p.x <= 800 && p.y <= 600)
        most = std::max(most, std::hypot(p.x - q.x, p.y - q.y));
    }
  return most;
}

class Recovers : public testing::TestWithParam<std::pair<const char*, PictureTransform>> {};

TEST_P(Recovers, TheTransformWithinTwoPixels) {
  const PictureTransform& truth = GetParam().second;
  for (unsigned seed = 0; seed < 10; ++seed) {
    std::mt19937 random(seed);
    const PictureFeatures entry{
        kWidth, kHeight, made::random_features(400, random, kWidth, kHeight), {}};
    const PictureFeatures item = item_showing(entry, {truth}, random);
    const auto regions = aligned(item, entry);
    ASSERT_EQ(regions.size(), 1u) << seed;
    EXPECT_LT(apart(truth, regions[0].entry_to_item), 2.0) << seed;
    EXPECT_EQ(regions[0].mirrored, stretch(truth, {320, 240}).sign < 0);
    EXPECT_LT(regions[0].log10_nfa, -20);
    EXPECT_EQ(regions[0].verdict, Verdict::kUnclear);  // there are no planes
  }
}

INSTANTIATE_TEST_SUITE_P(
    PictureAlign, Recovers,
    testing::Values(
        std::pair{"AsItWas", similarity(1, 0, 0, 0)},
        std::pair{"PictureInPicture", similarity(0.4, 0, 300, 200)},
        std::pair{"Turned", similarity(0.9, 0.4, 150, -60)},
        std::pair{"UpsideDown", similarity(1, 3.14159, 700, 520)},
        std::pair{"Crop", similarity(2.1, 0, -500, -200)},
        std::pair{"Squeezed", PictureTransform{{0.6, 0.05, 60, 0.02, 1.1, 20, 0, 0, 1}}},
        std::pair{"Perspective", PictureTransform{{0.9, 0.06, 40, 0.02, 0.95, 30, 2e-4, 3e-4, 1}}},
        std::pair{"Mirrored", PictureTransform{{-1, 0, 700, 0, 1, 30, 0, 0, 1}}},
        std::pair{"MirroredAndTurned", compose(mirror(640), similarity(0.8, 0.3, 150, 10))}),
    [](const auto& info) { return info.param.first; });

TEST(PictureAlign, RandomFeaturesShareNothing) {
  double least = 0;
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    std::mt19937 random(seed);
    // Descriptors of a narrow world, so that there are tentative pairs at all.
    auto features = [&](size_t count) {
      auto out = made::random_features(count, random, kWidth, kHeight);
      for (LocalFeature& feature : out)
        for (size_t i = 6; i < 128; ++i) feature.descriptor[i] = 40;
      return out;
    };
    const PictureFeatures entry{kWidth, kHeight, features(100), {}};
    const PictureFeatures item{kWidth, kHeight, features(200), {}};
    for (const SharedRegion& region : aligned(item, entry))
      least = std::min(least, region.log10_nfa);
  }
  EXPECT_GE(least, -3) << "the surest of 2,000 random pairs";
}

TEST(PictureAlign, TwoPastedCopiesAreTwoRegions) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    std::mt19937 random(seed);
    const PictureFeatures entry{
        kWidth, kHeight, made::random_features(400, random, kWidth, kHeight), {}};
    const PictureTransform left = similarity(0.5, 0, 20, 40),
                           right = similarity(0.55, 0.1, 430, 200);
    const auto regions = aligned(item_showing(entry, {left, right}, random), entry);
    ASSERT_EQ(regions.size(), 2u) << seed;
    const bool swapped = apart(left, regions[0].entry_to_item) > 50;
    EXPECT_LT(apart(left, regions[swapped].entry_to_item), 2.5);
    EXPECT_LT(apart(right, regions[!swapped].entry_to_item), 2.5);
  }
}

TEST(PictureAlign, OnePictureSlightlyBentIsOneRegion) {
  std::mt19937 random(5);
  const PictureFeatures entry{
      kWidth, kHeight, made::random_features(400, random, kWidth, kHeight), {}};
  PictureFeatures item{800, 600, {}, {}};
  for (LocalFeature feature : entry.features) {
    feature.y += static_cast<float>(12 * std::sin(feature.x / 150));  // no homography does this
    item.features.push_back(feature);
  }
  EXPECT_EQ(aligned(item, entry).size(), 1u);
}

// As through a wide lens: the middle of the picture in place, its corners pulled in by a tenth.
TEST(PictureAlign, ALensIsOneBentRegionWithAllItsFeatures) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    std::mt19937 random(seed);
    const PictureFeatures entry{
        kWidth, kHeight, made::random_features(400, random, kWidth, kHeight), {}};
    const auto bent = [](Point p) {
      const double x = (p.x - 320) / 400, y = (p.y - 240) / 400, pull = 1 - 0.1 * (x * x + y * y);
      return Point{320 + 400 * x * pull, 240 + 400 * y * pull};
    };
    PictureFeatures item{kWidth, kHeight, {}, {}};
    for (LocalFeature feature : entry.features) {
      const Point to = bent({feature.x, feature.y});
      feature.x = static_cast<float>(to.x), feature.y = static_cast<float>(to.y);
      item.features.push_back(feature);
    }
    const auto regions = aligned(item, entry);
    ASSERT_EQ(regions.size(), 1u) << seed;
    EXPECT_GT(regions[0].inliers.size(), 380u) << seed;
    for (const Point& at : {Point{20, 20}, Point{600, 30}, Point{320, 240}, Point{100, 440}}) {
      const Point to = regions[0].in_item(at), truth = bent(at);
      EXPECT_LT(std::hypot(to.x - truth.x, to.y - truth.y), 4) << seed << " " << at.x;
    }
  }
}

TEST(PictureAlign, WhatOccursEverywhereCountsNothing) {
  std::mt19937 random(6);
  const PictureFeatures entry{
      kWidth, kHeight, made::random_features(400, random, kWidth, kHeight), {}};
  PictureFeatures item{800, 600, {}, {}};
  made::show(entry, similarity(0.8, 0, 40, 30), 0.3, random, item);
  std::vector<float> weights(item.features.size(), 0.0f);
  AlignOptions options;
  options.item_weights = weights;
  EXPECT_TRUE(align_pictures(item, entry, options).regions.empty());

  const double sure = align_pictures(item, entry).regions[0].log10_nfa;
  std::fill(weights.begin(), weights.end(), 0.5f);
  const double half = align_pictures(item, entry, options).regions[0].log10_nfa;
  EXPECT_GT(half, 0.7 * sure);
  EXPECT_LT(half, -3);
}

TEST(PictureAlign, SidesNotAskedForAreNotFound) {
  std::mt19937 random(7);
  const PictureFeatures entry{
      kWidth, kHeight, made::random_features(400, random, kWidth, kHeight), {}};
  const PictureFeatures item = item_showing(entry, {mirror(640)}, random);
  EXPECT_TRUE(align_pictures(item, entry).regions.empty());
  const auto mirrored = made::mirrored(item.features);
  AlignOptions options;
  options.item_mirrored = mirrored;
  options.upright = false;
  EXPECT_EQ(align_pictures(item, entry, options).regions.size(), 1u);
}

TEST(PictureAlign, IsTheSameEachTimeAndInAnyOrderOfTheItemsFeatures) {
  std::mt19937 random(8);
  const made::Scene scene(8);
  const PictureFeatures entry = made::entry_of(scene, random);
  const PictureFeatures item = item_showing(entry, {similarity(0.7, 0.2, 100, 50)}, random);
  const auto once = aligned(item, entry), again = aligned(item, entry);
  ASSERT_EQ(once.size(), again.size());
  EXPECT_EQ(once[0].entry_to_item.h, again[0].entry_to_item.h);
  EXPECT_EQ(once[0].log10_nfa, again[0].log10_nfa);

  PictureFeatures backwards = item;
  std::reverse(backwards.features.begin(), backwards.features.end());
  const auto other = aligned(backwards, entry);
  ASSERT_EQ(other.size(), once.size());
  EXPECT_LT(apart(once[0].entry_to_item, other[0].entry_to_item), 0.5);
}

TEST(PictureAlign, OddInputGivesNoRegionOrASaneOne) {
  std::mt19937 random(9);
  const PictureFeatures sound{
      kWidth, kHeight, made::random_features(200, random, kWidth, kHeight), {}};
  EXPECT_TRUE(align_pictures({}, {}).regions.empty());
  EXPECT_TRUE(align_pictures(sound, {}).regions.empty());
  EXPECT_TRUE(align_pictures({}, sound).regions.empty());

  const float odd[] = {std::numeric_limits<float>::quiet_NaN(),
                       std::numeric_limits<float>::infinity(),
                       -1e30f,
                       1e30f,
                       0,
                       -5};
  for (const float value : odd) {
    for (float LocalFeature::*member :
         {&LocalFeature::x, &LocalFeature::y, &LocalFeature::scale, &LocalFeature::angle}) {
      PictureFeatures item = sound;
      for (LocalFeature& feature : item.features) feature.*member = value;
      aligned(item, sound);
      aligned(sound, item);
    }
  }
  for (const uint32_t side : {0u, 1u, 2u, 7u}) {
    PictureFeatures item = sound;
    item.plane = {std::vector<uint8_t>(size_t{side} * side, 9), side, side, 1};
    for (const SharedRegion& region : aligned(item, item))
      EXPECT_EQ(region.verdict, Verdict::kUnclear);
    item.plane.samples.clear();  // says more than it has
    aligned(item, sound);
    item.width = item.height = side;
    aligned(item, sound);
    aligned(sound, item);
  }
  PictureFeatures same_place = sound;
  for (LocalFeature& feature : same_place.features) feature.x = feature.y = 100;
  EXPECT_TRUE(aligned(same_place, sound).empty());
  PictureFeatures same_look = sound;
  for (LocalFeature& feature : same_look.features) feature.descriptor.fill(30);
  EXPECT_TRUE(aligned(same_look, same_look).empty());
}

TEST(PictureAlign, SaysTheTransformInWords) {
  const auto words = [](const PictureTransform& transform, bool mirrored = false) {
    SharedRegion region;
    region.entry_to_item = transform;
    region.mirrored = mirrored;
    region.entry_region = {0, 0, kWidth, kHeight};
    return in_words(region);
  };
  EXPECT_EQ(words({}), "as it was");
  EXPECT_EQ(words(similarity(0.31, 0, 50, 50)), "scaled to 31 %");
  EXPECT_EQ(words(similarity(1, 8 * M_PI / 180, 0, 0)), "turned by 8 degrees clockwise");
  EXPECT_EQ(words(mirror(640), true), "mirrored");
  EXPECT_EQ(words(compose(mirror(640), similarity(0.5, -0.2, 0, 0)), true),
            "mirrored, scaled to 50 %, turned by 11 degrees anticlockwise");
  EXPECT_EQ(words(similarity(1, M_PI, 640, 480)), "turned by 180 degrees");
  EXPECT_EQ(words({{0.65, 0, 0, 0, 1, 0, 0, 0, 1}}),
            "scaled to 81 %, stretched or seen at an angle");
  EXPECT_EQ(words({{0, 0, 0, 0, 0, 0, 0, 0, 0}}), "in a way that cannot be told");
}

}  // namespace
}  // namespace weir
