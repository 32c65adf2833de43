// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change/change_parts.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

constexpr size_t kWidth = 60, kHeight = 40;

Plane ground() {
  return {kWidth, kHeight, std::vector<float>(kWidth * kHeight, 100)};
}

void put(Plane& plane, size_t x, size_t y, size_t side) {
  for (size_t r = y; r < y + side; ++r) std::fill_n(plane.row(r) + x, side, 200.0f);
}

ChangedParts parts_of(const Plane& entry, const Plane& item,
                      const std::vector<uint8_t>& inside = std::vector<uint8_t>(kWidth * kHeight,
                                                                                1)) {
  std::vector<uint8_t> changed(kWidth * kHeight);
  for (size_t i = 0; i < changed.size(); ++i) changed[i] = entry.samples[i] != item.samples[i];
  return changed_parts(entry, item, changed, inside);
}

TEST(ChangedParts, EqualPlanesHaveNone) {
  const ChangedParts parts = parts_of(ground(), ground());
  EXPECT_EQ(parts.came + parts.gone, 0);
}

TEST(ChangedParts, WhatIsOnlyInTheItemCame) {
  Plane item = ground();
  put(item, 20, 10, 6);
  EXPECT_EQ(parts_of(ground(), item).came, 6);
  EXPECT_EQ(parts_of(ground(), item).gone, 0);
}

TEST(ChangedParts, SomethingThatMovedIsGoneHereAndCameThere) {
  Plane entry = ground(), item = ground();
  put(entry, 10, 10, 6);
  put(item, 40, 20, 6);
  EXPECT_EQ(parts_of(entry, item).gone, 6);
  EXPECT_EQ(parts_of(entry, item).came, 6);
}

TEST(ChangedParts, SidesSwapWhenThePicturesAreSwapped) {
  Plane entry = ground(), item = ground();
  for (size_t x = 5; x < 50; x += 15) put(entry, x, 5, 5);
  put(item, 30, 25, 8);
  const ChangedParts parts = parts_of(entry, item), swapped = parts_of(item, entry);
  EXPECT_EQ(parts.gone, 15);
  EXPECT_EQ(parts.came, 8);
  EXPECT_EQ(swapped.gone, parts.came);
  EXPECT_EQ(swapped.came, parts.gone);
}

TEST(ChangedParts, GrainIsNone) {
  Plane item = ground();
  put(item, 20, 10, 3);
  EXPECT_EQ(parts_of(ground(), item).came, 0);
}

TEST(ChangedParts, WhatTouchesTheBorderOfWhatIsShownSaysNothing) {
  Plane item = ground();
  put(item, 0, 10, 6);
  EXPECT_EQ(parts_of(ground(), item).came, 0);
  Plane inner = ground();
  put(inner, 20, 10, 6);
  std::vector<uint8_t> inside(kWidth * kHeight, 1);
  for (size_t y = 0; y < kHeight; ++y) std::fill_n(inside.begin() + y * kWidth, 20, 0);
  EXPECT_EQ(parts_of(ground(), inner, inside).came, 0);
}

TEST(ChangedParts, APlaneOfOnePixelHasNone) {
  const Plane one{1, 1, {0}};
  const ChangedParts parts = changed_parts(one, one, {1}, {1});
  EXPECT_EQ(parts.came + parts.gone, 0);
}

}  // namespace
}  // namespace weir
