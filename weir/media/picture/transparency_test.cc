// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/transparency.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "weir/media/picture/encoders_for_test.h"

namespace weir::media {
namespace {

constexpr uint32_t kWidth = 300, kHeight = 240;

bool in_oval(uint32_t x, uint32_t y) {
  const double u = (x + 0.5) / kWidth * 2 - 1, v = (y + 0.5) / kHeight * 2 - 1;
  return u * u + v * v < 0.95;
}
bool everywhere(uint32_t, uint32_t) {
  return true;
}

// R, G, B, alpha: `picture` where `shows`, and `beneath` elsewhere.
std::vector<uint8_t> rgba_of(const Pixels& picture, bool (*shows)(uint32_t, uint32_t),
                             const std::vector<uint8_t>& beneath, uint8_t least = 0,
                             uint8_t most = 255) {
  std::vector<uint8_t> rgba;
  for (uint32_t y = 0; y < picture.height; ++y)
    for (uint32_t x = 0; x < picture.width; ++x) {
      const size_t at = (size_t{y} * picture.width + x) * 3;
      for (size_t c = 0; c < 3; ++c)
        rgba.push_back(shows(x, y) ? picture.samples[at + c] : beneath[(at + c) % beneath.size()]);
      rgba.push_back(shows(x, y) ? most : least);
    }
  return rgba;
}

Frame frame_from(const std::vector<uint8_t>& rgba, uint32_t width = kWidth,
                 uint32_t height = kHeight) {
  const Row first{rgba.data(), width, Bands::kRgb, 4, 3, false};
  return frame_of(layers_of(first, height, size_t{width} * 4), kUpright, {}, true);
}

std::vector<uint8_t> noise(size_t count) {
  std::vector<uint8_t> samples;
  for (size_t i = 0; i < count; ++i)
    samples.push_back(static_cast<uint8_t>(i * i * 2'654'435'761u >> 8));
  return samples;
}

int level(const Frame& frame, uint32_t x, uint32_t y) {
  return frame.pixels.samples[(size_t{y} * frame.pixels.width + x) * frame.pixels.channels];
}

TEST(Transparency, WhatIsOpaqueStaysBitForBit) {
  const Pixels picture = test_picture(kWidth, kHeight, 3);
  for (const uint8_t alpha : {255, 254, 100, 1, 0}) {
    const Frame frame = frame_from(rgba_of(picture, everywhere, {0}, 0, alpha));
    EXPECT_EQ(frame.pixels.samples, picture.samples) << int{alpha};
    EXPECT_TRUE(frame.shown.samples.empty());
    EXPECT_TRUE(frame.beneath.samples.empty());
  }
}

TEST(Transparency, WhatLiesBeneathHasNoPartInWhatIsSeen) {
  const Pixels picture = test_picture(kWidth, kHeight, 3);
  const Frame black = frame_from(rgba_of(picture, in_oval, {0}));
  for (const auto& beneath : {std::vector<uint8_t>{255}, {9, 200, 40}, noise(999'983)}) {
    const Frame frame = frame_from(rgba_of(picture, in_oval, beneath, 20));
    EXPECT_EQ(frame.pixels.samples, black.pixels.samples);
    EXPECT_EQ(frame.shown.samples, black.shown.samples);
  }
  for (uint32_t y = 0; y < kHeight; ++y)
    for (uint32_t x = 0; x < kWidth; ++x) {
      const size_t at = size_t{y} * kWidth + x;
      ASSERT_EQ(black.shown.samples[at], in_oval(x, y) ? 255 : 0);
      if (!in_oval(x, y)) continue;
      ASSERT_EQ(black.pixels.samples[3 * at], picture.samples[3 * at]);
    }
}

// One colour is what a program writes there that has nothing to say.
TEST(Transparency, ColoursBeneathAreKeptWhereThereAreSome) {
  const Pixels picture = test_picture(kWidth, kHeight, 3);
  EXPECT_TRUE(frame_from(rgba_of(picture, in_oval, {9, 200, 40})).beneath.samples.empty());
  const std::vector<uint8_t> all = noise(picture.samples.size());
  const Frame frame = frame_from(rgba_of(picture, in_oval, all));
  ASSERT_EQ(frame.beneath.samples.size(), all.size());
  EXPECT_EQ(std::vector(frame.beneath.samples.begin(), frame.beneath.samples.begin() + 90),
            std::vector(all.begin(), all.begin() + 90));
}

TEST(Transparency, TheFillHasNoEdges) {
  const Frame frame = frame_from(rgba_of(test_picture(kWidth, kHeight, 3), in_oval, {0}));
  for (uint32_t y = 1; y < kHeight; ++y)
    for (uint32_t x = 1; x < kWidth; ++x) {
      if (in_oval(x, y) && in_oval(x - 1, y) && in_oval(x, y - 1)) continue;
      ASSERT_LE(std::abs(level(frame, x, y) - level(frame, x - 1, y)), 5) << x << ", " << y;
      ASSERT_LE(std::abs(level(frame, x, y) - level(frame, x, y - 1)), 5) << x << ", " << y;
    }
}

bool on_a_line(uint32_t x, uint32_t y) {
  return (x + y) % 60 < 4 || (x > 100 && x < 104);
}
bool in_a_disc(uint32_t x, uint32_t y) {
  return (x - 150.0) * (x - 150.0) + (y - 120.0) * (y - 120.0) < 6400;
}

TEST(Transparency, ADrawingStandsOutFromItsGround) {
  for (const auto shape : {on_a_line, in_a_disc})
    for (const uint8_t ink : {0, 60, 200, 255}) {
      Pixels drawing{std::vector<uint8_t>(size_t{kWidth} * kHeight * 3, ink), kWidth, kHeight, 3};
      const Frame frame = frame_from(rgba_of(drawing, shape, {128}));
      EXPECT_TRUE(frame.shown.samples.empty());
      EXPECT_EQ(level(frame, 150, 120), shape(150, 120) ? ink : (ink < 128 ? 255 : 0));
      EXPECT_EQ(level(frame, 5, 5), ink < 128 ? 255 : 0);
    }
}

TEST(Transparency, IsTheSameInEveryFormat) {
  const Pixels picture = test_picture(kWidth, kHeight, 3);
  const std::vector<uint8_t> rgba = rgba_of(picture, in_oval, {0});
  const Frame wanted = frame_from(rgba);
  const auto by_vips = [&](const char* suffix) {
    return vips_file(rgba, kWidth, kHeight, 4, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB, suffix);
  };
  const auto expect = [&](const char* format, const FileBytes& file, double least) {
    SCOPED_TRACE(format);
    const auto image = decode_image(file, Limits{});
    ASSERT_TRUE(image) << image.error().message;
    const Frame& frame = image->frames.at(0);
    EXPECT_GE(likeness(frame.pixels, wanted.pixels), least);
    ASSERT_EQ(frame.shown.samples.size(), wanted.shown.samples.size());
    EXPECT_GE(likeness(frame.shown, wanted.shown), least == 99 ? 99 : 20);
    EXPECT_EQ(shown_box(frame).width, shown_box(wanted).width);
  };
  expect("png", by_vips(".png"), 99);
  expect("tiff", by_vips(".tif"), 99);
  expect("webp", by_vips(".webp[lossless]"), 99);
  expect("lossy webp", by_vips(".webp[Q=80]"), 32);
  expect("gif", by_vips(".gif"), 22);
  expect("jxl", jxl_file(rgba, kWidth, kHeight, 4), 99);
  expect("avif", heif_file(rgba, kWidth, kHeight, true, heif_compression_AV1), 26);
}

TEST(Transparency, PeopleSeeGrey) {
  Frame frame = frame_from(rgba_of(test_picture(kWidth, kHeight, 3), in_oval, {0}));
  const Frame before = frame;
  lay_on_grey(frame);
  EXPECT_EQ(level(frame, 0, 0), 128);
  EXPECT_EQ(level(frame, 150, 120), level(before, 150, 120));
}

}  // namespace
}  // namespace weir::media
