// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/jpeg.h"

#include <gtest/gtest.h>

#include "weir/media/picture/encoders_for_test.h"

namespace weir::media {
namespace {

// The luma plane by libjpeg's shortest way, all defaults.
Pixels luma_by_libjpeg(const FileBytes& file) {
  jpeg_decompress_struct decompress;
  jpeg_error_mgr errors;
  decompress.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&decompress);
  jpeg_mem_src(&decompress, file.data(), file.size());
  jpeg_read_header(&decompress, TRUE);
  decompress.out_color_space = JCS_GRAYSCALE;
  jpeg_start_decompress(&decompress);
  Pixels luma{{}, decompress.output_width, decompress.output_height, 1};
  luma.samples.resize(size_t{luma.width} * luma.height);
  while (decompress.output_scanline < luma.height) {
    uint8_t* row = luma.samples.data() + size_t{decompress.output_scanline} * luma.width;
    jpeg_read_scanlines(&decompress, &row, 1);
  }
  jpeg_destroy_decompress(&decompress);
  return luma;
}

Pixels decoded(const FileBytes& file) {
  const auto image = decode_jpeg(file, Limits{});
  EXPECT_TRUE(image) << (image ? "" : image.error().message);
  return image ? image->frames.at(0).pixels : Pixels{};
}

TEST(DecodeJpeg, LumaEqualsLibjpegsForEveryCoding) {
  for (const uint32_t width : {1u, 8u, 17u, 250u})
    for (const uint32_t height : {1u, 16u, 31u, 120u})
      for (const bool is_progressive : {false, true})
        for (const bool is_arithmetic : {false, true}) {
          const FileBytes file =
              jpeg_file(test_picture(width, height, 3), {.is_progressive = is_progressive,
                                                         .is_arithmetic = is_arithmetic,
                                                         .restart_rows = 1});
          const Pixels luma = decoded(file);
          EXPECT_EQ(luma.channels, 1u);
          EXPECT_EQ(luma.samples, luma_by_libjpeg(file).samples) << width << "x" << height;
        }
}

TEST(DecodeJpeg, GreyPictureIsItsLuma) {
  const Pixels grey = test_picture(60, 44, 1);
  EXPECT_GE(likeness(decoded(jpeg_file(grey)), grey), 40);
}

TEST(DecodeJpeg, RgbCodedPictureStaysRgb) {
  const Pixels rgb = test_picture(60, 44, 3);
  EXPECT_GE(likeness(decoded(jpeg_file(rgb, {.stored = JCS_RGB})), rgb), 38);
}

TEST(DecodeJpeg, AdobesInvertedInksBecomeRgb) {
  std::vector<uint8_t>
      inverted;  // 255 - ink, as Adobe's programs and libjpeg's CMYK and YCCK have it
  Pixels wanted{{}, 64, 48, 3};
  const Pixels source = test_picture(64, 48, 3);
  for (size_t i = 0; i < source.samples.size(); i += 3) {
    for (size_t c = 0; c < 3; ++c) {
      inverted.push_back(source.samples[i + c]);
      wanted.samples.push_back(static_cast<uint8_t>(source.samples[i + c] * 200 / 255));
    }
    inverted.push_back(200);
  }
  for (const J_COLOR_SPACE stored : {JCS_CMYK, JCS_YCCK}) {
    const FileBytes file =
        jpeg_file(inverted, 64, 48, {.in = JCS_CMYK, .stored = stored, .channels = 4});
    EXPECT_GE(likeness(decoded(file), wanted), 36) << stored;
  }
  // Without Adobe's marker inks are taken to be stored so, too.
  const FileBytes unmarked =
      jpeg_file(inverted, 64, 48,
                {.in = JCS_CMYK, .stored = JCS_CMYK, .channels = 4, .has_adobe_marker = false});
  EXPECT_GE(likeness(decoded(unmarked), wanted), 36);
}

TEST(DecodeJpeg, TruncatedPictureIsUsedWhenHalfOfItsRowsWereRead) {
  const FileBytes file = jpeg_file(test_picture(400, 320, 3));
  const Pixels whole = decoded(file);
  int used = 0, refused = 0;
  for (int tenth = 1; tenth < 10; ++tenth) {
    const FileBytes part(file.begin(),
                         file.begin() + static_cast<ptrdiff_t>(file.size() * tenth / 10));
    const auto image = decode_jpeg(part, Limits{});
    if (!image) {
      EXPECT_EQ(image.error().code, ErrorCode::kCorrupt);
      EXPECT_EQ(used, 0) << "a longer part was refused";
      ++refused;
      continue;
    }
    EXPECT_TRUE(image->note.starts_with("truncated: the last ")) << image->note;
    const auto same = static_cast<ptrdiff_t>(whole.samples.size() / 2);
    EXPECT_TRUE(std::equal(whole.samples.begin(), whole.samples.begin() + same,
                           image->frames[0].pixels.samples.begin()));
    ++used;
  }
  EXPECT_GE(used, 3);
  EXPECT_GE(refused, 3);
}

TEST(DecodeJpeg, ProgressivePictureWithoutItsLastScansIsCoarse) {
  const FileBytes file = jpeg_file(test_picture(400, 320, 3), {.is_progressive = true});
  const FileBytes part(file.begin(), file.end() - static_cast<ptrdiff_t>(file.size() / 10));
  const auto image = decode_jpeg(part, Limits{});
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_TRUE(image->note.starts_with("truncated: the last scans")) << image->note;
  EXPECT_GE(likeness(image->frames[0].pixels, decoded(file)), 35);
}

TEST(DecodeJpeg, MissingEndMarkerAndTrailingBytesAreNoLoss) {
  FileBytes file = jpeg_file(test_picture(100, 80, 3));
  const Pixels whole = decoded(file);
  file.resize(file.size() - 2);
  const auto endless = decode_jpeg(file, Limits{});
  ASSERT_TRUE(endless) << endless.error().message;
  EXPECT_EQ(endless->note, "");
  EXPECT_EQ(endless->frames[0].pixels.samples, whole.samples);
  file.insert(file.end(), {0xFF, 0xD9, 'm', 'o', 'r', 'e'});
  const auto trailed = decode_jpeg(file, Limits{});
  ASSERT_TRUE(trailed);
  EXPECT_EQ(trailed->note, "");
}

TEST(DecodeJpeg, ThousandsOfScansAreALimit) {
  // Repeats the last scan of a progressive file: each walks the whole picture once more.
  FileBytes file = jpeg_file(test_picture(64, 64, 3), {.is_progressive = true});
  size_t last_scan = 0;
  for (size_t i = 0; i + 1 < file.size(); ++i)
    if (file[i] == 0xFF && file[i + 1] == 0xDA) last_scan = i;
  const FileBytes scan(file.begin() + static_cast<ptrdiff_t>(last_scan), file.end() - 2);
  for (int i = 0; i < 3000; ++i) file.insert(file.end() - 2, scan.begin(), scan.end());
  const auto image = decode_jpeg(file, Limits{});
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, ErrorCode::kLimit);
  EXPECT_NE(image.error().message.find("scans"), std::string::npos);
}

TEST(DecodeJpeg, SmallMemoryIsALimit) {
  Limits limits;
  limits.memory_bytes = 1'000'000;
  for (const bool is_progressive : {false, true}) {
    const auto image = decode_jpeg(
        jpeg_file(test_picture(600, 600, 3), {.is_progressive = is_progressive}), limits);
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().code, ErrorCode::kLimit);
  }
}

TEST(DecodeJpegReduced, KeepsAtLeastTheSideAskedFor) {
  const FileBytes file = jpeg_file(test_picture(640, 480, 3));
  for (const uint32_t side : {1u, 80u, 81u, 160u, 200u, 640u, 5000u}) {
    const auto small = decode_jpeg_reduced(file, Limits{}, side);
    ASSERT_TRUE(small);
    EXPECT_EQ(small->channels, 3u);
    EXPECT_GE(small->width, std::min(side, 640u));
    EXPECT_LT(small->width, std::max(161u, 2 * side));
  }
}

}  // namespace
}  // namespace weir::media
