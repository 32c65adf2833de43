// SPDX-License-Identifier: Apache-2.0
//
// Files that hold several pictures.
#include <gtest/gtest.h>

#include "weir/media/picture/animation.h"
#include "weir/media/picture/encoders_for_test.h"
#include "weir/media/picture/image.h"

namespace weir::media {
namespace {

FileBytes pages_of_tiff(uint32_t pages, uint32_t side) {
  Pixels tall{{}, side, side * pages, 3};
  for (uint32_t k = 0; k < pages; ++k)
    tall.samples.insert(tall.samples.end(), size_t{side} * side * 3, shade(k));
  return vips_file(tall, ".tif[page_height=" + std::to_string(side) + "]");
}

TEST(Pages, OfATiffAreAllLookedAt) {
  const auto image = decode_image(pages_of_tiff(5, 24), Limits{});
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->frame_count, 5u);
  ASSERT_EQ(image->frames.size(), 5u);
  for (uint32_t k = 0; k < 5; ++k) EXPECT_EQ(image->frames[k].pixels.samples[0], shade(k));
  EXPECT_NE(image->note.find("5 pages: all are looked at"), std::string::npos) << image->note;
}

TEST(Pages, BeyondTheLimitsAreNamed) {
  const auto many = decode_image(pages_of_tiff(kMostPages + 3, 8), Limits{});
  ASSERT_TRUE(many) << many.error().message;
  EXPECT_EQ(many->frames.size(), kMostPages);
  EXPECT_NE(many->note.find("67 pages: the first 64"), std::string::npos) << many->note;
  Limits small;
  small.pixels = 8 * 24 * 24;  // for all of them, since they are held together
  const auto few = decode_image(pages_of_tiff(20, 24), small);
  ASSERT_TRUE(few) << few.error().message;
  EXPECT_EQ(few->frames.size(), 8u);
  EXPECT_NE(few->note.find("20 pages: the first 8"), std::string::npos) << few->note;
}

TEST(Pages, OneThatIsDamagedEndsItselfAlone) {
  FileBytes file = pages_of_tiff(3, 24);
  file.resize(file.size() - 40);  // libvips writes the directory of a page behind its pixels
  const auto image = decode_image(file, Limits{});
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->frames[0].pixels.samples[0], shade(0));
  EXPECT_LE(image->frames.size(), 3u);
}

TEST(Pages, OfASinglePictureAreNotSpokenOf) {
  const auto image = decode_image(vips_file(test_picture(24, 24, 3), ".tif"), Limits{});
  ASSERT_TRUE(image);
  EXPECT_EQ(image->frame_count, 1u);
  EXPECT_EQ(image->note, "");
}

TEST(Pages, FramesOfAnimatedJpegXlHaveTheirTimes) {
  const auto image = decode_image(animation_file(".jxl", 9, 24, 70), Limits{});
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->frame_count, 9u);
  ASSERT_EQ(image->frames.size(), 4u);
  const auto selection = select_frames({9, {}}, 24 * 24, Limits{});
  for (size_t i = 0; i < 4; ++i) {
    const uint32_t number = selection.frames[i];
    EXPECT_EQ(image->frames[i].time, std::chrono::milliseconds(70 * number));
    EXPECT_EQ(image->frames[i].pixels.samples[0], shade(number));
  }
}

TEST(Pages, OfABurstInHeicAreAllLookedAt) {
  const std::vector<uint8_t> shades{shade(0), shade(1), shade(2)};
  const FileBytes file = heif_burst(shades, 64);
  const auto decoded = decode_image(file, Limits{});
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->frame_count, 3u);
  ASSERT_EQ(decoded->frames.size(), 3u);
  for (uint32_t k = 0; k < 3; ++k)
    EXPECT_NEAR(decoded->frames[k].pixels.samples[0], shade(k), 3) << k;
}

}  // namespace
}  // namespace weir::media
