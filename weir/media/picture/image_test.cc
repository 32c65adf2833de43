// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/image.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "weir/media/picture/encoders_for_test.h"
#include "weir/media/picture/jpeg.h"
#include "weir/media/picture/orient.h"

// x265, which only these tests use, to make HEIC files, keeps some memory to itself.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libx265";
}

namespace weir::media {
namespace {

class MediaIsUp : public testing::Environment {
  void SetUp() override { ASSERT_TRUE(init_media("weir_media_test")); }
};
const auto* const media_is_up = testing::AddGlobalTestEnvironment(new MediaIsUp);

// The only frame, or a failed test.
Pixels decoded(const FileBytes& bytes) {
  const auto image = decode_image(bytes, Limits{});
  EXPECT_TRUE(image) << (image ? "" : image.error().message);
  return image ? image->frames.at(0).pixels : Pixels{};
}

Pixels flat(const std::vector<uint8_t>& rgb, uint32_t width, uint32_t height) {
  Pixels picture{{}, width, height, static_cast<uint32_t>(rgb.size())};
  for (uint32_t i = 0; i < width * height; ++i)
    picture.samples.insert(picture.samples.end(), rgb.begin(), rgb.end());
  return picture;
}

TEST(DecodeImage, ReadsEveryFormatAsItWasWritten) {
  const Pixels rgb = test_picture(40, 28, 3);
  for (const auto& [format, bytes, least] : one_of_each()) {
    SCOPED_TRACE(format);
    const auto image = decode_image(bytes, Limits{});
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_EQ(image->format, format);
    EXPECT_EQ(image->width, 40u);
    EXPECT_EQ(image->height, 28u);
    EXPECT_EQ(image->frame_count, 1u);
    EXPECT_EQ(image->note, "");
    ASSERT_EQ(image->frames.size(), 1u);
    const Pixels& pixels = image->frames[0].pixels;
    EXPECT_GE(likeness(pixels, pixels.channels == 1 ? luma_of(rgb) : rgb), least);
  }
}

TEST(DecodeImage, LosslessFormatsAreExactAtOddSizes) {
  for (const uint32_t width : {1u, 2u, 7u, 33u, 131u})
    for (const uint32_t height : {1u, 3u, 16u, 17u, 65u}) {
      SCOPED_TRACE(testing::Message() << width << " x " << height);
      const Pixels rgb = test_picture(width, height, 3);
      const Pixels grey = test_picture(width, height, 1);
      EXPECT_EQ(decoded(vips_file(rgb, ".png")).samples, rgb.samples);
      EXPECT_EQ(decoded(vips_file(rgb, ".png[interlace]")).samples, rgb.samples);
      EXPECT_EQ(decoded(vips_file(grey, ".png")).samples, grey.samples);
      EXPECT_EQ(decoded(vips_file(rgb, ".tif")).samples, rgb.samples);
      EXPECT_EQ(decoded(vips_file(rgb, ".tif[tile,tile-width=16,tile-height=16]")).samples,
                rgb.samples);
      EXPECT_EQ(decoded(webp_file(rgb)).samples, rgb.samples);
      EXPECT_EQ(decoded(bmp_file(rgb)).samples, rgb.samples);
      EXPECT_EQ(decoded(pnm_file(rgb)).samples, rgb.samples);
      EXPECT_EQ(decoded(jxl_file(rgb.samples, width, height, 3)).samples, rgb.samples);
      EXPECT_EQ(decoded(jxl_file(grey.samples, width, height, 1)).samples, grey.samples);
    }
}

TEST(DecodeImage, PaletteBmpIsExact) {
  const Pixels grey = test_picture(13, 9, 1);
  Pixels rgb{{}, 13, 9, 3};
  for (const uint8_t sample : grey.samples) rgb.samples.insert(rgb.samples.end(), 3, sample);
  EXPECT_EQ(decoded(bmp_file(grey)).samples, rgb.samples);
  EXPECT_EQ(decoded(pnm_file(grey)).samples, rgb.samples);
}

TEST(DecodeImage, OneBitPictureIsBlackAndWhite) {
  Pixels bits{{}, 19, 5, 1};
  for (int i = 0; i < 19 * 5; ++i) bits.samples.push_back(i % 3 == 0 ? 255 : 0);
  EXPECT_EQ(decoded(vips_file(bits, ".png[bitdepth=1]")).samples, bits.samples);
  EXPECT_EQ(decoded(vips_file(bits, ".tif[bitdepth=1]")).samples, bits.samples);
  EXPECT_EQ(decoded(vips_file(bits, ".tif[bitdepth=1,miniswhite]")).samples, bits.samples);
}

TEST(DecodeImage, SixteenBitsKeepTheirHighByte) {
  std::vector<uint16_t> deep;
  std::vector<uint8_t> high;
  for (uint32_t i = 0; i < 30 * 20 * 3; ++i) {
    deep.push_back(static_cast<uint16_t>(i * 2654435761u >> 16));
    high.push_back(static_cast<uint8_t>(deep.back() >> 8));
  }
  for (const char* suffix : {".png", ".tif"})
    EXPECT_EQ(
        decoded(vips_file(deep, 30, 20, 3, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_RGB16, suffix))
            .samples,
        high)
        << suffix;
  for (const char* suffix : {".png", ".tif"})
    EXPECT_EQ(
        decoded(vips_file(deep, 90, 20, 1, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_GREY16, suffix))
            .samples,
        high)
        << suffix;
}

// What is seen of it is transparency_test.cc's; here, that every library's alpha is taken for it.
TEST(DecodeImage, AlphaSaysWhatShows) {
  std::vector<uint8_t> rgba, grey_alpha, shown;
  for (int i = 0; i < 32 * 32; ++i) {
    const int alpha = i % 32 * 8;
    for (const int colour : {250, i % 200, i % 200}) rgba.push_back(static_cast<uint8_t>(colour));
    rgba.push_back(static_cast<uint8_t>(alpha));
    grey_alpha.push_back(static_cast<uint8_t>(i % 200));
    grey_alpha.push_back(static_cast<uint8_t>(alpha));
    shown.push_back(alpha >= 128 ? 255 : 0);
  }
  const auto shown_by = [](const FileBytes& file) {
    const auto image = decode_image(file, Limits{});
    EXPECT_TRUE(image) << (image ? "" : image.error().message);
    return image ? image->frames.at(0).shown.samples : std::vector<uint8_t>{};
  };
  const auto by_vips = [&](const char* suffix) {
    return vips_file(rgba, 32, 32, 4, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB, suffix);
  };
  for (const char* suffix : {".png", ".tif", ".webp[lossless]"})
    EXPECT_EQ(shown_by(by_vips(suffix)), shown) << suffix;
  EXPECT_EQ(shown_by(jxl_file(rgba, 32, 32, 4)), shown);
  EXPECT_EQ(shown_by(jxl_file(grey_alpha, 32, 32, 2)), shown);
  EXPECT_EQ(shown_by(vips_file(grey_alpha, 32, 32, 2, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W,
                               ".png")),
            shown);
}

TEST(DecodeImage, SixteenBitAlphaKeepsTheColours) {
  const std::vector<uint16_t> rgba{65535, 0, 256 * 100, 256 * 251, 65535, 0, 256 * 100, 65535};
  const Pixels pixels =
      decoded(vips_file(rgba, 2, 1, 4, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_RGB16, ".png"));
  EXPECT_EQ(pixels.samples, (std::vector<uint8_t>{255, 0, 100, 255, 0, 100}));
}

TEST(DecodeImage, CmykBecomesRgbWithoutAProfile) {
  const std::vector<uint8_t> inks = flat({255, 0, 51, 102}, 24, 24).samples;
  const std::vector<uint8_t> red_paper{0, 153, 122};  // (255 - ink) * (255 - 102) / 255
  EXPECT_EQ(decoded(vips_file(inks, 24, 24, 4, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_CMYK, ".tif"))
                .samples,
            flat(red_paper, 24, 24).samples);
}

TEST(DecodeImage, LabAndFloatTiffBecomeSrgb) {
  std::vector<float> lab, floats;
  for (int i = 0; i < 16 * 16; ++i) lab.insert(lab.end(), {50, 0, 0});
  for (int i = 0; i < 16 * 16 * 3; ++i) floats.push_back(0.2140f);
  const Pixels grey =
      decoded(vips_file(lab, 16, 16, 3, VIPS_FORMAT_FLOAT, VIPS_INTERPRETATION_LAB, ".tif"));
  ASSERT_EQ(grey.samples.size(), 16u * 16 * 3);
  for (const uint8_t sample : grey.samples) EXPECT_NEAR(sample, 119, 2);  // L* 50 in sRGB
  const Pixels rgb =
      decoded(vips_file(floats, 16, 16, 3, VIPS_FORMAT_FLOAT, VIPS_INTERPRETATION_sRGB, ".tif"));
  for (const uint8_t sample : rgb.samples) EXPECT_NEAR(sample, 128, 1);  // linear light, 0 to 1
}

TEST(DecodeImage, EveryOrientationIsTurnedUpright) {
  const Pixels rgb = test_picture(48, 32, 3);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    SCOPED_TRACE(orientation);
    const Pixels wanted = upright(rgb, orientation);
    const Pixels luma = luma_of(wanted);
    EXPECT_GE(likeness(decoded(jpeg_file(rgb, {.orientation = orientation})), luma), 38);
    const auto tag = with_orientation(orientation);
    EXPECT_EQ(decoded(png_with_exif(vips_file(rgb, ".png"), orientation)).samples, wanted.samples);
    EXPECT_EQ(decoded(vips_file(rgb, ".tif", tag)).samples, wanted.samples);
    EXPECT_EQ(decoded(vips_file(rgb, ".webp[lossless]", tag)).samples, wanted.samples);
    EXPECT_EQ(decoded(jxl_file(rgb.samples, 48, 32, 3, {.orientation = orientation})).samples,
              wanted.samples);
    const auto image = decode_image(vips_file(rgb, ".tif", tag), Limits{});
    ASSERT_TRUE(image);
    EXPECT_EQ(image->width, wanted.width);
    EXPECT_EQ(image->height, wanted.height);
  }
}

TEST(DecodeImage, AnimationsGiveTheFirstFrameAndEvenlySpacedOnes) {
  for (const char* suffix : {".gif", ".webp[lossless]"})
    for (const uint32_t frames : {2u, 3u, 4u, 5u, 10u, 41u}) {
      SCOPED_TRACE(testing::Message() << suffix << " of " << frames);
      const auto image = decode_image(animation_file(suffix, frames, 24, 70), Limits{});
      ASSERT_TRUE(image) << image.error().message;
      EXPECT_EQ(image->frame_count, frames);
      EXPECT_EQ(image->height, 24u);
      ASSERT_EQ(image->frames.size(), std::min(frames, 4u));
      for (size_t i = 0; i < image->frames.size(); ++i) {
        const auto k = static_cast<uint32_t>(i * frames / image->frames.size());
        EXPECT_EQ(image->frames[i].time, std::chrono::milliseconds(70 * k));
        EXPECT_NEAR(image->frames[i].pixels.samples[100], shade(k), 4);
      }
    }
}

TEST(DecodeImage, EmptyAndUnknownBytesAreInvalid) {
  const auto empty = decode_image({}, Limits{});
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::kInvalid);
  const FileBytes text{'h', 'e', 'l', 'l', 'o', ' ', 'w', 'o', 'r', 'l', 'd', '!'};
  const auto unknown = decode_image(text, Limits{});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kInvalid);
  EXPECT_NE(unknown.error().message.find("HEIC"), std::string::npos);
}

TEST(PreviewJpeg, IsSmallUprightAndInColour) {
  for (const auto& [format, bytes, least] : one_of_each(300, 200)) {
    SCOPED_TRACE(format);
    const auto preview = preview_jpeg(bytes, Limits{}, 96);
    ASSERT_TRUE(preview) << preview.error().message;
    const auto image = decode_image(*preview, Limits{});
    ASSERT_TRUE(image);
    EXPECT_EQ(image->width, 96u);
    EXPECT_EQ(image->height, 64u);
    EXPECT_LT(preview->size(), 8000u);
  }
  const Pixels red = flat({200, 20, 30}, 64, 32);
  const auto preview = preview_jpeg(jpeg_file(red, {.orientation = 6}), Limits{}, 20);
  ASSERT_TRUE(preview);
  const auto shown = decode_jpeg_reduced(*preview, Limits{}, 20);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->width, 10u);
  EXPECT_EQ(shown->height, 20u);
  ASSERT_EQ(shown->channels, 3u);
  EXPECT_NEAR(shown->samples[0], 200, 4);
  EXPECT_NEAR(shown->samples[1], 20, 4);
}

// The published files and their sizes as stored; the EXIF-turned ones come out upright.
TEST(DecodeImage, PublishedFilesHaveTheirSizes) {
  const std::filesystem::path vectors = WEIR_SOURCE_DIR "/../shared/vectors";
  std::ifstream list(vectors / "expected/pdq_files_fullres.tsv");
  if (!list) GTEST_SKIP() << "no vectors beside the source";
  int files = 0;
  for (std::string line; std::getline(list, line);) {
    if (line.starts_with("#") || line.starts_with("path\t")) continue;
    std::istringstream fields(line);
    std::string path;
    uint32_t width = 0, height = 0;
    fields >> path >> width >> height;
    std::ifstream in(vectors / "media/images" / path, std::ios::binary);
    const std::vector<char> bytes((std::istreambuf_iterator<char>(in)), {});
    const auto image =
        decode_image({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, Limits{});
    ASSERT_TRUE(image) << path << ": " << image.error().message;
    const bool is_turned = path.find("exif-rotn-6") != std::string::npos ||
                           path.find("exif-rotn-8") != std::string::npos;
    EXPECT_EQ(image->width, is_turned ? height : width) << path;
    EXPECT_EQ(image->height, is_turned ? width : height) << path;
    EXPECT_EQ(image->note, "") << path;
    ++files;
  }
  EXPECT_EQ(files, 55);
}

}  // namespace
}  // namespace weir::media
