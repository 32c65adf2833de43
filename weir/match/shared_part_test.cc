// SPDX-License-Identifier: Apache-2.0
#include "weir/match/shared_part.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace weir {
namespace {

constexpr uint32_t kSide = 100;

LocalFeature feature_at(double x, double y) {
  LocalFeature feature;
  feature.x = static_cast<float>(x);
  feature.y = static_cast<float>(y);
  return feature;
}

// A picture of 100 x 100 whose features stand on a grid from 10 to 90.
PictureFeatures square() {
  PictureFeatures picture{kSide, kSide, {}, {}};
  for (int y = 10; y <= 90; y += 20)
    for (int x = 10; x <= 90; x += 20) picture.features.push_back(feature_at(x, y));
  return picture;
}

// The pixels agree everywhere, and inliers stand on the corners of both rectangles, `margin`
// inside.
SharedRegion shared(const Rect& item, const Rect& entry, double margin = 0) {
  SharedRegion region;
  const double x = double{1} * item.width / entry.width;
  const double y = double{1} * item.height / entry.height;
  region.entry_to_item.h = {x, 0, item.x - x * entry.x, 0, y, item.y - y * entry.y, 0, 0, 1};
  region.item_region = item;
  region.entry_region = entry;
  for (const double right : {0.0, 1.0})
    for (const double down : {0.0, 1.0}) {
      const Point at{entry.x + margin + right * (entry.width - 2 * margin),
                     entry.y + margin + down * (entry.height - 2 * margin)};
      region.inliers.push_back({region.entry_to_item(at), at});
    }
  region.agreeing = 1;
  region.blocks = 100;
  region.verdict = Verdict::kCopy;
  return region;
}

Sharing judged(const SharedRegion& region) {
  return judge_sharing(region, shared_part(region, square(), square()));
}

TEST(SharedPart, IsTheAreaOfEachSideAndTheHullOfItsInliers) {
  const SharedRegion region = shared({0, 0, 50, 100}, {0, 0, 100, 100}, 10);
  const SharedPart part = shared_part(region, square(), square());
  EXPECT_DOUBLE_EQ(part.item, 0.5);
  EXPECT_DOUBLE_EQ(part.entry, 1);
  EXPECT_DOUBLE_EQ(part.entry_spread, 1);  // 10 to 90 of 10 to 90
  EXPECT_DOUBLE_EQ(part.item_spread, 40 * 80 / 6400.0);
}

TEST(SharedPart, OfATurnedStripIsTheStripAndNotTheRectangleAroundIt) {
  SharedRegion region = shared({0, 0, 100, 20}, {0, 0, 100, 20});
  const double a = std::cos(std::numbers::pi / 6), b = std::sin(std::numbers::pi / 6);
  region.entry_to_item.h = {a, -b, 10, b, a, 0, 0, 0, 1};
  region.item_region = {0, 0, 97, 67};  // around the strip
  const SharedPart part = shared_part(region, square(), square());
  EXPECT_NEAR(part.item, 0.2, 1e-9);
  EXPECT_NEAR(part.entry, 0.2, 1e-9);
}

TEST(SharedPart, IsNeverMoreThanTheRegionInTheItem) {
  SharedRegion region = shared({0, 0, 50, 50}, {0, 0, 100, 100});
  region.entry_to_item.h = {3, 0, 0, 0, 3, 0, 0, 0, 1};  // most of the entry lies outside
  EXPECT_DOUBLE_EQ(shared_part(region, square(), square()).item, 0.25);
}

TEST(SharedPart, LiesBetweenNothingAndAllWhateverTheRegion) {
  std::mt19937 random(1);
  const auto number = [&](double from, double to) {
    return from + (to - from) * (static_cast<double>(random()) / 4294967296.0);
  };
  for (int round = 0; round < 2'000; ++round) {
    SharedRegion region;
    for (size_t i = 0; i < 6; ++i) region.entry_to_item.h[i] = number(-3, 3);
    const auto whole = [&](uint32_t end) { return static_cast<uint32_t>(random() % end); };
    region.item_region = {whole(200), whole(200), whole(400), whole(400)};
    region.entry_region = {whole(200), whole(200), whole(400), whole(400)};
    for (uint32_t i = whole(6); i > 0; --i)
      region.inliers.push_back({{number(-50, 300), number(-50, 300)}, {number(0, 9), 4}});
    PictureFeatures item = square();
    if (round % 3 == 0) item.features.clear();
    const SharedPart part = shared_part(region, item, square());
    for (const double share : {part.item, part.entry, part.item_spread, part.entry_spread}) {
      EXPECT_GE(share, 0);
      EXPECT_LE(share, 1);
    }
    EXPECT_EQ(part.entry_spread, 0) << "inliers on one line span nothing";
  }
}

TEST(JudgeSharing, WantsHalfOfOneSide) {
  EXPECT_EQ(judged(shared({0, 0, 100, 100}, {0, 0, 30, 30})), Sharing::kCopy);  // a crop
  EXPECT_EQ(judged(shared({0, 0, 30, 30}, {0, 0, 100, 100})), Sharing::kCopy);  // held in another
  EXPECT_EQ(judged(shared({0, 0, 51, 100}, {0, 0, 40, 100})), Sharing::kCopy);
  EXPECT_EQ(judged(shared({0, 0, 49, 100}, {0, 0, 49, 100})), Sharing::kElement);
  // A crop of less than half, pasted into less than half of another picture.
  EXPECT_EQ(judged(shared({0, 0, 60, 60}, {20, 20, 60, 60})), Sharing::kElement);
}

TEST(JudgeSharing, WantsTheEvidenceSpreadOverTheSideThatIsShared) {
  SharedRegion region = shared({0, 0, 100, 100}, {0, 0, 100, 100}, 10);
  region.agreeing = 0.8;
  EXPECT_EQ(judged(region), Sharing::kCopy);
  // The same region, but all features that agree are those of a badge in the middle.
  for (SharedRegion::Pair& pair : region.inliers)
    pair.item = pair.entry = {45 + pair.entry.x / 10, 45 + pair.entry.y / 10};
  EXPECT_EQ(judged(region), Sharing::kElement);
}

TEST(JudgeSharing, SpreadOnTheOtherSideIsNoEvidence) {
  // All of a small entry is in the item; that its inliers lie far apart in the item tells nothing.
  const SharedRegion region = shared({0, 0, 30, 30}, {0, 0, 100, 100});
  SharedPart part{0.09, 1, 0.9, 0.1};
  SharedRegion unsure = region;
  unsure.agreeing = 0.8;
  EXPECT_EQ(judge_sharing(unsure, part), Sharing::kElement);
  std::swap(part.item_spread, part.entry_spread);
  EXPECT_EQ(judge_sharing(unsure, part), Sharing::kCopy);
}

TEST(JudgeSharing, FewFeaturesAreEnoughWhenThePixelsAgreeAllOver) {
  // Of the greater part of the entry all must agree.
  SharedRegion part = shared({0, 0, 60, 100}, {0, 0, 60, 100}, 25);
  EXPECT_EQ(judged(part), Sharing::kCopy);
  part.agreeing = 0.96;
  EXPECT_EQ(judged(part), Sharing::kElement);
  part.agreeing = 1;
  part.differing = 0.02;
  EXPECT_EQ(judged(part), Sharing::kElement);
  // A small part of the entry is not all of its pixels, even where all of the item is shared.
  EXPECT_EQ(judged(shared({0, 0, 100, 100}, {0, 0, 40, 40}, 15)), Sharing::kElement);
}

TEST(JudgeSharing, FewFeaturesAreEnoughWhenTheWholeEntryIsShownAndHardlyAnythingDiffers) {
  SharedRegion whole = shared({0, 0, 30, 30}, {0, 0, 100, 100}, 40);
  whole.agreeing = 0.86;
  whole.differing = 0.02;
  EXPECT_EQ(judged(whole), Sharing::kCopy);
  SharedRegion other = whole;
  other.agreeing = 0.84;
  EXPECT_EQ(judged(other), Sharing::kElement);
  other = whole;
  other.differing = 0.03;
  EXPECT_EQ(judged(other), Sharing::kElement);
  other = whole;
  other.blocks = 29;
  EXPECT_EQ(judged(other), Sharing::kElement);
  other = shared({0, 0, 30, 30}, {0, 0, 100, 70}, 30);
  other.agreeing = whole.agreeing;
  EXPECT_EQ(judged(other), Sharing::kElement);
}

TEST(JudgeSharing, PixelsThatHardlyAgreeAreNoCopyHoweverManyFeaturesDo) {
  SharedRegion region = shared({0, 0, 100, 100}, {0, 0, 100, 100});
  region.agreeing = 0.59;
  EXPECT_EQ(judged(region), Sharing::kElement);
}

TEST(JudgeSharing, AnotherPictureOfTheSceneOrAnUnclearOneIsNothing) {
  SharedRegion region = shared({0, 0, 100, 100}, {0, 0, 100, 100});
  for (const Verdict verdict : {Verdict::kSameScene, Verdict::kUnclear}) {
    region.verdict = verdict;
    EXPECT_EQ(judged(region), Sharing::kNothing);
  }
}

}  // namespace
}  // namespace weir
