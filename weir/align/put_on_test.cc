// SPDX-License-Identifier: Apache-2.0
#include "weir/align/put_on.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace weir {
namespace {

constexpr size_t kWidth = 120, kHeight = 90, kPixels = kWidth * kHeight;

struct Colour {
  uint8_t r, g, b;
};
constexpr Colour kGrey{120, 122, 118}, kSkin{200, 160, 140}, kYellow{250, 210, 40},
    kRed{220, 40, 50};

// A disc of radius 15 in the middle of a grey picture: where it changed, and the item's colours.
struct Scene {
  Pixels colours{{}, kWidth, kHeight, 3};
  Mask changed = Mask(kPixels);
  Mask agrees = Mask(kPixels, 1);

  explicit Scene(Colour of_disc, Colour of_rest = kGrey) {
    for (size_t i = 0; i < kPixels; ++i) {
      changed[i] = in_disc(i);
      agrees[i] = !changed[i];
      const Colour& c = changed[i] ? of_disc : of_rest;
      colours.samples.insert(colours.samples.end(), {c.r, c.g, c.b});
    }
  }
  static bool in_disc(size_t i) {
    return std::hypot(double(i % kWidth) - 60, double(i / kWidth) - 45) < 15;
  }
  void paint(size_t i, Colour c) {
    colours.samples[3 * i] = c.r, colours.samples[3 * i + 1] = c.g,
                        colours.samples[3 * i + 2] = c.b;
  }
  Mask put_on() const {
    const Chroma item = chroma_in_frame(colours, {}, kWidth, kHeight, kWidth, kHeight);
    return put_on_parts(changed, agrees, item, kWidth, kHeight);
  }
};

size_t count(const Mask& mask) {
  return static_cast<size_t>(std::count(mask.begin(), mask.end(), 1));
}

TEST(PutOn, AStrongColourThatThePictureHasNotIsPutOn) {
  for (const Colour colour : {kYellow, kRed}) {
    const Scene scene(colour);
    const Mask put_on = scene.put_on();
    for (size_t i = 0; i < kPixels; ++i)
      EXPECT_GE(put_on[i], scene.changed[i]) << i;
    EXPECT_LT(count(put_on), 2 * count(scene.changed));  // a little around it, no more
  }
}

TEST(PutOn, PaleColoursAndThoseOfThePictureAreNot) {
  EXPECT_EQ(count(Scene(kSkin).put_on()), 0u);
  EXPECT_EQ(count(Scene({40, 42, 45}).put_on()), 0u);
  EXPECT_EQ(count(Scene(kRed, kRed).put_on()), 0u);
  // A field of tulips is red, somewhere.
  Scene tulips(kRed);
  for (size_t i = 0; i < kWidth * 4; ++i) tulips.paint(i, kRed);
  EXPECT_EQ(count(tulips.put_on()), 0u);
}

TEST(PutOn, APartIsPutOnWhenMostOfItIsOrNothing) {
  for (const double strong : {0.2, 0.7}) {
    Scene scene(kSkin);  // somebody with a red scarf; somebody in red
    const double from = 60 - 15 + 30 * (1 - strong);
    for (size_t i = 0; i < kPixels; ++i)
      if (scene.changed[i] && double(i % kWidth) >= from) scene.paint(i, kRed);
    EXPECT_EQ(count(scene.put_on()) > 0, strong > 0.5) << strong;
  }
}

TEST(PutOn, WhatTheEntryShowsThroughIsPutOnWithoutColours) {
  Scene scene(kGrey);
  EXPECT_EQ(count(scene.put_on()), 0u);
  std::fill(scene.agrees.begin(), scene.agrees.end(), 1);
  EXPECT_GE(count(scene.put_on()), count(scene.changed));
  const Mask grey = put_on_parts(scene.changed, scene.agrees, {}, kWidth, kHeight);
  EXPECT_EQ(grey, scene.put_on());
}

TEST(PutOn, PicturesWithoutColoursOrWithoutChangesHaveNone) {
  Scene scene(kRed);
  EXPECT_EQ(count(put_on_parts(scene.changed, scene.agrees, {}, kWidth, kHeight)), 0u);
  scene.changed.assign(kPixels, 0);
  EXPECT_EQ(count(scene.put_on()), 0u);
  EXPECT_TRUE(put_on_parts({}, {}, {}, 0, 0).empty());
}

// The same place of the same picture, whatever the sizes of what shows it.
TEST(PutOn, ColoursLieWhereThePictureLies) {
  Pixels colours{{}, 240, 180, 3};  // twice the frame, the right half red
  for (size_t i = 0; i < size_t{240} * 180; ++i) {
    const Colour c = i % 240 < 120 ? kGrey : kRed;
    colours.samples.insert(colours.samples.end(), {c.r, c.g, c.b});
  }
  // The frame is the middle of a plane of 480 x 360: its columns 120 to 359.
  const Chroma chroma =
      chroma_in_frame(colours, {{2, 0, 120, 0, 2, 90, 0, 0, 1}}, 480, 360, kWidth, kHeight);
  ASSERT_EQ(chroma.red.samples.size(), kPixels);
  for (size_t x = 0; x < kWidth; ++x) {
    if (x >= 58 && x < 62) continue;
    const float expected = x < 60 ? 0 : 0.5f * 220 - 0.4187f * 40 - 0.0813f * 50;
    EXPECT_NEAR(chroma.red.row(20)[x], expected, 2) << x;
  }
  EXPECT_TRUE(chroma_in_frame({}, {}, 1, 1, 4, 4).red.empty());
  EXPECT_TRUE(chroma_in_frame({{1, 2}, 1, 1, 3}, {}, 1, 1, 4, 4).red.empty());
}

}  // namespace
}  // namespace weir
