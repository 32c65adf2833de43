// SPDX-License-Identifier: Apache-2.0
//
// Files that lie, break off, or ask for more than they bring.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "weir/media/picture/encoders_for_test.h"
#include "weir/media/picture/image.h"

namespace weir::media {
namespace {

constexpr Limits kSmall{.pixels = 1'000'000, .memory_bytes = 256ull << 20};

ErrorCode code_of(const Result<DecodedImage>& image) {
  return image ? ErrorCode::kUnavailable : image.error().code;
}

// The checksum of PNG chunks (PNG, annex D), over type and content.
uint32_t png_checksum(const uint8_t* bytes, size_t size) {
  uint32_t sum = 0xFFFFFFFF;
  for (size_t i = 0; i < size; ++i) {
    sum ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320 : 0);
  }
  return ~sum;
}

void append_be(FileBytes& to, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<uint8_t>(value >> shift));
}

FileBytes png_chunk(const std::string& type, const FileBytes& content) {
  FileBytes chunk;
  append_be(chunk, static_cast<uint32_t>(content.size()));
  chunk.insert(chunk.end(), type.begin(), type.end());
  chunk.insert(chunk.end(), content.begin(), content.end());
  append_be(chunk, png_checksum(chunk.data() + 4, chunk.size() - 4));
  return chunk;
}

// The compressed stream of a PNG file: the contents of its IDAT chunks.
FileBytes stream_of(const FileBytes& png) {
  FileBytes stream;
  for (size_t at = 8; at + 12 <= png.size();) {
    const size_t length =
        size_t{png[at]} << 24 | png[at + 1] << 16 | png[at + 2] << 8 | png[at + 3];
    const auto content = png.begin() + static_cast<ptrdiff_t>(at + 8);
    if (std::string(png.begin() + static_cast<ptrdiff_t>(at + 4), content) == "IDAT")
      stream.insert(stream.end(), content, content + static_cast<ptrdiff_t>(length));
    at += length + 12;
  }
  return stream;
}

// Neither crashes nor gives anything but a picture that keeps its promises, or an expected error.
void expect_sane(const FileBytes& bytes, const Limits& limits) {
  const auto image = decode_image(bytes, limits);
  if (!image) {
    EXPECT_TRUE(image.error().code == ErrorCode::kCorrupt ||
                image.error().code == ErrorCode::kInvalid ||
                image.error().code == ErrorCode::kLimit)
        << image.error().message;
    EXPECT_FALSE(image.error().message.empty());
    return;
  }
  EXPECT_LE(uint64_t{image->width} * image->height, limits.pixels);
  ASSERT_FALSE(image->frames.empty());
  EXPECT_LE(image->frames.size(), limits.frames);
  for (const Frame& frame : image->frames) {
    const Pixels& pixels = frame.pixels;
    EXPECT_EQ(pixels.samples.size(), size_t{pixels.width} * pixels.height * pixels.channels);
  }
}

TEST(Hostile, EveryTenthOfAFileIsCorruptOrNoted) {
  for (const auto& [format, bytes, least] : one_of_each(200, 160))
    for (size_t tenth = 0; tenth < 10; ++tenth) {
      SCOPED_TRACE(testing::Message() << format << " cut at " << tenth << "/10");
      const FileBytes part(bytes.begin(),
                           bytes.begin() + static_cast<ptrdiff_t>(bytes.size() * tenth / 10));
      expect_sane(part, kSmall);
      const auto image = decode_image(part, kSmall);
      if (image) {
        EXPECT_TRUE(image->note.starts_with("truncated: ")) << image->note;
      } else {
        EXPECT_EQ(image.error().code, tenth == 0 ? ErrorCode::kInvalid : ErrorCode::kCorrupt);
      }
    }
}

TEST(Hostile, FlippedBitsAreDamageOrAPicture) {
  std::mt19937 random(11);
  for (const auto& [format, bytes, least] : one_of_each(64, 48)) {
    SCOPED_TRACE(format);
    for (int i = 0; i < 150; ++i) {
      FileBytes flipped = bytes;
      for (int bits = 1 + i % 4; bits-- > 0;)
        flipped[random() % flipped.size()] ^= static_cast<uint8_t>(1 << random() % 8);
      expect_sane(flipped, kSmall);
    }
  }
}

TEST(Hostile, RandomBytesAfterAHeaderAreNoPicture) {
  std::mt19937 random(12);
  for (const auto& [format, bytes, least] : one_of_each(64, 48)) {
    SCOPED_TRACE(format);
    for (int i = 0; i < 40; ++i) {
      FileBytes noise(bytes.begin(),
                      bytes.begin() + static_cast<ptrdiff_t>(random() % bytes.size()));
      for (int extra = 0; extra < 600; ++extra) noise.push_back(static_cast<uint8_t>(random()));
      expect_sane(noise, kSmall);
    }
  }
}

// Headers that claim 100,000 x 100,000: refused from the header, whatever follows.
TEST(Hostile, HugeHeaderIsALimitAtOnce) {
  const auto put_be = [](FileBytes& file, size_t at, uint32_t value, int size) {
    for (int i = 0; i < size; ++i)
      file[at + i] = static_cast<uint8_t>(value >> (8 * (size - 1 - i)));
  };
  const Pixels rgb = test_picture(16, 16, 3);
  std::vector<NamedFile> files;
  FileBytes png = vips_file(rgb, ".png");
  put_be(png, 16, 100'000, 4);
  put_be(png, 20, 100'000, 4);
  put_be(png, 29, png_checksum(png.data() + 12, 17), 4);
  FileBytes jpeg = jpeg_file(rgb);
  for (size_t i = 0; i + 9 < jpeg.size(); ++i)
    if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xC0) put_be(jpeg, i + 5, 0xFFDCFFDC, 4);
  FileBytes gif = vips_file(rgb, ".gif");
  put_be(gif, 6, 0xFFFFFFFF, 4);
  for (size_t i = 0; i + 9 < gif.size(); ++i)  // libvips trusts the frames rather than the canvas
    if (gif[i] == 0x2C && gif[i + 5] == 16 && gif[i + 7] == 16) put_be(gif, i + 5, 0xFFFFFFFF, 4);
  // Lossless WebP of 16383 x 16383, its largest: 14 bits each of width - 1 and height - 1.
  FileBytes webp{'R', 'I', 'F', 'F', 40, 0, 0, 0,    'W',  'E',  'B',  'P', 'V',
                 'P', '8', 'L', 28,  0,  0, 0, 0x2F, 0xFE, 0xBF, 0xFF, 0x0F};
  webp.resize(48);
  FileBytes tiff = vips_file(rgb, ".tif");
  for (size_t i = 0; i + 12 < tiff.size(); ++i)  // ImageWidth and ImageLength, SHORT or LONG
    if ((tiff[i] == 0 || tiff[i] == 1) && tiff[i + 1] == 1 && tiff[i + 3] == 0 && tiff[i + 4] == 1)
      tiff[i + 2] = 4, put_be(tiff, i + 8, 0xA0860100, 4);
  FileBytes bmp = bmp_file(rgb);
  put_be(bmp, 18, 0xA0860100, 4);
  put_be(bmp, 22, 0xA0860100, 4);
  files = {{"png", png, 0}, {"jpeg", jpeg, 0}, {"gif", gif, 0},
           {"bmp", bmp, 0}, {"webp", webp, 0}, {"tiff", tiff, 0}};
  for (const auto& [format, bytes, least] : files) {
    const auto before = std::chrono::steady_clock::now();
    const auto image = decode_image(bytes, Limits{});
    EXPECT_EQ(code_of(image), ErrorCode::kLimit) << format;
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(200)) << format;
  }
}

TEST(Hostile, PixelAndSideLimitsHoldToThePixel) {
  for (const auto& [format, bytes, least] : one_of_each(40, 28)) {
    SCOPED_TRACE(format);
    EXPECT_TRUE(decode_image(bytes, Limits{.pixels = 40 * 28, .dimension = 40}));
    EXPECT_EQ(code_of(decode_image(bytes, Limits{.pixels = 40 * 28 - 1})), ErrorCode::kLimit);
    EXPECT_EQ(code_of(decode_image(bytes, Limits{.dimension = 39})), ErrorCode::kLimit);
    EXPECT_EQ(code_of(decode_image(bytes, Limits{.memory_bytes = 2000})), ErrorCode::kLimit);
    EXPECT_EQ(code_of(decode_image(bytes, Limits{.file_bytes = 20})), ErrorCode::kLimit);
  }
}

// A few kilobytes that unfold to as many pixels as are allowed, and a row more.
TEST(Hostile, PngBombIsDecodedWithinTheLimitAndRefusedAboveIt) {
  const Limits limits{.pixels = 16'000'000};
  const Pixels flat{std::vector<uint8_t>(4001u * 4000), 4000, 4000, 1};
  const FileBytes under = vips_file(flat, ".png[compression=9]");
  EXPECT_LT(under.size(), 60'000u);
  const auto image = decode_image(under, limits);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->width, 4000u);
  const Pixels over{flat.samples, 4000, 4001, 1};
  EXPECT_EQ(code_of(decode_image(vips_file(over, ".png[compression=9]"), limits)),
            ErrorCode::kLimit);
}

// Compressed text and profiles of 64 MB each in front of a small picture.
TEST(Hostile, PngWithBlownUpTextIsReadOrRefusedQuickly) {
  const Pixels zeros{std::vector<uint8_t>(64'000'000), 8000, 8000, 1};
  const FileBytes packed = stream_of(vips_file(zeros, ".png[compression=9]"));
  for (const std::string type : {"zTXt", "iCCP"}) {
    FileBytes content{'n', 'a', 'm', 'e', 0, 0};
    content.insert(content.end(), packed.begin(), packed.end());
    const FileBytes chunk = png_chunk(type, content);
    FileBytes png = vips_file(test_picture(16, 16, 3), ".png");
    for (int i = 0; i < 30; ++i) png.insert(png.begin() + 33, chunk.begin(), chunk.end());
    const auto before = std::chrono::steady_clock::now();
    expect_sane(png, Limits{});
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5)) << type;
  }
}

TEST(Hostile, GifOfTenThousandFramesIsSampledFromItsFirstThousands) {
  const auto image = decode_image(animation_file(".gif", 10'000, 8, 20), Limits{});
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_GT(image->frame_count, 4096u);
  ASSERT_EQ(image->frames.size(), 4u);
  EXPECT_EQ(image->frames[3].time, std::chrono::milliseconds(20 * 3072));
  EXPECT_TRUE(image->note.starts_with("long animation: ")) << image->note;
}

// Small frames on a large canvas: drawing all of them is work that the file did not pay for.
TEST(Hostile, AnimationOfALargeCanvasIsLookedAtInPart) {
  for (const char* suffix : {".gif", ".webp[lossless]"}) {
    const auto image =
        decode_image(animation_file(suffix, 200, 64, 20), Limits{.pixels = 64 * 64 * 10});
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_EQ(image->frame_count, 200u);
    EXPECT_EQ(image->frames.size(), 4u);
    EXPECT_LT(image->frames[3].time, std::chrono::milliseconds(20 * 160));
    EXPECT_TRUE(image->note.starts_with("long animation: ")) << image->note;
  }
}

TEST(Hostile, TruncatedGifGivesItsWholeFrames) {
  FileBytes gif = animation_file(".gif", 10, 32, 20);
  gif.resize(gif.size() * 3 / 4);
  const auto image = decode_image(gif, Limits{});
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_GE(image->frame_count, 6u);
  EXPECT_LT(image->frame_count, 10u);
  EXPECT_NEAR(image->frames[1].pixels.samples[0], shade(image->frames[1].time.count() / 20'000), 3);
}

}  // namespace
}  // namespace weir::media
