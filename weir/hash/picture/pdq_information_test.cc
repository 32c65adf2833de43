// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/picture/pdq_information.h"

#include <gtest/gtest.h>

#include "weir/hash/picture/patterns_for_test.h"
#include "weir/hash/picture/pdq.h"
#include "weir/hash/picture/pictures_for_test.h"

namespace weir {
namespace {

TEST(PdqInformation, IsNearlyAllOfAPicture) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const PdqDihedral hash = pdq_dihedral(testing::synthetic_picture(seed, 320, 240, 3).view());
    if (hash.quality < kPdqMatchableQuality) continue;
    EXPECT_GE(hash.information, 150) << "seed " << seed;
    EXPECT_LE(hash.information, kPdqBits);
    EXPECT_GE(pdq_information(hash.dihedral[0]), 180) << "seed " << seed;
  }
}

// Of nearly half of these; the others are large, or turned, and agree with no other kind
// (match_patterns_test.cc).
TEST(PdqInformation, IsLittleOfARegularPattern) {
  int little = 0;
  for (int kind = 0; kind < testing::kPatternKinds; ++kind) {
    const PdqDihedral hash = pdq_dihedral(testing::regular_pattern(kind, 7).view());
    little += hash.quality < kPdqMatchableQuality || hash.information < kPdqTellingBits;
  }
  EXPECT_GE(little, testing::kPatternKinds * 2 / 5);
}

// All that such hashes can tell is which line is the other way round.
TEST(PdqInformation, AProductOfTwoLinesIsShort) {
  Hash256 stripes, checkers;
  for (size_t i = 0; i < 16; ++i)
    for (size_t j = 0; j < 16; ++j) {
      if (i % 2) stripes.set_bit(i * 16 + j);
      if ((i + j) % 2) checkers.set_bit(i * 16 + j);
    }
  EXPECT_LE(pdq_information(stripes), 8);
  EXPECT_LE(pdq_information(checkers), 8);
  EXPECT_LE(pdq_information(Hash256{}), 8);
}

// What faint noise there is beside the pattern has bits of its own, which do not count.
TEST(PdqInformation, RestsDoNotCount) {
  Pixels pixels{{}, 256, 256, 1};
  testing::Numbers numbers(5);
  for (uint32_t y = 0; y < 256; ++y)
    for (uint32_t x = 0; x < 256; ++x)
      pixels.samples.push_back(
          static_cast<uint8_t>((x / 16 % 2 == y / 16 % 2 ? 40 : 200) + numbers.below(3)));
  EXPECT_LE(pdq_dihedral(pixels.view()).information, 60);
}

TEST(PdqInformation, DoesNotDependOnTheTurn) {
  const Pixels picture = testing::synthetic_picture(3, 256, 256, 1);
  Pixels mirrored = picture;
  for (uint32_t y = 0; y < 256; ++y)
    std::reverse(mirrored.samples.begin() + y * 256, mirrored.samples.begin() + y * 256 + 256);
  EXPECT_NEAR(pdq_dihedral(picture.view()).information, pdq_dihedral(mirrored.view()).information,
              20);
}

}  // namespace
}  // namespace weir
