// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <random>
#include <set>

#include "weir/hash/features/feature_code_plain.h"
#include "weir/hash/features/local_features.h"

namespace weir {
namespace {

// Shaped like RootSIFT: many small values, a few large ones.
LocalFeature random_feature(std::mt19937_64& random) {
  LocalFeature feature;
  for (uint8_t& value : feature.descriptor)
    value = static_cast<uint8_t>(random() % 4 == 0 ? random() % 256 : random() % 40);
  return feature;
}

void expect_same(const FeatureCode& a, const FeatureCode& b) {
  ASSERT_EQ(a.word, b.word);
  ASSERT_EQ(a.signature, b.signature);
  ASSERT_EQ(a.alternatives, b.alternatives);
}

TEST(FeatureCode, AgreesWithDefinitionOnEveryTarget) {
  std::mt19937_64 random(1);
  for (int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    SCOPED_TRACE(hwy::TargetName(rest & -rest));
    for (int i = 0; i < 500; ++i) {
      const LocalFeature feature = random_feature(random);
      expect_same(code_of(feature), plain::code_of(feature));
    }
    for (const uint8_t flat : {0, 1, 45, 255}) {
      LocalFeature feature;
      feature.descriptor.fill(flat);
      expect_same(code_of(feature), plain::code_of(feature));
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(FeatureCode, AlternativesAreEightOtherWordsOneToThreeBitsAway) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 1'000; ++i) {
    const FeatureCode code = code_of(random_feature(random));
    std::set<uint16_t> words(code.alternatives.begin(), code.alternatives.end());
    EXPECT_EQ(words.size(), FeatureCode::kAlternatives);
    for (const uint16_t word : words) {
      const int bits = std::popcount(static_cast<unsigned>(word ^ code.word));
      EXPECT_GE(bits, 1);
      EXPECT_LE(bits, 3);
    }
    EXPECT_TRUE(std::has_single_bit(static_cast<unsigned>(code.alternatives[0] ^ code.word)));
  }
}

TEST(FeatureCode, ASmallChangeMostlyLeavesTheWordAmongTheAlternativesAndTheSignatureNear) {
  std::mt19937_64 random(3);
  int found = 0, far = 0;
  for (int i = 0; i < 1'000; ++i) {
    LocalFeature feature = random_feature(random);
    const FeatureCode known = code_of(feature);
    for (uint8_t& value : feature.descriptor)
      value = static_cast<uint8_t>(std::clamp<int>(value + int(random() % 21) - 10, 0, 255));
    const FeatureCode asked = code_of(feature);
    found += asked.word == known.word ||
             std::count(asked.alternatives.begin(), asked.alternatives.end(), known.word) > 0;
    far += std::popcount(asked.signature ^ known.signature) > 16;
  }
  EXPECT_GT(found, 850);
  EXPECT_LT(far, 10);
}

// Index files hold words and signatures, so a change of them is a new version of the file.
TEST(FeatureCode, IsTheCodeThatIndexFilesHold) {
  std::mt19937_64 random(4);
  uint64_t sum = 0;
  for (int i = 0; i < 1'000; ++i) {
    const FeatureCode code = code_of(random_feature(random));
    sum = sum * 0x9E3779B97F4A7C15 + code.word;
    sum = sum * 0x9E3779B97F4A7C15 + code.signature;
    for (const uint16_t word : code.alternatives) sum = sum * 0x9E3779B97F4A7C15 + word;
  }
  EXPECT_EQ(sum, 9474591422483548845u);
}

}  // namespace
}  // namespace weir
