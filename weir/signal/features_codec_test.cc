// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/features_codec.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace weir {
namespace {

PictureFeatures some_picture(size_t count) {
  std::mt19937 random(static_cast<unsigned>(count) + 1);
  std::uniform_real_distribution<float> share(0, 1);
  PictureFeatures picture;
  picture.width = 641;
  picture.height = 480;
  for (size_t i = 0; i < count; ++i) {
    LocalFeature feature;
    feature.x = share(random) * 641;
    feature.y = share(random) * 480;
    feature.scale = 1 + share(random) * 20;
    feature.angle = share(random) * 6.28F;
    for (uint8_t& value : feature.descriptor) value = static_cast<uint8_t>(random());
    picture.features.push_back(feature);
  }
  picture.plane = {std::vector<uint8_t>(160 * 120), 160, 120, 1};
  for (uint8_t& sample : picture.plane.samples) sample = static_cast<uint8_t>(random());
  return picture;
}

TEST(FeaturesCodec, GivesBackWhatWasWritten) {
  for (const size_t count : {0, 1, 500, 4096}) {
    const PictureFeatures picture = some_picture(count);
    const std::vector<uint8_t> bytes = encode_features(picture);
    EXPECT_EQ(bytes.size(), encoded_features_bytes(picture));
    const auto read = decode_features(bytes);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->width, picture.width);
    EXPECT_EQ(read->height, picture.height);
    EXPECT_EQ(read->features, picture.features);
    EXPECT_EQ(read->plane.samples, picture.plane.samples);
    EXPECT_EQ(read->plane.width, picture.plane.width);
  }
}

TEST(FeaturesCodec, GivesBackWhatShowsOfThePlane) {
  PictureFeatures picture = some_picture(2);
  picture.shown = {std::vector<uint8_t>(160 * 120, 255), 160, 120, 1};
  picture.shown.samples[7] = 0;
  std::vector<uint8_t> bytes = encode_features(picture);
  EXPECT_EQ(bytes.size(), encoded_features_bytes(picture));
  const auto read = decode_features(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->shown.samples, picture.shown.samples);
  EXPECT_EQ(read->shown.width, 160u);
  EXPECT_EQ(features_size(bytes), (std::pair<uint32_t, uint32_t>{641, 480}));
  bytes.back() = 1;  // it shows, or does not
  EXPECT_FALSE(decode_features(bytes));
  bytes.pop_back();
  EXPECT_FALSE(decode_features(bytes));
  bytes.resize(bytes.size() - 160 * 120 + 1);  // the plane alone, which version 1 has
  EXPECT_FALSE(decode_features(bytes));
}

TEST(FeaturesCodec, RefusesEveryTruncation) {
  const std::vector<uint8_t> bytes = encode_features(some_picture(3));
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_features(std::span(bytes).first(size))) << size;
  std::vector<uint8_t> longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode_features(longer));
}

TEST(FeaturesCodec, RefusesOtherVersions) {
  std::vector<uint8_t> bytes = encode_features(some_picture(3));
  EXPECT_EQ(bytes[0], 1);  // as stores have it
  for (const uint8_t version : {0, 2, 4, 255}) {
    bytes[0] = version;
    const auto read = decode_features(bytes);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
  // Of version 2, with colours of 1 x 1 after the plane.
  bytes[0] = 2;
  for (const uint8_t byte : {1, 0, 1, 0, 200, 20, 30}) bytes.push_back(byte);
  EXPECT_FALSE(decode_features(bytes));
}

TEST(FeaturesCodec, RefusesWhatNoPictureHas) {
  const auto refuses = [](auto change) {
    PictureFeatures picture = some_picture(2);
    change(picture.features[1]);
    return !decode_features(encode_features(picture));
  };
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(refuses([](LocalFeature& f) { f.x = kNan; }));
  EXPECT_TRUE(refuses([](LocalFeature& f) { f.x = 642; }));
  EXPECT_TRUE(refuses([](LocalFeature& f) { f.y = -1; }));
  EXPECT_TRUE(refuses([](LocalFeature& f) { f.scale = 0; }));
  EXPECT_TRUE(refuses([](LocalFeature& f) { f.scale = kInf; }));
  EXPECT_TRUE(refuses([](LocalFeature& f) { f.angle = 7; }));
}

}  // namespace
}  // namespace weir
