// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change/plane_compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "weir/align/change/made_comparisons_for_test.h"

namespace weir {
namespace {

using made::entry_showing;
using made::item_showing;
using made::similarity;
using made::untouched;

SharedRegion judged(const PictureFeatures& item, const PictureFeatures& entry,
                    const PictureTransform& transform) {
  return made::compared(item, entry, transform).region;
}

double overlap(const Rect& a, const Rect& b) {
  const auto part = [](uint32_t p, uint32_t size_p, uint32_t q, uint32_t size_q) {
    return std::max(0.0, std::min<double>(p + size_p, q + size_q) - std::max<double>(p, q));
  };
  const double both = part(a.x, a.width, b.x, b.width) * part(a.y, a.height, b.y, b.height);
  return both / (1.0 * a.width * a.height + 1.0 * b.width * b.height - both);
}

TEST(PlaneCompare, TheRegionIsWhatIsShown) {
  int found = 0;
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed);
    const auto grey = [&](double x, double y) { return scene.at(x, y); };
    const PictureFeatures entry = entry_showing(grey);

    const auto small = similarity(0.5, 0, 200, 100);  // picture in picture
    const SharedRegion inset = judged(item_showing(small, grey, untouched), entry, small);
    EXPECT_GT(overlap(inset.item_region, {200, 100, 320, 240}), 0.95);
    EXPECT_GT(overlap(inset.entry_region, {0, 0, 640, 480}), 0.95);

    const auto large = similarity(2, 0, -400, -300);  // a crop
    const SharedRegion crop = judged(item_showing(large, grey, untouched), entry, large);
    EXPECT_GT(overlap(crop.item_region, {0, 0, 640, 480}), 0.95);
    EXPECT_GT(overlap(crop.entry_region, {200, 150, 320, 240}), 0.95);

    // A part of the entry, pasted into another picture: the rest of its outline shows that one.
    // Told to a block, of which there are 20 in a line.
    const made::Scene other(seed + 100);
    PictureFeatures item = item_showing({}, grey, untouched);
    item.plane = made::plane(640, 480, 512, [&](double x, double y) {
      return x > 160 && x < 480 && y > 120 && y < 400 ? scene.at(x, y) : other.at(x, y);
    });
    const SharedRegion part = judged(item, entry, {});
    found += overlap(part.item_region, {160, 120, 320, 280}) > 0.4;  // 0.29 is all of the item
  }
  EXPECT_GE(found, 8);
}

// The transform that features give may err by a pixel or two of the item.
TEST(PlaneCompare, ASmallErrorOfTheTransformIsMadeGood) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed);
    const auto grey = [&](double x, double y) { return scene.at(x, y); };
    const PictureFeatures item = item_showing(similarity(1, 0, 0, 0), grey, untouched);
    const SharedRegion region =
        judged(item, entry_showing(grey), similarity(1.006, 0.004, 2.5, -2));
    EXPECT_GT(region.agreeing, 0.95) << seed;
  }
}

// A quote card: darkened, most of it under large letters, all pieces of which are strokes.
double under_text(double grey, double x, double y, std::mt19937&) {
  const bool is_line = std::fmod(y, 120) < 70 && x > 30 && x < 610;
  return is_line && std::fmod(x + y, 40) < 16 ? 250 : 0.4 * grey;
}

TEST(PlaneCompare, WhatIsPutOverMostOfAPictureDoesNotDecideHowTheRestIsCompared) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    const made::Scene scene(seed);
    const auto grey = [&](double x, double y) { return scene.at(x, y); };
    const RegionMap as_it_was{};
    const auto compared = [&](made::Edit edit) {
      return compare_planes(item_showing({}, grey, edit), entry_showing(grey), {&as_it_was, 1});
    };
    EXPECT_EQ(compared(under_text).blur, compared(untouched).blur) << seed;
  }
}

// A pole before each eighth column: its squares are compared beside it.
TEST(PlaneCompare, WhatIsHiddenInPartIsComparedBesideWhatHidesIt) {
  size_t agreeing = 0, all = 0;
  for (unsigned seed = 0; seed < 5; ++seed) {
    const made::Scene scene(seed);
    const auto grey = [&](double x, double y) { return scene.at(x, y); };
    const made::Edit poles = [](double tone, double x, double, std::mt19937&) {
      return std::fmod(x, 64) < 8 ? 255.0 : tone;
    };
    const RegionMap as_it_was{};
    const BlockMap map =
        compare_planes(item_showing({}, grey, poles), entry_showing(grey), {&as_it_was, 1});
    for (const Block& block : map.blocks) {
      all += block.state == Block::State::kCompared;
      agreeing += block.state == Block::State::kCompared && block.agreement > kAgreeingBlock;
    }
  }
  EXPECT_GT(agreeing, all * 9 / 10);
}

// A screen filmed at an angle, of which only the affine transform that fits best is known. Features
// at its sides lie beside the place that this says, but nothing has moved.
TEST(PlaneCompare, APerspectiveThatTheTransformLacksIsNoMovement) {
  const made::Scene scene(5);
  const auto grey = [&](double x, double y) { return scene.at(x, y); };
  const PictureFeatures entry = entry_showing(grey);
  const PictureTransform shown{{0.95, 0.01, 8, 0, 0.95, 7, 7e-5, 5e-5, 1}};
  const PictureFeatures item = item_showing(shown, grey, untouched);
  std::vector<PointPair> pairs;
  for (double y = 40; y < 460; y += 20)
    for (double x = 40; x < 620; x += 20) pairs.push_back({shown({x, y}), {x, y}});
  const PictureTransform rough = *fit(TransformKind::kAffine, pairs);
  const PictureTransform back = *inverse(rough);
  std::vector<DisplacedSpot> spots;
  for (const PointPair& pair : pairs) spots.push_back({pair.entry, back(pair.item)});

  const RegionMap to_item{rough, {}};
  const BlockMap map = compare_planes(item, entry, {&to_item, 1}, spots);
  EXPECT_EQ(map.change.moved, 0u);
  for (const Block& block : map.blocks) {
    if (block.state != Block::State::kCompared || block.agreement < kAgreeingBlock) continue;
    EXPECT_LT(std::hypot(block.shift_x, block.shift_y), 0.75);
  }
}

TEST(PlaneCompare, WhatIsTooLittleToCompareSaysNothing) {
  const auto flat = [](double, double) { return 77.0; };
  EXPECT_LT(judged(item_showing({}, flat, untouched), entry_showing(flat), {}).blocks, 6u);
  const made::Scene scene(1);
  const auto grey = [&](double x, double y) { return scene.at(x, y); };
  const auto off = similarity(1, 0, 630, 470);  // a corner of the entry is all that is in the item
  EXPECT_LT(judged(item_showing(off, grey, untouched), entry_showing(grey), off).blocks, 6u);
  const PictureFeatures none{640, 480, {}, {}};
  EXPECT_LT(judged(none, entry_showing(grey), {}).blocks, 6u);
  EXPECT_EQ(judged(none, entry_showing(grey), {}).item_region, (Rect{0, 0, 640, 480}));
}

// Nine tiles with gaps between them become the one picture that they were cut from.
TEST(PlaneCompare, PiecesAreComparedAsOnePicture) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    const made::Scene scene(seed);
    const auto grey = [&](double x, double y) { return scene.at(x, y); };
    const PictureFeatures entry = entry_showing(grey);
    // The halves have changed places.
    PictureFeatures item{640, 480, {}, {}};
    item.plane = made::plane(640, 480, 512, [&](double x, double y) {
      return x < 320 ? scene.at(x + 320, y) : scene.at(x - 320, y);
    });
    const RegionMap left{similarity(1, 0, 320, 0), {}}, right{similarity(1, 0, -320, 0), {}};
    const RegionMap both[] = {left, right};
    const auto agreeing = [&](std::span<const RegionMap> maps) {
      const BlockMap map = compare_planes(item, entry, maps);
      return std::count_if(map.blocks.begin(), map.blocks.end(), [](const Block& block) {
        return block.state == Block::State::kCompared && block.agreement > kAgreeingBlock;
      });
    };
    const auto alone = agreeing({both, 1});
    EXPECT_GT(alone, 20) << seed;
    EXPECT_GT(agreeing(both), 3 * alone / 2) << seed;
    const BlockMap map = compare_planes(item, entry, both);
    EXPECT_LT(map.shown.differing, map.shown.compared / 20) << seed;
  }
}

}  // namespace
}  // namespace weir
