// SPDX-License-Identifier: Apache-2.0
#include "weir/align/newcomers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace weir {
namespace {

constexpr size_t kWidth = 160, kHeight = 110;

Plane ground() {
  Plane plane{kWidth, kHeight, std::vector<float>(kWidth * kHeight)};
  for (size_t i = 0; i < plane.samples.size(); ++i)
    plane.samples[i] = 90 + 0.3f * static_cast<float>(i % kWidth);
  return plane;
}

using Shape = std::function<bool(double x, double y)>;  // in pixels from a corner of its box

// Puts a shape with its box at (x, y); `tones` is how far its tones reach.
void put(Plane& plane, double x, double y, double side, double tones, const Shape& covers) {
  for (size_t row = 0; row < kHeight; ++row)
    for (size_t column = 0; column < kWidth; ++column) {
      const double u = double(column) - x, v = double(row) - y;
      if (u < 0 || v < 0 || u >= side || v >= side || !covers(u / side, v / side)) continue;
      plane.row(row)[column] =
          static_cast<float>(200 - tones * (0.5 + 0.3 * std::sin(0.7 * u) + 0.2 * std::cos(v)));
    }
}

bool near(double x, double y, double to_x, double to_y, double radius) {
  return std::hypot(x - to_x, y - to_y) < radius;
}
// A head, a body that widens, two arms away from it, two legs.
bool somebody(double x, double y) {
  const bool body = y > 0.25 && y < 0.65 && std::abs(x - 0.5) < 0.08 + 0.1 * (y - 0.25);
  const bool arms = std::abs(y - 0.3 - 0.7 * std::abs(x - 0.5)) < 0.045 && std::abs(x - 0.5) < 0.4;
  const bool legs = y >= 0.65 && std::abs(std::abs(x - 0.5) - 0.6 * (y - 0.6)) < 0.05;
  return near(x, y, 0.5, 0.15, 0.12) || body || arms || legs;
}
bool disc(double x, double y) {
  return near(x, y, 0.5, 0.5, 0.5);
}
bool square(double, double) {
  return true;
}
bool stroke(double x, double y) {
  return std::abs(y - 0.5 - 0.4 * std::sin(9 * x)) < 0.03;
}

Newcomers found(const Plane& entry, const Plane& item,
                const Mask& inside = Mask(kWidth * kHeight, 1)) {
  Mask changed(kWidth * kHeight);
  for (size_t i = 0; i < changed.size(); ++i)
    changed[i] = inside[i] && entry.samples[i] != item.samples[i];
  return newcomers(entry, item, changed, inside);
}

TEST(Newcomers, EqualPicturesHaveNone) {
  EXPECT_EQ(found(ground(), ground()).parts, 0u);
}

TEST(Newcomers, SomebodyWhoCameOrLeftIsOne) {
  Plane other = ground();
  put(other, 40, 20, 80, 150, somebody);
  const Newcomers came = found(ground(), other);
  EXPECT_EQ(came.parts, 1u);
  EXPECT_GT(came.share, 0.05);
  EXPECT_LT(came.share, 0.2);
  EXPECT_EQ(found(other, ground()).parts, 1u);
}

TEST(Newcomers, SomebodyFarAwayIsTooSmallToTell) {
  Plane item = ground();
  put(item, 40, 20, 22, 150, somebody);
  EXPECT_EQ(found(ground(), item).parts, 0u);
}

TEST(Newcomers, RoundStickersAreNone) {
  Plane item = ground();
  for (const double x : {10, 60, 110}) put(item, x, 30, 40, 150, disc);
  EXPECT_EQ(found(ground(), item).parts, 0u);
}

TEST(Newcomers, APictureInThePictureIsNone) {
  Plane item = ground();
  put(item, 40, 20, 60, 150, square);
  EXPECT_EQ(found(ground(), item).parts, 0u);
}

TEST(Newcomers, StrokesAreNone) {
  Plane item = ground();
  put(item, 20, 5, 100, 150, stroke);
  EXPECT_EQ(found(ground(), item).parts, 0u);
}

// As strokes show in a small plane: a few pixels wide, and crossing one another.
TEST(Newcomers, BroadStrokesThatCrossAreNone) {
  Plane item = ground();
  const auto crossing = [](double x, double y) {
    return std::abs(y - 0.5 - 0.3 * std::sin(7 * x)) < 0.035 ||
           std::abs(x - 0.5 - 0.3 * std::sin(5 * y)) < 0.035 || std::abs(x - y) < 0.04;
  };
  put(item, 40, 20, 60, 150, crossing);
  EXPECT_EQ(found(ground(), item).parts, 0u);
}

TEST(Newcomers, OnlyStickersWithLevelSidesArePlates) {
  const auto count = [](const Mask& mask) { return std::count(mask.begin(), mask.end(), 1); };
  for (const bool is_plate : {false, true}) {
    Plane item = ground();
    put(item, 40, 20, 60, 5, is_plate ? square : disc);
    const Newcomers seen = found(ground(), item);
    EXPECT_GT(count(seen.stickers), 2'000) << is_plate;
    EXPECT_EQ(count(seen.plates) > 2'000, is_plate);
    EXPECT_TRUE(is_plate || count(seen.plates) == 0);
  }
}

TEST(Newcomers, AFlatEmblemOfAnyShapeIsNone) {
  Plane item = ground();
  put(item, 40, 20, 80, 5, somebody);
  EXPECT_EQ(found(ground(), item).parts, 0u);
}

TEST(Newcomers, WhatOnlyOnePictureShowsSaysNothing) {
  Plane item = ground();
  put(item, 40, 20, 80, 150, somebody);
  EXPECT_EQ(found(ground(), item, Mask(kWidth * kHeight, 0)).parts, 0u);
}

TEST(Newcomers, APlaneOfOnePixelHasNone) {
  const Plane one{1, 1, {0}};
  EXPECT_EQ(newcomers(one, one, {1}, {1}).parts, 0u);
}

}  // namespace
}  // namespace weir
