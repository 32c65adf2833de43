// SPDX-License-Identifier: Apache-2.0
#include "weir/align/moved_things.h"

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

TEST(MovedThings, AThingBeforeAWallThatMovedIsSeenAtTwoPlacesTogether) {
  const Plane wall = texture(1), thing = texture(2);
  for (const size_t by : {1u, 2u, 5u, 20u}) {
    Plane entry = wall, item = wall;
    put(entry, thing, 0, 0, 40, 40);
    put(item, thing, 0, 0, 40 + by, 38);
    const auto moved =
        moved_things(entry, item, kAllInside, spots(40, 40, 40 + static_cast<double>(by), 38));
    EXPECT_EQ(moved.places, 2u) << by;
    EXPECT_EQ(moved.together, 2u) << by;
  }
}

TEST(MovedThings, APatternThatOccursTwiceHasNotMoved) {
  Plane entry = texture(1);
  put(entry, texture(2), 0, 0, 10, 40);
  put(entry, texture(2), 0, 0, 60, 40);
  EXPECT_EQ(moved_things(entry, entry, kAllInside, spots(10, 40, 60, 40)).places, 0u);
}

TEST(MovedThings, WhatIsPutOnTopHasNotMoved) {
  const Plane entry = texture(1);
  Plane item = entry;
  put(item, texture(2), 0, 0, 60, 40);
  EXPECT_EQ(moved_things(entry, item, kAllInside, spots(10, 40, 60, 40)).places, 0u);
}

TEST(MovedThings, SpotsFarApartOrDisplacedOtherwiseAreNotTogether) {
  const Plane wall = texture(1), thing = texture(2);
  Plane entry = wall, item = wall;
  put(entry, thing, 0, 0, 10, 20);
  put(entry, thing, 60, 60, 60, 60);
  put(item, thing, 0, 0, 20, 20);
  put(item, thing, 60, 60, 60, 75);
  std::vector<DisplacedSpot> two{spots(10, 20, 20, 20)[0], spots(60, 60, 60, 75)[0]};
  const auto moved = moved_things(entry, item, kAllInside, two);
  EXPECT_EQ(moved.places, 2u);
  EXPECT_EQ(moved.together, 0u);
}

TEST(MovedThings, NothingIsSaidOfFlatPlacesNorOfThoseNotShown) {
  const Plane flat{kWidth, kHeight, std::vector<float>(kWidth * kHeight, 90)};
  EXPECT_EQ(moved_things(flat, flat, kAllInside, spots(10, 40, 60, 40)).places, 0u);
  const Plane wall = texture(1), thing = texture(2);
  Plane entry = wall, item = wall;
  put(entry, thing, 0, 0, 40, 40);
  put(item, thing, 0, 0, 50, 40);
  const std::vector<uint8_t> none(kWidth * kHeight, 0);
  EXPECT_EQ(moved_things(entry, item, none, spots(40, 40, 50, 40)).places, 0u);
  EXPECT_EQ(moved_things(entry, item, kAllInside, spots(-30, -30, 500, 1e9)).places, 0u);
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
