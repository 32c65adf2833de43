// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/moved_things.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numbers>
#include <random>

namespace weir {
namespace {

constexpr size_t kWidth = 160, kHeight = 120;
const std::vector<uint8_t> kAllInside(kWidth* kHeight, 1);

Plane texture(unsigned seed) {
  std::mt19937 random(seed);
  Plane plane{kWidth, kHeight, std::vector<float>(kWidth * kHeight)};
  for (float& sample : plane.samples) sample = static_cast<float>(random() % 256);
  return blurred(plane, 1.5);
}

// A square of `from` at x, y, put to other places.
void put(Plane& onto, const Plane& from, size_t x, size_t y, size_t to_x, size_t to_y) {
  constexpr size_t kSide = 40;
  for (size_t r = 0; r < kSide; ++r)
    std::copy_n(from.row(y + r) + x, kSide, onto.row(to_y + r) + to_x);
}

// Two spots within that square, found where it was put.
std::vector<DisplacedSpot> spots(double x, double y, double to_x, double to_y) {
  return {{{x + 15, y + 15}, {to_x + 15, to_y + 15}}, {{x + 25, y + 22}, {to_x + 25, to_y + 22}}};
}

TEST(MovedThings, AThingBeforeAWallThatMovedIsSeenAtTwoPlaces) {
  const Plane wall = texture(1), thing = texture(2);
  for (const size_t by : {1u, 2u, 5u, 20u}) {
    Plane entry = wall, item = wall;
    put(entry, thing, 0, 0, 40, 40);
    put(item, thing, 0, 0, 40 + by, 38);
    const auto seen = spots(40, 40, 40 + static_cast<double>(by), 38);
    EXPECT_EQ(moved_places(entry, item, kAllInside, seen), 2u) << by;
  }
}

TEST(MovedThings, APatternThatOccursTwiceHasNotMoved) {
  Plane entry = texture(1);
  put(entry, texture(2), 0, 0, 10, 40);
  put(entry, texture(2), 0, 0, 60, 40);
  EXPECT_EQ(moved_places(entry, entry, kAllInside, spots(10, 40, 60, 40)), 0u);
}

TEST(MovedThings, WhatIsPutOnTopHasNotMoved) {
  const Plane entry = texture(1);
  Plane item = entry;
  put(item, texture(2), 0, 0, 60, 40);
  EXPECT_EQ(moved_places(entry, item, kAllInside, spots(10, 40, 60, 40)), 0u);
}

TEST(MovedThings, NothingIsSaidOfFlatPlacesNorOfThoseNotShown) {
  const Plane flat{kWidth, kHeight, std::vector<float>(kWidth * kHeight, 90)};
  EXPECT_EQ(moved_places(flat, flat, kAllInside, spots(10, 40, 60, 40)), 0u);
  const Plane wall = texture(1), thing = texture(2);
  Plane entry = wall, item = wall;
  put(entry, thing, 0, 0, 40, 40);
  put(item, thing, 0, 0, 50, 40);
  const std::vector<uint8_t> none(kWidth * kHeight, 0);
  EXPECT_EQ(moved_places(entry, item, none, spots(40, 40, 50, 40)), 0u);
  EXPECT_EQ(moved_places(entry, item, kAllInside, spots(-30, -30, 500, 1e9)), 0u);
}

// A region of spots in a grid over the part of the entry, seen through the transform.
SharedRegion region_of(const Rect& part, const PictureTransform& transform) {
  SharedRegion region;
  region.entry_to_item = transform;
  for (uint32_t y = part.y; y < part.y + part.height; y += 20)
    for (uint32_t x = part.x; x < part.x + part.width; x += 20) {
      const Point at{x + 10.0, y + 10.0};
      region.inliers.push_back({transform(at), at});
    }
  return region;
}

PictureTransform moved_by(double x, double y) {
  return {{1, 0, x, 0, 1, y, 0, 0, 1}};
}

TEST(IsMovedThing, WhatASceneSurroundsInBothPicturesHasMoved) {
  const SharedRegion scene = region_of({0, 0, 640, 480}, moved_by(5, 0));
  EXPECT_TRUE(is_moved_thing(region_of({200, 160, 100, 80}, moved_by(45, -20)), scene));
  EXPECT_TRUE(is_moved_thing(region_of({200, 160, 100, 80}, moved_by(17, 3)), scene));
  // It stands on the lower border.
  EXPECT_TRUE(is_moved_thing(region_of({200, 320, 100, 160}, moved_by(80, 0)), scene));
}

TEST(IsMovedThing, WhatIsLargerOrTurnedOrMirroredHasNot) {
  const SharedRegion scene = region_of({0, 0, 640, 480}, {});
  const Rect part{200, 160, 100, 80};
  EXPECT_FALSE(is_moved_thing(region_of(part, {{1.5, 0, -90, 0, 1.5, -90, 0, 0, 1}}), scene));
  EXPECT_FALSE(is_moved_thing(region_of(part, {{0, -1, 450, 1, 0, -50, 0, 0, 1}}), scene));
  SharedRegion mirrored = region_of(part, moved_by(40, 0));
  mirrored.mirrored = true;
  EXPECT_FALSE(is_moved_thing(mirrored, scene));
  EXPECT_FALSE(is_moved_thing({}, scene));
  EXPECT_FALSE(is_moved_thing(region_of(part, moved_by(40, 0)), {}));
}

TEST(IsMovedThing, APieceBesideOthersHasNot) {
  // Two halves that changed places.
  EXPECT_FALSE(is_moved_thing(region_of({320, 0, 320, 480}, moved_by(-320, 0)),
                              region_of({0, 0, 320, 480}, moved_by(320, 0))));
  // The middle one of nine tiles, and the surest, which came from a corner.
  const SharedRegion corner = region_of({0, 0, 200, 160}, moved_by(200, 320));
  EXPECT_FALSE(is_moved_thing(region_of({200, 160, 200, 160}, moved_by(-200, 0)), corner));
  // A second copy of the picture beside the first.
  EXPECT_FALSE(is_moved_thing(region_of({0, 0, 640, 480}, moved_by(640, 0)),
                              region_of({0, 0, 640, 480}, {})));
  // Strips, of which each second one was pushed aside.
  SharedRegion even, odd;
  for (uint32_t y = 0; y < 480; y += 120) {
    for (const auto& pair : region_of({0, y, 640, 60}, {}).inliers) even.inliers.push_back(pair);
    for (const auto& pair : region_of({0, y + 60, 640, 60}, moved_by(40, 0)).inliers)
      odd.inliers.push_back(pair);
  }
  odd.entry_to_item = moved_by(40, 0);
  EXPECT_FALSE(is_moved_thing(odd, even));
}

// Ten spots in place, seen through the transform, and one more.
std::vector<SpotPair> pairs_with(const PictureTransform& transform, const SpotPair& one) {
  std::vector<SpotPair> pairs;
  for (int i = 0; i < 10; ++i) {
    const Point entry{40.0 + 50 * i, 30.0 + 35 * (i % 7)};
    pairs.push_back({.item = transform(entry), .entry = entry, .log_scale = 1, .turn = 0.1f});
  }
  pairs.push_back(one);
  return pairs;
}

TEST(DisplacedSpots, AreThoseOfTheSameSizeAndTurnBesideTheirPlace) {
  const Extent extent{640, 480, 1.25};
  const PictureTransform twice{{2, 0, 10, 0, 2, 20, 0, 0, 1}};
  const Point from{300, 200}, to{312, 205};
  const SpotPair moved{.item = twice(to), .entry = from, .log_scale = 1.2f, .turn = 0.2f};
  const auto found = displaced_spots(pairs_with(twice, moved), twice, {}, extent);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].item.x, to.x, 1e-9);
  EXPECT_NEAR(found[0].item.y, to.y, 1e-9);

  SpotPair other = moved;
  other.turn += 2 * std::numbers::pi_v<float>;
  EXPECT_EQ(displaced_spots(pairs_with(twice, other), twice, {}, extent).size(), 1u);
  other.turn = 1;
  EXPECT_TRUE(displaced_spots(pairs_with(twice, other), twice, {}, extent).empty());
  other = moved, other.log_scale = 2;
  EXPECT_TRUE(displaced_spots(pairs_with(twice, other), twice, {}, extent).empty());
  other = moved, other.item = twice({from.x + 1, from.y + 1});
  EXPECT_TRUE(displaced_spots(pairs_with(twice, other), twice, {}, extent).empty());
  other = moved, other.item = twice({from.x + 300, from.y});
  EXPECT_TRUE(displaced_spots(pairs_with(twice, other), twice, {}, extent).empty());
  EXPECT_TRUE(displaced_spots({moved}, twice, {}, extent).empty());
  EXPECT_TRUE(
      displaced_spots(pairs_with(twice, moved), {{0, 0, 0, 0, 0, 0, 0, 0, 1}}, {}, extent).empty());
}

}  // namespace
}  // namespace weir
