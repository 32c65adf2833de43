// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/picture_difference.h"

#include <gtest/gtest.h>

#include "weir/align/picture/made_pictures_for_test.h"

namespace weir {
namespace {

using made::similarity;

// A picture of 640 x 480 that shows the scene through the transform, and beyond it nothing; a grey
// square covers what lies between 80 and 200 of the scene, both ways.
PictureFeatures item_of(const made::Scene& scene, const PictureTransform& entry_to_item) {
  const PictureTransform back = *inverse(entry_to_item);
  PictureFeatures item{640, 480, {}, {}};
  item.plane = made::plane(640, 480, 512, [&](double x, double y) {
    const Point p = back({x, y});
    const bool is_beyond = p.x < 0 || p.y < 0 || p.x > 640 || p.y > 480;
    const bool is_covered = p.x > 80 && p.x < 200 && p.y > 80 && p.y < 200;
    return is_beyond    ? 0
           : is_covered ? 90 + 40 * std::sin(p.x / 5) * std::sin(p.y / 7)
                        : scene.at(p.x, p.y);
  });
  return item;
}

PictureFeatures entry_of(const made::Scene& scene) {
  std::mt19937 random(1);
  return made::entry_of(scene, random, 0);
}

SharedRegion region_of(const PictureTransform& entry_to_item) {
  SharedRegion region;
  region.entry_to_item = entry_to_item;
  region.entry_region = {0, 0, 640, 480};
  return region;
}

TEST(PictureDifference, TheItemLiesOverTheEntryAsTheSceneDoes) {
  const made::Scene scene(4);
  for (const auto& turned : {similarity(0.6, 0.3, 150, 20), similarity(2, 0, -300, -200),
                             compose(similarity(0.8, 0, 40, 30), mirror(640))}) {
    const auto shown =
        picture_difference(region_of(turned), item_of(scene, turned), entry_of(scene), 320);
    ASSERT_EQ(shown.item.width, 320u);
    ASSERT_EQ(shown.item.height, 240u);
    ASSERT_EQ(shown.item.samples.size(), 320u * 240);
    double apart = 0, count = 0;
    for (uint32_t y = 0; y < 240; ++y)
      for (uint32_t x = 0; x < 320; ++x) {
        const Point at{2 * x + 1.0, 2 * y + 1.0};
        const Point to = turned(at);
        const bool is_in_item = to.x >= 0 && to.y >= 0 && to.x <= 640 && to.y <= 480;
        const uint8_t grey = shown.item.samples[y * 320 + x];
        if (!is_in_item) {
          EXPECT_EQ(grey, 128);
        } else if (at.x > 210 || at.y > 210) {
          apart += std::abs(grey - scene.at(at.x, at.y)), count += 1;
        }
      }
    EXPECT_LT(apart / count, 4) << "levels, on average";
  }
}

TEST(PictureDifference, BlocksDifferWhereTheItemIsCovered) {
  const made::Scene scene(4);
  const auto turned = similarity(0.9, 0.1, 60, 10);
  const auto shown =
      picture_difference(region_of(turned), item_of(scene, turned), entry_of(scene), 320);
  size_t covered = 0, covered_agreeing = 0, open = 0, open_agreeing = 0;
  for (const ComparedBlock& block : shown.blocks) {
    const double x = block.corner.x + block.width / 2, y = block.corner.y + block.height / 2;
    EXPECT_DOUBLE_EQ(block.width, 32);
    if (block.agreement == Agreement::kFlat) continue;
    if (x > 96 && x < 184 && y > 96 && y < 184) {
      ++covered, covered_agreeing += block.agreement == Agreement::kAgrees;
    } else if (x > 232 || y > 232) {
      ++open, open_agreeing += block.agreement == Agreement::kAgrees;
    }
  }
  EXPECT_GT(covered, 2u);
  EXPECT_EQ(covered_agreeing, 0u);
  EXPECT_GT(open, 100u);
  EXPECT_GT(open_agreeing, open * 9 / 10);
}

TEST(PictureDifference, WithoutPlanesThereIsNothingToShow) {
  const made::Scene scene(4);
  PictureFeatures none = entry_of(scene);
  none.plane = {};
  for (const auto& shown : {picture_difference(region_of({}), none, entry_of(scene), 320),
                            picture_difference(region_of({}), entry_of(scene), none, 320)}) {
    EXPECT_TRUE(shown.blocks.empty());
    EXPECT_TRUE(shown.item.samples.empty());
  }
}

TEST(SharedOutline, IsThePartOfEachPictureThatTheOtherShows) {
  const Rect item{0, 0, 300, 200}, entry{0, 0, 640, 480};
  // A cut-out: all of the item, and the same rectangle of the entry.
  SharedRegion region = region_of(similarity(1, 0, -100, -50));
  region.entry_region = {100, 50, 300, 200};
  SharedOutline outline = shared_outline(region, item, entry);
  EXPECT_DOUBLE_EQ(area(outline.item), 300 * 200);
  EXPECT_DOUBLE_EQ(area(outline.entry), 300 * 200);
  EXPECT_TRUE(contains(outline.entry, {101, 51}));
  EXPECT_FALSE(contains(outline.entry, {99, 51}));
  // Turned by 45 degrees, a square of the entry stands on its corner in the item.
  region = region_of(similarity(0.5, std::numbers::pi / 4, 150, 0));
  region.entry_region = {0, 0, 200, 200};
  outline = shared_outline(region, item, entry);
  EXPECT_NEAR(area(outline.item), 100 * 100, 1e-6);
  EXPECT_FALSE(contains(outline.item, {90, 10}));
  EXPECT_TRUE(contains(outline.item, {150, 70}));
  // What lies outside is cut off, in both.
  region = region_of(similarity(1, 0, -600, 0));
  outline = shared_outline(region, item, entry);
  EXPECT_NEAR(area(outline.item), 40 * 200, 1e-6);
  EXPECT_NEAR(area(outline.entry), 40 * 200, 1e-6);
  region = region_of(similarity(1, 0, 900, 0));
  EXPECT_TRUE(shared_outline(region, item, entry).item.empty());
  EXPECT_TRUE(shared_outline(region, item, entry).entry.empty());
}

}  // namespace
}  // namespace weir
