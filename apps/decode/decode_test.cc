// SPDX-License-Identifier: Apache-2.0
//
// The shipped weir-decode, in its sandbox, from files to hashes.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "apps/decode/decoder_for_test.h"
#include "weir/hash/digest.h"
#include "weir/hash/picture/pdq.h"
#include "weir/hash/picture/pictures_for_test.h"
#include "weir/match/pictures/made_pictures_for_test.h"
#include "weir/media/picture/encoders_for_test.h"
#include "weir/media/picture/image.h"
#include "weir/signal/turned.h"

namespace weir {
namespace {

constexpr SignalKind kSha256 = SignalKind::kSha256, kMd5 = SignalKind::kMd5;

using media::FileBytes;

// Made with the published tools at full resolution, without regard to EXIF and with alpha dropped;
// see the head of the file itself.
const std::string kVectors = WEIR_SOURCE_DIR "/../shared/vectors";

struct PublishedHash {
  std::string path;
  Hash256 hash;
  int quality = 0;
};

std::vector<PublishedHash> published_hashes() {
  std::vector<PublishedHash> rows;
  std::ifstream in(kVectors + "/expected/pdq_files_fullres.tsv");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#') || line.starts_with("path\t")) continue;
    std::istringstream fields(line);
    PublishedHash row;
    std::string width, height, channels, hex;
    std::getline(fields, row.path, '\t');
    fields >> width >> height >> channels >> hex >> row.quality;
    const auto hash = parse_hash256(hex);
    EXPECT_TRUE(hash) << line;
    if (hash) row.hash = *hash;
    rows.push_back(std::move(row));
  }
  return rows;
}

// Files that EXIF turns upright; the published value is of the pixels as stored.
bool is_turned(const std::string& path) {
  const std::string folder = "pdq/data/reg-test-input/exif-rotn/exif-rotn-";
  return path == folder + "3.jpg" || path == folder + "6.jpg" || path == folder + "8.jpg";
}

uint16_t bits_to_nearest(const PictureHash& picture, const Hash256& hash) {
  uint16_t nearest = 256;
  for (const Hash256& one : picture.dihedral) nearest = std::min(nearest, distance(one, hash).bits);
  return nearest;
}

// A JPEG may differ by 4 bits, since only its luma plane is decoded; other formats by 10.
void expect_agreement(const PublishedHash& row, const PictureHash& whole) {
  const int quality_off = std::abs(whole.quality - row.quality);
  const uint16_t bits = distance(whole.dihedral[0], row.hash).bits;
  const bool is_jpeg = row.path.ends_with(".jpg") || row.path.ends_with(".jpeg");
  if (is_turned(row.path)) {
    EXPECT_LE(bits_to_nearest(whole, row.hash), 4);
    return;
  }
  EXPECT_LE(bits, is_jpeg ? 4 : 10);
  EXPECT_LE(quality_off, 1);
}

TEST(Decode, AgreesWithPublishedHashes) {
  if (!std::filesystem::exists(kVectors)) GTEST_SKIP() << "no vectors beside the checkout";
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  int compared = 0;
  for (const PublishedHash& row : published_hashes()) {
    if (row.quality < 80) continue;
    SCOPED_TRACE(row.path);
    const auto item =
        decoder->decode_file(kVectors + "/media/images/" + row.path, wanting_pictures());
    ASSERT_TRUE(item) << item.error().message;
    const auto pictures = pictures_turned(item->signals);
    ASSERT_FALSE(pictures.empty());
    expect_agreement(row, pictures[0]);
    ++compared;
  }
  EXPECT_GT(compared, 40);
}

TEST(Decode, ReadsEveryFormatInTheSandbox) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  for (const auto& [format, bytes, least] : media::one_of_each()) {
    SCOPED_TRACE(format);
    const auto item =
        decoder->decode(file_of(bytes).get(), wanting({kSha256, kMd5, SignalKind::kPdq}, 32));
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->media, "image");
    EXPECT_EQ(item->format, format);
    EXPECT_EQ(item->bytes, bytes.size());
    EXPECT_EQ(item->width, 40u);
    EXPECT_EQ(item->height, 28u);
    EXPECT_EQ(bytes_in(*item, kSha256), digest_of(kSha256, bytes));
    EXPECT_EQ(bytes_in(*item, kMd5), digest_of(kMd5, bytes));
    EXPECT_NE(find_signal(item->signals, SignalKind::kPdq), nullptr);
    EXPECT_FALSE(item->preview_jpeg.empty());
  }
}

// What the process boundary carries is what the library computes.
TEST(Decode, GivesWhatTheLibraryComputes) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const Pixels picture = media::test_picture(300, 200, 1);
  const auto item =
      decoder->decode(file_of(media::vips_file(picture, ".png")).get(), wanting_pictures());
  ASSERT_TRUE(item) << item.error().message;
  const PdqDihedral expected = pdq_dihedral(picture.view());
  const PictureHash found = pictures_turned(item->signals).at(0);
  EXPECT_EQ(found.dihedral, expected.dihedral);
  EXPECT_EQ(found.quality, expected.quality);
  EXPECT_EQ(found.region, (Rect{0, 0, 300, 200}));
}

TEST(Decode, GivesFeaturesAsTheyAreAsked) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const FileBytes bytes = media::jpeg_file(media::test_picture(640, 480, 3));
  DecodeWants wants = wanting({SignalKind::kFeatures});
  for (const FeatureOptions& options : {kItemFeatures, kEntryFeatures}) {
    wants.features = options;
    const auto item = decoder->decode(file_of(bytes).get(), wants);
    ASSERT_TRUE(item) << item.error().message;
    const auto features = features_of(item->signals);
    ASSERT_TRUE(features);
    const Pixels& plane = features->plane;
    EXPECT_EQ(plane.width, options.plane_side);
    EXPECT_EQ(plane.height, options.plane_side * 3 / 4);
    EXPECT_EQ(plane.samples.size(), size_t{plane.width} * plane.height);
    EXPECT_LE(features->features.size(), options.most);
  }
}

// Rounding decides many bits of such a hash, so it must be the rounding that others have.
TEST(Decode, HashesFaintJpegsFromTheirColours) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  Pixels faint = media::test_picture(256, 256, 3);
  for (uint8_t& sample : faint.samples) sample = static_cast<uint8_t>(100 + sample / 32);
  const FileBytes bytes = media::jpeg_file(faint);
  const auto luma = decode_image(bytes, Limits{});
  const auto colours = decode_image(bytes, Limits{}, JpegColours::kDecoded);
  ASSERT_TRUE(luma && colours);
  const PdqDihedral of_luma = pdq_dihedral(luma->frames[0].pixels.view());
  const PdqDihedral of_colours = pdq_dihedral(colours->frames[0].pixels.view());
  ASSERT_GT(of_luma.uncertain_bits, 16);
  ASSERT_NE(of_luma.dihedral, of_colours.dihedral);
  const auto item = decoder->decode(file_of(bytes).get(), wanting_pictures());
  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(pictures_turned(item->signals).at(0).dihedral, of_colours.dihedral);
}

TEST(Decode, ComputesOnlyWhatIsWanted) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const FileBytes bytes = media::jpeg_file(media::test_picture(64, 64, 3));
  const auto none = decoder->decode(file_of(bytes).get(), {});
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_EQ(none->bytes, bytes.size());
  EXPECT_TRUE(none->signals.empty());
  EXPECT_TRUE(none->preview_jpeg.empty());
  const auto md5 = decoder->decode(file_of(bytes).get(), wanting({kMd5}));
  ASSERT_TRUE(md5);
  ASSERT_EQ(md5->signals.size(), 1u);
  EXPECT_EQ(bytes_in(*md5, kMd5), digest_of(kMd5, bytes));
}

TEST(Decode, HashesTheContentBoxBesideTheWhole) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const Pixels inner = media::test_picture(320, 180, 1);
  Pixels boxed{std::vector<uint8_t>(320 * 240, 0), 320, 240, 1};
  std::copy(inner.samples.begin(), inner.samples.end(), boxed.samples.begin() + 320 * 30);
  const auto item =
      decoder->decode(file_of(media::vips_file(boxed, ".png")).get(), wanting_pictures());
  ASSERT_TRUE(item) << item.error().message;
  const auto pictures = pictures_turned(item->signals);
  ASSERT_EQ(pictures.size(), 2u);
  EXPECT_EQ(pictures[0].part, PicturePart::kWhole);
  EXPECT_EQ(pictures[1].part, PicturePart::kContentBox);
  EXPECT_EQ(pictures[1].region, (Rect{0, 30, 320, 180}));
  EXPECT_EQ(pictures[1].dihedral, pdq_dihedral(inner.view()).dihedral);
}

// Above and below it is more than a border, so it is no content box.
TEST(Decode, HashesFramedPartsWhenAsked) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const Pixels inner = media::test_picture(320, 180, 1);
  Pixels post{std::vector<uint8_t>(400 * 400, 250), 400, 400, 1};
  for (uint32_t y = 0; y < inner.height; ++y)
    std::copy_n(inner.samples.begin() + y * inner.width, inner.width,
                post.samples.begin() + (90 + y) * post.width + 40);
  for (uint32_t x = 0; x < 300; ++x) {
    if (x % 20 < 12) std::fill_n(post.samples.begin() + 30 * 400 + 60 + x, 1, uint8_t{20});
    for (uint32_t y = 330; y < 350; ++y)
      if (x % 20 < 12) post.samples[y * 400 + 60 + x] = 20;
  }
  const auto file = media::vips_file(post, ".png");
  DecodeWants wants = wanting_pictures();
  const auto plain = decoder->decode(file_of(file).get(), wants);
  ASSERT_TRUE(plain) << plain.error().message;
  for (const PictureHash& picture : pictures_turned(plain->signals))
    EXPECT_NE(picture.part, PicturePart::kFramed);
  wants.framed = true;
  const auto item = decoder->decode(file_of(file).get(), wants);
  ASSERT_TRUE(item) << item.error().message;
  const auto pictures = pictures_turned(item->signals);
  const auto framed =
      std::find_if(pictures.begin(), pictures.end(), [](const PictureHash& picture) {
        return picture.part == PicturePart::kFramed && picture.region == Rect{40, 90, 320, 180};
      });
  ASSERT_NE(framed, pictures.end());
  EXPECT_LE(distance(framed->dihedral[0], pdq(inner.view()).hash), kPdqMatchRadius);
}

enum class Ground { kStored, kTransparent };

// An oval of a picture, and beside it `ground` of one level: opaque or not.
FileBytes oval_of(const Pixels& picture, uint8_t ground, Ground kind, const Pixels* beneath = {}) {
  std::vector<uint8_t> rgba;
  for (uint32_t y = 0; y < picture.height; ++y)
    for (uint32_t x = 0; x < picture.width; ++x) {
      const double u = (x + 0.5) / picture.width * 2 - 1, v = (y + 0.5) / picture.height * 2 - 1;
      const bool inside = u * u + v * v < 0.98;
      const size_t at = (size_t{y} * picture.width + x) * 3;
      for (size_t c = 0; c < 3; ++c)
        rgba.push_back(inside    ? picture.samples[at + c]
                       : beneath ? beneath->samples[at + c]
                                 : ground);
      rgba.push_back(inside || kind == Ground::kStored ? 255 : 0);
    }
  return media::vips_file(rgba, picture.width, picture.height, 4, VIPS_FORMAT_UCHAR,
                          VIPS_INTERPRETATION_sRGB, ".png");
}

// On grey, black and white, the outline is in the hash; what is filled is nearer to the picture.
TEST(Decode, AnOvalIsNearestToItsPictureWhenItIsTransparent) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  int filled_sum = 0, reached = 0;
  std::map<uint8_t, int> sums;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const Pixels grey = made::scene(seed, 320, 240);
    Pixels picture{{}, grey.width, grey.height, 3};
    for (const uint8_t sample : grey.samples)
      picture.samples.insert(picture.samples.end(), 3, sample);
    const Hash256 known = pdq(picture.view()).hash;
    const auto bits_of = [&](const FileBytes& file) -> int {
      const auto item = decoder->decode(file_of(file).get(), wanting_pictures());
      EXPECT_TRUE(item) << (item ? "" : item.error().message);
      return item ? distance(pictures_turned(item->signals).at(0).dihedral[0], known).bits : 256;
    };
    const int filled = bits_of(oval_of(picture, 0, Ground::kTransparent));
    filled_sum += filled;
    reached += filled <= kPdqMatchRadius.bits;
    for (const uint8_t ground : {0, 128, 255})
      sums[ground] += bits_of(oval_of(picture, ground, Ground::kStored));
  }
  for (const auto& [ground, sum] : sums) EXPECT_LT(filled_sum, sum * 3 / 4) << int{ground};
  EXPECT_GE(reached, 4);
}

// As others do who drop alpha; what is seen is hashed beside it.
TEST(Decode, ColoursBeneathAreHashedFirst) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const Pixels picture = testing::synthetic_picture(5, 320, 240, 3);
  const auto stored = decoder->decode(
      file_of(oval_of(picture, 0, Ground::kTransparent, &picture)).get(), wanting_pictures());
  const auto black =
      decoder->decode(file_of(oval_of(picture, 0, Ground::kTransparent)).get(), wanting_pictures());
  ASSERT_TRUE(stored && black);
  const auto pictures = pictures_turned(stored->signals);
  ASSERT_GE(pictures.size(), 2u);
  EXPECT_EQ(pictures[0].dihedral, pdq_dihedral(picture.view()).dihedral);
  EXPECT_EQ(pictures[1].dihedral, pictures_turned(black->signals).at(0).dihedral);
}

// Nor do features lie in it, and a small sticker is hashed by itself.
TEST(Decode, WhatIsTransparentIsNoPicture) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const Pixels picture = testing::synthetic_picture(7, 160, 120, 3);
  std::vector<uint8_t> rgba(size_t{400} * 300 * 4, 0);
  for (uint32_t y = 0; y < picture.height; ++y)
    for (uint32_t x = 0; x < picture.width; ++x) {
      uint8_t* to = rgba.data() + (size_t{y + 40} * 400 + x + 200) * 4;
      std::copy_n(picture.samples.begin() + (y * 160 + x) * 3, 3, to);
      to[3] = 255;
    }
  const DecodeWants wants = wanting({SignalKind::kPdqTurned, SignalKind::kFeatures});
  const auto item = decoder->decode(file_of(media::vips_file(rgba, 400, 300, 4, VIPS_FORMAT_UCHAR,
                                                             VIPS_INTERPRETATION_sRGB, ".png"))
                                        .get(),
                                    wants);
  ASSERT_TRUE(item) << item.error().message;
  const Rect box{200, 40, 160, 120};
  const auto pictures = pictures_turned(item->signals);
  ASSERT_EQ(pictures.size(), 2u);
  EXPECT_EQ(pictures[1].region, box);
  EXPECT_EQ(pictures[1].dihedral, pdq_dihedral(picture.view()).dihedral);
  const auto features = features_of(item->signals);
  ASSERT_TRUE(features);
  EXPECT_GT(features->features.size(), 20u);
  for (const LocalFeature& feature : features->features) {
    EXPECT_GT(feature.x, box.x - 6 * feature.scale);
    EXPECT_LT(feature.x, box.x + box.width + 6 * feature.scale);
    EXPECT_GT(feature.y, box.y - 6 * feature.scale);
    EXPECT_LT(feature.y, box.y + box.height + 6 * feature.scale);
  }
  const Pixels& shown = features->shown;
  ASSERT_EQ(shown.width, 400u);
  ASSERT_EQ(shown.height, 300u);
  for (uint32_t y = 0; y < 300; ++y)
    for (uint32_t x = 0; x < 400; ++x) {
      const bool shows = x - box.x < box.width && y - box.y < box.height;  // or wraps around
      ASSERT_EQ(shown.samples[y * 400 + x], shows ? 255 : 0) << x << ", " << y;
    }
}

}  // namespace
}  // namespace weir
