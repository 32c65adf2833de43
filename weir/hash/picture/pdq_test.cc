// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/picture/pdq.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <thread>

#include "weir/base/hex.h"
#include "weir/hash/digest.h"
#include "weir/hash/picture/pdq_filter.h"
#include "weir/hash/picture/pdq_plain.h"
#include "weir/hash/picture/pictures_for_test.h"

namespace weir {
namespace {

using testing::ForcedTarget;
using testing::supported_targets;

const std::filesystem::path kVectors = WEIR_SOURCE_DIR "/../shared/vectors";
const std::filesystem::path kGolden = WEIR_SOURCE_DIR "/tests/golden";

std::vector<float> luma_of(const PixelView& picture) {
  std::vector<float> luma(size_t{picture.width} * picture.height);
  plain::luma_of(picture, luma.data());
  return luma;
}

// What a published table says of one picture.
struct Expected {
  std::string hash;
  int quality;
  std::vector<std::string> dihedral;

  // The columns from `first` on: hash, quality, then the eight orientations.
  Expected(const std::vector<std::string>& row, size_t first)
      : hash(row.at(first)),
        quality(std::stoi(row.at(first + 1))),
        dihedral(row.begin() + static_cast<ptrdiff_t>(first) + 2,
                 row.begin() + static_cast<ptrdiff_t>(first) + 2 + kDihedrals) {}
};

void expect_equal(const PdqHash& one, const PdqDihedral& all, const Expected& expected) {
  EXPECT_EQ(to_hex(one.hash), expected.hash);
  EXPECT_EQ(one.quality, expected.quality);
  EXPECT_EQ(all.quality, expected.quality);
  for (size_t i = 0; i < kDihedrals; ++i)
    EXPECT_EQ(to_hex(all.dihedral[i]), expected.dihedral[i]) << name_of(static_cast<Dihedral>(i));
}

void expect_every_way_gives(const PixelView& picture, const Expected& expected) {
  const std::vector<float> luma = luma_of(picture);
  const size_t w = picture.width, h = picture.height;
  expect_equal(plain::pdq_luma(luma.data(), w, h), plain::pdq_dihedral_luma(luma.data(), w, h),
               expected);
  for (const int64_t target : supported_targets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    const ForcedTarget forced(target);
    expect_equal(pdq_luma(luma.data(), w, h), pdq_dihedral_luma(luma.data(), w, h), expected);
    expect_equal(pdq(picture), pdq_dihedral(picture), expected);
  }
}

TEST(Pdq, EqualsThePublishedHashesOfSyntheticPictures) {
  const auto rows = testing::read_table(kGolden / "pdq_synthetic.tsv");
  ASSERT_EQ(rows.size(), 64u);
  for (const auto& row : rows) {
    SCOPED_TRACE("seed " + row.at(0));
    const auto number = [&row](size_t i) { return static_cast<uint32_t>(std::stoul(row.at(i))); };
    const Pixels picture = testing::synthetic_picture(number(0), number(1), number(2), number(3));
    ASSERT_EQ(to_hex(digest_of(SignalKind::kSha256, picture.samples)), row.at(4));
    expect_every_way_gives(picture.view(), Expected(row, 5));
  }
}

TEST(Pdq, EqualsThePublishedHashesOfRawPictures) {
  if (!std::filesystem::exists(kVectors)) GTEST_SKIP() << "the shared vectors are not here";
  const auto rows = testing::read_table(kVectors / "expected/pdq_raw_pnm.tsv");
  ASSERT_EQ(rows.size(), 45u);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.at(0));
    const Pixels picture = testing::read_pnm(kVectors / row.at(0));
    ASSERT_EQ(std::to_string(picture.width), row.at(2));
    ASSERT_EQ(picture.samples.size(), size_t{picture.width} * picture.height * picture.channels);
    expect_every_way_gives(picture.view(), Expected(row, 5));
  }
}

// Content whose coefficients lie at the level of rounding, where one operation in another order
// shows.
void fill(Pixels& picture, int kind, testing::Numbers& numbers) {
  const int level = numbers.below(256), cell = 1 + numbers.below(40);
  size_t i = 0;
  for (int y = 0; y < static_cast<int>(picture.height); ++y) {
    for (int x = 0; x < static_cast<int>(picture.width); ++x) {
      for (uint32_t c = 0; c < picture.channels; ++c) {
        const int value = kind == 0   ? numbers.below(256)                     // noise
                          : kind == 1 ? level                                  // one colour
                          : kind == 2 ? (x + static_cast<int>(c) * 40) / cell  // a gradient
                          : kind == 3 ? y * 255 / static_cast<int>(picture.height)
                          : kind == 4 ? (x / cell + y / cell) % 2 * level  // a checkerboard
                                      : (x / cell) % 2 * 255;              // stripes
        picture.samples[i++] = static_cast<uint8_t>(value);
      }
    }
  }
}

RC_GTEST_PROP(Pdq, FastWaysEqualTheDefinitionAtAnySize, ()) {
  const auto side = rc::gen::oneOf(rc::gen::inRange(5, 140), rc::gen::inRange(5, 700));
  const auto width = static_cast<uint32_t>(*side), height = static_cast<uint32_t>(*side);
  const uint32_t channels = *rc::gen::element(1u, 3u);
  const int kind = *rc::gen::inRange(0, 6);
  testing::Numbers numbers(static_cast<uint64_t>(*rc::gen::inRange(1, 1 << 30)));
  Pixels picture{std::vector<uint8_t>(size_t{width} * height * channels), width, height, channels};
  fill(picture, kind, numbers);
  const std::vector<float> luma = luma_of(picture.view());

  const PdqHash expected = plain::pdq_luma(luma.data(), width, height);
  const PdqDihedral dihedral = plain::pdq_dihedral_luma(luma.data(), width, height);
  const plain::Samples samples = plain::downsample(luma.data(), width, height);
  for (const int64_t target : supported_targets()) {
    const ForcedTarget forced(target);
    RC_LOG() << hwy::TargetName(target) << "\n";
    RC_ASSERT(pdq_samples(luma.data(), width, height) == samples);
    RC_ASSERT(pdq_samples(picture.view()) == samples);
    RC_ASSERT(pdq_luma(luma.data(), width, height).hash == expected.hash);
    RC_ASSERT(pdq(picture.view()).hash == expected.hash);
    RC_ASSERT(pdq(picture.view()).quality == expected.quality);
    RC_ASSERT(pdq_dihedral(picture.view()).dihedral == dihedral.dihedral);
  }
}

// Windows of 257 and more leave the way of 8-bit grey that adds in 16 bits; those of 65 and more
// divide. Both ways around the bounds, along both axes.
TEST(Pdq, FastWaysEqualTheDefinitionForLongPictures) {
  testing::Numbers numbers(3);
  for (const uint32_t side : {8191u, 8192u, 8193u, 8320u, 32895u, 32897u, 33100u, 65535u}) {
    for (const auto& [width, height] : {std::pair{side, 7u}, std::pair{7u, side}}) {
      for (const uint32_t channels : {1u, 3u}) {
        SCOPED_TRACE(::testing::Message() << width << "x" << height << "x" << channels);
        Pixels picture{std::vector<uint8_t>(size_t{width} * height * channels), width, height,
                       channels};
        fill(picture, 0, numbers);
        const std::vector<float> luma = luma_of(picture.view());
        const plain::Samples samples = plain::downsample(luma.data(), width, height);
        for (const int64_t target : supported_targets()) {
          const ForcedTarget forced(target);
          ASSERT_EQ(pdq_samples(picture.view()), samples) << hwy::TargetName(target);
          ASSERT_EQ(pdq_samples(luma.data(), width, height), samples) << hwy::TargetName(target);
        }
      }
    }
  }
}

TEST(Pdq, ReadsRowsThatLieApart) {
  const Pixels wide = testing::synthetic_picture(9, 300, 200, 3);
  const PixelView part = wide.view().crop({37, 11, 201, 150});
  Pixels copy{{}, part.width, part.height, 3};
  for (size_t y = 0; y < part.height; ++y)
    copy.samples.insert(copy.samples.end(), part.row(y), part.row(y) + 3 * part.width);
  EXPECT_EQ(pdq(part).hash, pdq(copy.view()).hash);
  EXPECT_EQ(pdq_dihedral(part).dihedral, pdq_dihedral(copy.view()).dihedral);
}

TEST(Pdq, GivesTheSameFromManyThreads) {
  const Pixels picture = testing::synthetic_picture(11, 333, 211, 3);
  const PdqDihedral expected = pdq_dihedral(picture.view());
  std::array<bool, 8> equal{};
  {
    std::vector<std::jthread> threads;
    for (bool& same : equal)
      threads.emplace_back([&picture, &expected, &same] {
        same = true;
        for (int i = 0; i < 20; ++i) {
          const PdqDihedral found = pdq_dihedral(picture.view());
          same = same && found.dihedral == expected.dihedral && found.quality == expected.quality;
        }
      });
  }
  EXPECT_EQ(std::count(equal.begin(), equal.end(), true), 8);
}

TEST(Pdq, GivesNothingForAPictureWithAShortSide) {
  const Pixels picture = testing::synthetic_picture(1, 4, 300, 1);
  EXPECT_EQ(pdq(picture.view()).hash, Hash256{});
  EXPECT_EQ(pdq_dihedral(picture.view()).quality, 0);
  EXPECT_EQ(pdq(PixelView{}).quality, 0);
}

template <size_t N>
void expect_same_floats(const std::filesystem::path& path, const std::array<float, N>& found) {
  const std::vector<uint8_t> bytes = testing::file_bytes(path);
  ASSERT_EQ(bytes.size(), sizeof found) << path;
  EXPECT_EQ(std::memcmp(bytes.data(), found.data(), sizeof found), 0) << path;
}

TEST(Pdq, EveryStepOfTheDefinitionEqualsThePublishedBuffers) {
  if (!std::filesystem::exists(kVectors)) GTEST_SKIP() << "the shared vectors are not here";
  for (const std::string name : {"bridge_333x211.ppm", "coaster_129x127.ppm", "lm_q0122.pgm"}) {
    const Pixels picture = testing::read_pnm(kVectors / "pnm" / name);
    const std::vector<float> luma = luma_of(picture.view());
    const std::vector<uint8_t> expected =
        testing::file_bytes(kVectors / "buffers" / name / "luma.f32");
    ASSERT_EQ(expected.size(), luma.size() * sizeof(float));
    EXPECT_EQ(std::memcmp(expected.data(), luma.data(), expected.size()), 0) << name;

    const auto samples = plain::downsample(luma.data(), picture.width, picture.height);
    const auto folder = kVectors / "buffers" / name;
    expect_same_floats(folder / "buf64x64.f32", samples);
    expect_same_floats(folder / "dct16x64_T.f32", plain::dct_rows(samples));
    expect_same_floats(folder / "dct16x16.f32", plain::dct(samples));
  }
}

}  // namespace
}  // namespace weir
