// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/picture/content_box.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "weir/hash/picture/pictures_for_test.h"

namespace weir {
namespace {

using testing::Numbers;

// Lines by which a border may be missed: noise and ringing blur where it ends.
constexpr int kTolerance = 2;

Pixels plain_picture(uint32_t width, uint32_t height, uint32_t channels, const uint8_t* colour) {
  Pixels pixels{{}, width, height, channels};
  for (size_t i = 0; i < size_t{width} * height; ++i)
    pixels.samples.insert(pixels.samples.end(), colour, colour + channels);
  return pixels;
}

void paste(const Pixels& from, Pixels& onto, uint32_t x, uint32_t y) {
  const size_t bytes = size_t{from.width} * from.channels;
  for (uint32_t row = 0; row < from.height; ++row)
    std::copy_n(from.samples.begin() + static_cast<ptrdiff_t>(row * bytes), bytes,
                onto.samples.begin() +
                    static_cast<ptrdiff_t>((size_t{y + row} * onto.width + x) * onto.channels));
}

void add_noise(Pixels& pixels, int levels, Numbers& numbers) {
  for (uint8_t& sample : pixels.samples) {
    const int noise = numbers.below(static_cast<uint32_t>(2 * levels + 1)) - levels;
    sample = static_cast<uint8_t>(std::clamp(sample + noise, 0, 255));
  }
}

// A picture that has something everywhere, in levels 100 to 255.
Pixels busy_picture(uint32_t width, uint32_t height, uint32_t channels, Numbers& numbers) {
  Pixels pixels{{}, width, height, channels};
  for (size_t i = 0; i < size_t{width} * height * channels; ++i)
    pixels.samples.push_back(static_cast<uint8_t>(100 + numbers.below(156)));
  return pixels;
}

void expect_near(uint32_t found, uint32_t expected, const char* what) {
  RC_ASSERT(std::abs(static_cast<int>(found) - static_cast<int>(expected)) <= kTolerance);
}

RC_GTEST_PROP(ContentBox, FindsNoisyBordersOfAnyColour, ()) {
  const auto size = [](int least, int most) {
    return static_cast<uint32_t>(*rc::gen::inRange(least, most));
  };
  const uint32_t channels = *rc::gen::element(1u, 3u);
  const uint32_t width = size(40, 300), height = size(40, 300);
  // Borders on any of the sides, but at least one, none too thin to matter.
  const auto border = [&size](uint32_t inner) {
    return *rc::gen::arbitrary<bool>() ? size(8, 8 + static_cast<int>(inner) / 2) : 0u;
  };
  const uint32_t left = border(width), right = border(width);
  const uint32_t top = border(height), bottom = border(height);
  RC_PRE(left + right + top + bottom > 0);
  Numbers numbers(size(1, 1 << 20));
  const uint8_t colour[3] = {static_cast<uint8_t>(numbers.below(256)),
                             static_cast<uint8_t>(numbers.below(256)),
                             static_cast<uint8_t>(numbers.below(256))};

  Pixels picture = plain_picture(width + left + right, height + top + bottom, channels, colour);
  paste(busy_picture(width, height, channels, numbers), picture, left, top);
  add_noise(picture, 5, numbers);

  const auto box = content_box(picture.view());
  RC_ASSERT(box.has_value());
  expect_near(box->x, left, "left");
  expect_near(box->y, top, "top");
  expect_near(box->x + box->width, left + width, "right");
  expect_near(box->y + box->height, top + height, "bottom");
}

TEST(ContentBox, FindsBarsWithinAFrame) {
  Numbers numbers(5);
  const uint8_t white[3] = {250, 250, 250}, black[3] = {4, 4, 4};
  Pixels picture = plain_picture(400, 320, 3, white);
  Pixels film = plain_picture(360, 280, 3, black);
  paste(busy_picture(360, 200, 3, numbers), film, 0, 40);
  paste(film, picture, 20, 20);
  EXPECT_EQ(content_box(picture.view()), (Rect{20, 60, 360, 200}));
}

TEST(ContentBox, LeavesPicturesWithoutBordersAlone) {
  Numbers numbers(6);
  EXPECT_EQ(content_box(busy_picture(300, 200, 3, numbers).view()), std::nullopt);
  EXPECT_EQ(content_box(busy_picture(300, 200, 1, numbers).view()), std::nullopt);
}

TEST(ContentBox, LeavesAPictureOfOneColourAlone) {
  const uint8_t grey[3] = {128, 128, 128};
  EXPECT_EQ(content_box(plain_picture(300, 200, 3, grey).view()), std::nullopt);
}

// A night sky that brightens towards the horizon, above a busy foreground.
TEST(ContentBox, LeavesASmoothDarkSkyAlone) {
  for (const double slope : {0.1, 0.2, 0.5, 1.0}) {
    Numbers numbers(7);
    Pixels picture = busy_picture(400, 300, 1, numbers);
    for (uint32_t y = 0; y < 180; ++y)
      for (uint32_t x = 0; x < 400; ++x)
        picture.samples[size_t{y} * 400 + x] =
            static_cast<uint8_t>(std::min(200.0, 12 + slope * y));
    EXPECT_EQ(content_box(picture.view()), std::nullopt) << slope;
  }
}

TEST(ContentBox, LeavesAnObjectBeforeAPlainBackgroundAlone) {
  Numbers numbers(8);
  const uint8_t white[3] = {255, 255, 255};
  Pixels picture = plain_picture(400, 400, 3, white);
  const Pixels texture = busy_picture(400, 400, 3, numbers);
  for (int y = 0; y < 400; ++y)
    for (int x = 0; x < 400; ++x)
      if (std::hypot(x - 200, y - 200) < 120)
        for (int c = 0; c < 3; ++c)
          picture.samples[static_cast<size_t>((y * 400 + x) * 3 + c)] =
              texture.samples[static_cast<size_t>((y * 400 + x) * 3 + c)] / 2;
  EXPECT_EQ(content_box(picture.view()), std::nullopt);
}

TEST(ContentBox, NeverTakesMoreThanItMay) {
  Numbers numbers(9);
  const uint8_t black[3] = {0, 0, 0};
  Pixels mostly_bar = plain_picture(200, 200, 3, black);
  paste(busy_picture(200, 80, 3, numbers), mostly_bar, 0, 120);  // 60 % above it
  EXPECT_EQ(content_box(mostly_bar.view()), std::nullopt);

  Pixels little_left = plain_picture(60, 30, 3, black);
  paste(busy_picture(60, 12, 3, numbers), little_left, 0, 9);
  EXPECT_EQ(content_box(little_left.view()), std::nullopt);
}

RC_GTEST_PROP(ContentBox, LiesWithinAnyPicture, ()) {
  const auto width = static_cast<uint32_t>(*rc::gen::inRange(1, 80));
  const auto height = static_cast<uint32_t>(*rc::gen::inRange(1, 80));
  const auto few = rc::gen::element<uint8_t>(0, 0, 0, 0, 0, 0, 255);
  const Pixels picture{*rc::gen::container<std::vector<uint8_t>>(size_t{width} * height, few),
                       width, height, 1};
  const auto box = content_box(picture.view());
  if (!box) return;
  RC_ASSERT(box->width >= 16u && box->height >= 16u);
  RC_ASSERT(box->x + box->width <= width && box->y + box->height <= height);
  RC_ASSERT(box->x * 100 <= width * 45 && box->y * 100 <= height * 45);
}

}  // namespace
}  // namespace weir
