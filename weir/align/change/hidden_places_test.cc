// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "weir/align/change/made_comparisons_for_test.h"
#include "weir/align/change/plane_compare.h"

namespace weir {
namespace {

using made::entry_showing;
using made::item_showing;
using made::similarity;
using made::untouched;

bool in_oval(const Point& at) {
  return std::hypot((at.x - 320) / 250, (at.y - 240) / 190) < 1;
}

// Cut out along an oval of the entry's picture: beside it the item was filled with an even tone.
PictureFeatures cut_out(const made::Scene& scene, const PictureTransform& entry_to_item) {
  const auto grey = [&](double x, double y) { return in_oval({x, y}) ? scene.at(x, y) : 128.0; };
  PictureFeatures item = item_showing(entry_to_item, grey, untouched);
  const PictureTransform back = *inverse(entry_to_item);
  item.shown = made::plane(640, 480, 512, [&](double x, double y) {
    return in_oval(back({x, y})) ? 255.0 : 0.0;
  });
  for (uint8_t& sample : item.shown.samples) sample = sample >= 128 ? 255 : 0;
  return item;
}

BlockMap compared(const PictureFeatures& item, const PictureFeatures& entry,
                  const PictureTransform& entry_to_item) {
  const RegionMap map{entry_to_item, {}};
  return compare_planes(item, entry, {&map, 1});
}

size_t count_of(const BlockMap& map, Block::State state) {
  return static_cast<size_t>(std::ranges::count(map.blocks, state, &Block::state));
}

TEST(HiddenPlaces, AreNotCompared) {
  const PictureTransform maps[] = {{}, similarity(0.6, 0.3, 90, 20), similarity(1.3, 0, -90, -70)};
  for (unsigned seed = 0; seed < 3; ++seed)
    for (const PictureTransform& to_item : maps) {
      const made::Scene scene(seed);
      const auto grey = [&](double x, double y) { return scene.at(x, y); };
      const PictureFeatures entry = entry_showing(grey), item = cut_out(scene, to_item);
      const BlockMap map = compared(item, entry, to_item);
      const double step = 640.0 / static_cast<double>(map.width), side = BlockMap::kSide * step;
      for (size_t i = 0; i < map.blocks.size(); ++i) {
        const Block& block = map.blocks[i];
        if (block.state == Block::State::kOutside) continue;
        const double x =
            static_cast<double>(map.left) * step + static_cast<double>(i % map.columns) * side;
        const double y =
            static_cast<double>(map.top) * step + static_cast<double>(i / map.columns) * side;
        for (const Point& corner :
             {Point{x, y}, Point{x + side, y}, Point{x, y + side}, Point{x + side, y + side}})
          EXPECT_TRUE(in_oval(corner)) << seed << ": " << x << ", " << y;
        if (block.state == Block::State::kCompared) {
          EXPECT_GT(block.agreement, kAgreeingBlock);
        }
      }
      EXPECT_GT(count_of(map, Block::State::kCompared), 60u) << seed;
      EXPECT_EQ(map.shown.differing, 0u) << seed;
      EXPECT_LT(map.change.share, 0.02) << seed;  // the blur brings some of the grey in

      PictureFeatures opaque = item;
      opaque.shown = {};
      EXPECT_GT(compared(opaque, entry, to_item).change.share, 0.05) << seed;
    }
}

// What shows of a sticker counts as the whole of it.
TEST(HiddenPlaces, AreNoPartOfTheItem) {
  const made::Scene scene(3);
  const auto grey = [&](double x, double y) { return scene.at(x, y); };
  const auto small = similarity(0.5, 0, 160, 120);
  const PictureFeatures entry = entry_showing(grey);
  PictureFeatures item = cut_out(scene, small);
  const double with = made::compared(item, entry, small).terms[Term::kItemShare];
  item.shown = {};
  EXPECT_GT(with, 0.7);
  EXPECT_LT(made::compared(item, entry, small).terms[Term::kItemShare], 0.3);
}

TEST(HiddenPlaces, OfAnotherSizeThanThePlaneAreIgnored) {
  const made::Scene scene(4);
  const auto grey = [&](double x, double y) { return scene.at(x, y); };
  const PictureFeatures entry = entry_showing(grey);
  PictureFeatures item = item_showing({}, grey, untouched);
  const size_t all = count_of(compared(item, entry, {}), Block::State::kCompared);
  item.shown = {std::vector<uint8_t>(6), 3, 2, 1};
  EXPECT_EQ(count_of(compared(item, entry, {}), Block::State::kCompared), all);
}

// Nothing to tell anything from, and no crash.
TEST(HiddenPlaces, MayBeAllOfIt) {
  const made::Scene scene(5);
  const auto grey = [&](double x, double y) { return scene.at(x, y); };
  PictureFeatures item = item_showing({}, grey, untouched);
  item.shown = item.plane;
  std::ranges::fill(item.shown.samples, uint8_t{0});
  const BlockMap map = compared(item, entry_showing(grey), {});
  EXPECT_EQ(count_of(map, Block::State::kOutside), map.blocks.size());
}

}  // namespace
}  // namespace weir
