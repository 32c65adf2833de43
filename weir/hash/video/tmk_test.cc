// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/video/tmk.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <numbers>

#include "weir/hash/picture/pdq_plain.h"
#include "weir/hash/video/even_frames.h"

namespace weir {
namespace {

const std::string kVectors = WEIR_SOURCE_DIR "/../shared/vectors";

std::vector<uint8_t> bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::map<std::string, std::vector<uint8_t>> published_files() {
  std::map<std::string, std::vector<uint8_t>> files;
  const std::filesystem::path folder = kVectors + "/upstream/tmk-sample-hashes";
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& file : std::filesystem::directory_iterator(folder))
    if (file.path().extension() == ".tmk")
      files[file.path().stem().string()] = bytes_of(file.path());
  return files;
}

// A few frames of made pictures, at 15 a second.
std::vector<std::vector<uint8_t>> made_frames(size_t count, uint32_t seed) {
  std::vector<std::vector<uint8_t>> frames(count, std::vector<uint8_t>(64 * 64 * 3));
  uint32_t state = seed;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t x = state = state * 1664525 + 1013904223;
    for (size_t k = 0; k < frames[i].size(); ++k)
      frames[i][k] = static_cast<uint8_t>((k / 3 % 64) * (x >> 28) + (k / 192) * (x >> 24 & 15));
  }
  return frames;
}

TmkSignature signature_of(const std::vector<std::vector<uint8_t>>& frames) {
  TmkHasher hasher(15);
  for (size_t i = 0; i < frames.size(); ++i)
    hasher.take(std::chrono::microseconds(i * 1'000'000 / 15), {frames[i].data(), 64, 64, 3, 192});
  return hasher.finish();
}

// The weights as they are published, to as many digits as are given there.
TEST(TmkHasher, WeightsAreThosePublished) {
  const TmkSignature none = TmkHasher(15).finish();
  ASSERT_EQ(none.weights.size(), 32u);
  EXPECT_FLOAT_EQ(none.weights[0], 0.0708041893F);
  EXPECT_FLOAT_EQ(none.weights[1], 0.13937789F);
  EXPECT_FLOAT_EQ(none.weights[2], 0.13289726F);
  EXPECT_FLOAT_EQ(none.weights[3], 0.12276574F);
  EXPECT_FLOAT_EQ(none.weights[31], 9.19087e-08F);
  EXPECT_EQ(none.frames, 0);
  EXPECT_EQ(write_tmk(none).size(), 263'344u);
}

// The definition, in double and without any order of operations.
TEST(TmkHasher, AgreesWithTheDefinition) {
  const auto frames = made_frames(40, 5);
  const TmkSignature found = signature_of(frames);
  ASSERT_EQ(found.frames, 40);
  const size_t i = 2, j = 7;
  std::vector<double> average(256), cosines(256), sines(256);
  for (size_t t = 0; t < frames.size(); ++t) {
    plain::Samples luma;
    plain::luma_of({frames[t].data(), 64, 64, 3, 192}, luma.data());
    const plain::Coefficients feature = plain::dct(luma);
    double squares = 0;
    for (const float value : feature) squares += double{value} * value;
    const double angle = 2 * std::numbers::pi * j * static_cast<double>(t) / found.periods[i];
    for (size_t k = 0; k < 256; ++k) {
      average[k] += feature[k] / 40.0;
      cosines[k] += feature[k] / std::sqrt(squares) * std::cos(angle);
      sines[k] += feature[k] / std::sqrt(squares) * std::sin(angle);
    }
  }
  for (auto* waves : {&cosines, &sines}) {
    double squares = 0;
    for (const double value : *waves) squares += value * value;
    for (double& value : *waves) value *= std::sqrt(found.weights[j] / squares);
  }
  for (size_t k = 0; k < 256; ++k) {
    EXPECT_NEAR(found.average[k], average[k], 1e-3 + 1e-5 * std::abs(average[k]));
    EXPECT_NEAR(found.cosines[(i * 32 + j) * 256 + k], cosines[k], 1e-5);
    EXPECT_NEAR(found.sines[(i * 32 + j) * 256 + k], sines[k], 1e-5);
  }
}

TEST(TmkFile, PublishedFilesAreReadAndWrittenByteForByte) {
  const auto files = published_files();
  if (files.empty()) GTEST_SKIP() << "no vectors beside the checkout";
  for (const auto& [name, bytes] : files) {
    const auto read = read_tmk(bytes);
    ASSERT_TRUE(read) << name << read.error().message;
    EXPECT_EQ(write_tmk(*read), bytes) << name;
    EXPECT_EQ(read->weights, TmkHasher(15).finish().weights) << name;
  }
}

// The same scene with logos, colours and lengths changed, and other scenes.
TEST(TmkSimilarity, TellsPublishedCopiesFromOthers) {
  const auto files = published_files();
  if (files.empty()) GTEST_SKIP() << "no vectors beside the checkout";
  const auto score = [&](const std::string& a, const std::string& b) {
    return tmk_similarity(*read_tmk(files.at(a)), *read_tmk(files.at(b)));
  };
  for (const char* copy : {"chair-22-sd-grey-bar", "chair-22-sd-sepia-bar", "chair-20-sd-bar",
                           "chair-22-with-small-logo-bar"}) {
    const TmkScore found = score("chair-orig-22-sd-bar", copy);
    EXPECT_GE(found.level_1, kTmkMatch) << copy;
    EXPECT_GE(found.level_2, kTmkMatch) << copy;
    const TmkScore turned = score(copy, "chair-orig-22-sd-bar");
    EXPECT_NEAR(found.level_1, turned.level_1, 1e-5);
    EXPECT_NEAR(found.level_2, turned.level_2, 1e-3);
  }
  for (const char* other : {"doorknob-hd-no-bar", "pattern-hd-no-bar"}) {
    const TmkScore found = score("chair-orig-22-sd-bar", other);
    EXPECT_FALSE(found.level_1 >= kTmkMatch && found.level_2 >= kTmkMatch) << other;
  }
}

TEST(TmkSimilarity, ASignatureEqualsItselfAndIsComparedOnlyWithItsLike) {
  const TmkSignature one = signature_of(made_frames(30, 1));
  EXPECT_NEAR(tmk_similarity(one, one).level_1, 1, 1e-5);
  EXPECT_NEAR(tmk_similarity(one, one).level_2, 1, 1e-4);
  TmkSignature other = one;
  other.frames_a_second = 14;
  EXPECT_EQ(tmk_similarity(one, other).level_1, 0);
  EXPECT_EQ(tmk_similarity(one, other).level_2, 0);
  const TmkSignature none = TmkHasher(15).finish();
  EXPECT_EQ(tmk_similarity(one, none).level_1, 0);
  EXPECT_EQ(tmk_similarity(none, none).level_2, 0);
}

TEST(TmkFile, RefusesWhatItsHeaderDoesNotFit) {
  const std::vector<uint8_t> good = write_tmk(signature_of(made_frames(3, 2)));
  ASSERT_TRUE(read_tmk(good));
  const auto refuses = [&](size_t at, uint32_t value) {
    auto bytes = good;
    for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<uint8_t>(value >> (8 * i));
    const auto read = read_tmk(bytes);
    return !read && read.error().code == ErrorCode::kInvalid;
  };
  for (const size_t magic : {0u, 4u, 8u}) EXPECT_TRUE(refuses(magic, 0x41414141));
  for (const size_t field : {12u, 16u, 20u, 24u})
    for (const uint32_t value : {0xFFFFFFFFu, 0x7FFFFFFFu, 0x80000000u, 65'536u})
      EXPECT_TRUE(refuses(field, value)) << field;
  EXPECT_TRUE(refuses(28, 0xFFFFFFFF));                      // frames
  EXPECT_TRUE(refuses(32, 0));                               // a period
  EXPECT_TRUE(refuses(32, 2'000'000'000));                   // a period
  EXPECT_TRUE(refuses(48, std::bit_cast<uint32_t>(-1.0F)));  // a weight
  EXPECT_TRUE(refuses(200, 0x7FC00000));                     // not a number
  EXPECT_TRUE(refuses(good.size() - 4, std::bit_cast<uint32_t>(1e30F)));
  for (const size_t size : {0u, 12u, 31u, 32u, 47u, 263'343u})
    EXPECT_FALSE(read_tmk(std::span(good).first(size)));
  auto longer = good;
  longer.push_back(0);
  EXPECT_FALSE(read_tmk(longer));
}

// The first frames that "ffmpeg -i IN -f rawvideo -r 15 OUT" (5.1) wrote of a video of so many
// frames a second, and how many it wrote of 6.3 seconds.
TEST(EvenFrames, AreThoseThatFfmpegWrites) {
  struct Case {
    double frames_a_second;
    int frames;
    std::vector<int> first;
    size_t count;
  };
  const std::vector<Case> cases{
      {5, 32, {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}, 96},
      {7, 45, {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5}, 96},
      {10, 63, {0, 0, 1, 1, 2, 3, 3, 4, 5, 5, 6, 7}, 95},
      {12, 76, {0, 1, 2, 2, 3, 4, 5, 6, 6, 7, 8, 9}, 95},
      {15, 95, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 95},
      {24'000.0 / 1001, 152, {0, 1, 2, 3, 4, 5, 7, 8, 10, 12, 13, 15}, 97},
      {25, 158, {0, 1, 2, 3, 4, 5, 7, 9, 10, 12, 14, 15}, 97},
      {30'000.0 / 1001, 189, {0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18}, 97},
      {30, 189, {0, 1, 2, 3, 5, 7, 9, 11, 13, 15, 17, 19}, 96},
      {50, 315, {0, 1, 2, 6, 9, 12, 16, 19, 22, 26, 29, 32}, 96},
      {60, 378, {0, 1, 3, 7, 11, 15, 19, 23, 27, 31, 35, 39}, 96},
      {120, 756, {0, 1, 7, 15, 23, 31, 39, 47, 55, 63, 71, 79}, 96}};
  for (const Case& one : cases) {
    EvenFrames even(one.frames_a_second, 15);
    std::vector<int> shown;
    for (int i = 0; i < one.frames; ++i) {
      const auto counts =
          even.next(std::chrono::microseconds(std::llround(i * 1e6 / one.frames_a_second)));
      shown.insert(shown.end(), counts.before, i - 1);
      shown.insert(shown.end(), counts.now, i);
    }
    shown.insert(shown.end(), even.finish(), one.frames - 1);
    EXPECT_EQ(shown.size(), one.count) << one.frames_a_second;
    shown.resize(one.first.size());
    EXPECT_EQ(shown, one.first) << one.frames_a_second;
  }
}

// The same of a video whose frames last 1 to 3 thirtieths of a second, as its container says.
TEST(EvenFrames, OfVariableFrameRateAreThoseThatFfmpegWrites) {
  std::vector<int> thirtieths;
  for (int n = 0; n < 300; ++n)
    if (n % 3 == 0 || n % 7 == 0 || n % 90 > 70) thirtieths.push_back(n);
  thirtieths.push_back(298);  // where the last one ends
  const auto at = [&](size_t i) {
    return std::chrono::microseconds(std::llround(thirtieths[i] * 1e6 / 30));
  };
  EvenFrames even(30, 15);
  std::vector<size_t> shown;
  for (size_t i = 0; i + 1 < thirtieths.size(); ++i) {
    const auto duration =
        std::chrono::microseconds((thirtieths[i + 1] - thirtieths[i]) * 1'000'000 / 30);
    const auto counts = even.next(at(i), duration);
    shown.insert(shown.end(), counts.before, i - 1);
    shown.insert(shown.end(), counts.now, i);
  }
  shown.insert(shown.end(), even.finish(), thirtieths.size() - 2);
  EXPECT_EQ(shown.size(), 150u);
  shown.resize(40);
  EXPECT_EQ(shown, (std::vector<size_t>{0,  0,  1,  1,  2,  3,  4,  5,  6,  7,  8,  9,  9,  10,
                                        11, 12, 13, 14, 15, 16, 17, 17, 18, 19, 19, 20, 21, 22,
                                        23, 24, 25, 26, 27, 27, 28, 29, 30, 31, 33, 35}));
}

// Whatever times a file claims, the output is bounded.
RC_GTEST_PROP(EvenFrames, ForgedTimesAreBounded, (const std::vector<int64_t>& times)) {
  EvenFrames even(25, 15);
  uint64_t frames = 0;
  for (const int64_t time : times) {
    const auto counts = even.next(std::chrono::microseconds(time));
    frames += counts.before + counts.now;
  }
  frames += even.finish();
  RC_ASSERT(frames <= 24ull * 3'600 * 15);
}

}  // namespace
}  // namespace weir
