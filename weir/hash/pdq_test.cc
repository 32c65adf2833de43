// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/pdq.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>

#include "weir/base/hex.h"
#include "weir/hash/digest.h"
#include "weir/hash/pdq_plain.h"
#include "weir/hash/pictures_for_test.h"

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
    ASSERT_EQ(to_hex(digests(picture.samples).sha256), row.at(4));
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
