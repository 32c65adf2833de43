// SPDX-License-Identifier: Apache-2.0
#include "weir/media/tones.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "weir/media/picture/encoders_for_test.h"
#include "weir/media/picture/image.h"

namespace weir::media {
namespace {

double light_of(double shown) {
  return shown <= 0.04045 ? shown / 12.92 : std::pow((shown + 0.055) / 1.055, 2.4);
}

// The same picture with light instead of what a screen is sent.
template <class Sample>
std::vector<Sample> as_light(const Pixels& picture) {
  constexpr double kMost = std::numeric_limits<Sample>::max();
  std::vector<Sample> light;
  for (const uint8_t sample : picture.samples)
    light.push_back(static_cast<Sample>(std::lround(kMost * light_of(sample / 255.0))));
  return light;
}

void put(FileBytes& to, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) to[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}
void put(FileBytes& to, size_t at, const char* text) {
  for (size_t i = 0; i < 4; ++i) to[at + i] = static_cast<uint8_t>(text[i]);
}

// A profile whose green curve is this tag; as much of the head as libpng asks for.
FileBytes profile_with(FileBytes tag, const char* space = "RGB ") {
  tag.resize((tag.size() + 3) / 4 * 4);
  FileBytes profile(144);
  put(profile, 8, 0x02100000);
  put(profile, 12, "mntr");
  put(profile, 16, space);
  put(profile, 20, "XYZ ");
  put(profile, 36, "acsp");
  for (const auto& [at, value] : {std::pair{68, 0xF6D6}, {72, 0x10000}, {76, 0xD32D}})
    put(profile, static_cast<size_t>(at), static_cast<uint32_t>(value));
  put(profile, 128, 1u);
  put(profile, 132, space[0] == 'G' ? "kTRC" : "gTRC");
  put(profile, 136, 144u);
  put(profile, 140, static_cast<uint32_t>(tag.size()));
  profile.insert(profile.end(), tag.begin(), tag.end());
  // libpng takes no profile that is smaller than about a hundred bytes when it is compressed.
  std::minstd_rand random(7);
  for (int i = 0; i < 160; ++i) profile.push_back(static_cast<uint8_t>(random() >> 8));
  put(profile, 0, static_cast<uint32_t>(profile.size()));
  return profile;
}
FileBytes curve(const std::vector<uint16_t>& values) {
  FileBytes tag{'c', 'u', 'r', 'v', 0, 0, 0, 0, 0, 0, 0, static_cast<uint8_t>(values.size())};
  for (const uint16_t value : values) {
    tag.push_back(static_cast<uint8_t>(value >> 8));
    tag.push_back(static_cast<uint8_t>(value));
  }
  return tag;
}
FileBytes parameters(uint8_t type, const std::vector<double>& numbers) {
  FileBytes tag{'p', 'a', 'r', 'a', 0, 0, 0, 0, 0, type, 0, 0};
  for (const double number : numbers) {
    tag.resize(tag.size() + 4);
    put(tag, tag.size() - 4, static_cast<uint32_t>(static_cast<int32_t>(number * 65'536)));
  }
  return tag;
}
FileBytes of_light() {
  return profile_with(curve({}));
}

Pixels decoded(const FileBytes& file) {
  auto image = decode_image(file, Limits{});
  EXPECT_TRUE(image) << (image ? "" : image.error().message);
  return image ? std::move(image->frames[0].pixels) : Pixels{};
}

TEST(Tones, OfLightAreWhatAScreenIsSent) {
  const Tones tones = tones_of_power(1);
  ASSERT_EQ(tones.size(), kTones);
  EXPECT_EQ(tones.front(), 0);
  EXPECT_EQ(tones.back(), 255);
  EXPECT_NEAR(tones[static_cast<size_t>(0.214 * 65'535)], 128, 1);
  EXPECT_TRUE(std::is_sorted(tones.begin(), tones.end()));
}

TEST(Tones, OfScreensAreNone) {
  for (const double power : {1.8, 2.0, 2.2, 2.4}) EXPECT_TRUE(tones_of_power(power).empty());
  for (const double power : {0.0, -1.0, std::nan(""), 1e9})
    EXPECT_TRUE(tones_of_power(power).empty());
  EXPECT_TRUE(tones_of_icc(profile_with(curve({0x0233}))).empty());  // Adobe RGB
  const std::vector<double> srgb{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  EXPECT_TRUE(tones_of_icc(profile_with(parameters(3, srgb))).empty());
}

TEST(Tones, AreReadFromEveryFormOfCurve) {
  const Tones light = tones_of_power(1);
  for (const FileBytes& tag :
       {curve({}), curve({0x0100}), curve({0, 65'535}), curve({0, 16'384, 32'768, 49'151, 65'535}),
        parameters(0, {1}), parameters(1, {1, 1, 0}), parameters(2, {1, 1, 0, 0}),
        parameters(3, {1, 1, 0, 1, 0}), parameters(4, {1, 1, 0, 1, 0, 0, 0})}) {
    const Tones read = tones_of_icc(profile_with(tag));
    ASSERT_EQ(read.size(), kTones) << tag.size();
    for (size_t i = 0; i < kTones; i += 1000) EXPECT_NEAR(read[i], light[i], 1);
  }
  EXPECT_FALSE(tones_of_icc(profile_with(curve({}), "GRAY")).empty());
  EXPECT_TRUE(tones_of_icc(profile_with(curve({}), "CMYK")).empty());
}

TEST(Tones, OfDamagedProfilesAreNone) {
  const FileBytes whole = of_light();
  for (size_t bytes = 0; bytes < 144; bytes += 7) {
    const FileBytes part(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(bytes));
    EXPECT_TRUE(tones_of_icc(part).empty()) << bytes;
  }
  FileBytes far = of_light();
  put(far, 136, 0xFFFFFFF0u);
  EXPECT_TRUE(tones_of_icc(far).empty());
  EXPECT_TRUE(tones_of_icc(profile_with(parameters(9, {1}))).empty());
  EXPECT_TRUE(tones_of_icc(profile_with(parameters(1, {1, 0, 0}))).empty());
  FileBytes cut = profile_with(curve({0, 1, 2, 3}));
  cut.resize(144 + 12 + 6);
  EXPECT_TRUE(tones_of_icc(cut).empty());
}

TEST(Tones, PicturesOfLightAreDecodedAsPeopleSeeThem) {
  const Pixels shown = test_picture(48, 32, 3);
  const auto bytes = as_light<uint8_t>(shown);
  const auto words = as_light<uint16_t>(shown);
  const auto profile = of_light();
  const auto with_profile = [&](VipsImage* image) {
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, profile.data(), profile.size());
  };
  const auto wide = [&](const char* suffix, const std::function<void(VipsImage*)>& prepare) {
    return vips_file(words, 48, 32, 3, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_RGB16, suffix,
                     prepare);
  };
  const FileBytes plain = wide(".png", {});
  EXPECT_GT(likeness(decoded(png_with(plain, "gAMA", {0, 1, 0x86, 0xA0})), shown), 45);
  EXPECT_GT(likeness(decoded(png_with(plain, "cICP", {1, 8, 0, 1})), shown), 45);
  EXPECT_GT(likeness(decoded(wide(".png", with_profile)), shown), 45);
  EXPECT_GT(likeness(decoded(wide(".tif", with_profile)), shown), 45);
  EXPECT_GT(
      likeness(decoded(vips_file({bytes, 48, 32, 3}, ".webp[lossless]", with_profile)), shown), 35);
  EXPECT_GT(likeness(decoded(jxl_file(bytes, 48, 32, 3, {.is_light = true})), shown), 35);
  JpegOptions jpeg;
  jpeg.quality = 100;
  jpeg.profile = profile;
  EXPECT_GT(likeness(decoded(jpeg_file(Pixels{bytes, 48, 32, 3}, jpeg)), shown), 30);
}

TEST(Tones, WhatSaysThatItIsAsAScreensIsTakenAsItIs) {
  const Pixels shown = test_picture(48, 32, 3);
  const FileBytes plain = vips_file(shown, ".png");
  const FileBytes light{0, 1, 0x86, 0xA0};
  EXPECT_EQ(decoded(png_with(plain, "gAMA", {0, 0, 0xB1, 0x8F})).samples, shown.samples);
  EXPECT_EQ(decoded(png_with(png_with(plain, "gAMA", light), "sRGB", {0})).samples, shown.samples);
  EXPECT_EQ(decoded(png_with(png_with(plain, "gAMA", light), "cICP", {1, 13, 0, 1})).samples,
            shown.samples);
}

TEST(Tones, GreyOfFloatingPointIsLight) {
  const std::vector<float> half(16 * 16, 0.2140f);
  for (const uint8_t sample :
       decoded(vips_file(half, 16, 16, 1, VIPS_FORMAT_FLOAT, VIPS_INTERPRETATION_B_W, ".tif"))
           .samples)
    EXPECT_NEAR(sample, 128, 1);
}

}  // namespace
}  // namespace weir::media
