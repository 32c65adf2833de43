// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/descriptor_match.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <random>

namespace weir {
namespace {

std::vector<LocalFeature> random_features(size_t count, std::mt19937& random) {
  std::vector<LocalFeature> features(count);
  for (LocalFeature& feature : features) {
    feature.x = static_cast<float>(random() % 512);
    feature.y = static_cast<float>(random() % 512);
    for (uint8_t& number : feature.descriptor) number = static_cast<uint8_t>(random() % 90);
  }
  return features;
}

// Half of the item's are the entry's with noise, some of them as far off as the ratio allows.
std::vector<LocalFeature> item_of(const std::vector<LocalFeature>& entry, size_t count,
                                  std::mt19937& random) {
  std::vector<LocalFeature> item = random_features(count, random);
  for (size_t i = 0; i < count && !entry.empty(); i += 2) {
    const LocalFeature& from = entry[random() % entry.size()];
    const unsigned noise = 1 + random() % 90;
    for (size_t k = 0; k < 128; ++k)
      item[i].descriptor[k] = static_cast<uint8_t>(std::clamp<int>(
          from.descriptor[k] + static_cast<int>(random() % noise) - static_cast<int>(noise / 2), 0,
          255));
  }
  return item;
}

TEST(DescriptorMatch, AgreesWithDefinitionOnEveryTargetAtEveryLength) {
  std::mt19937 random(11);
  for (int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    for (size_t entries = 0; entries < 70; ++entries) {
      SCOPED_TRACE(testing::Message() << hwy::TargetName(rest & -rest) << " " << entries);
      const auto entry = random_features(entries, random);
      const auto item = item_of(entry, random() % 40, random);
      PairRule rule;
      rule.near = static_cast<float>(random() % 200);
      rule.most = 1 + random() % 3;
      ASSERT_EQ(match_descriptors(item, entry, rule), plain::match_descriptors(item, entry, rule));
    }
    hwy::SetSupportedTargetsForTest(0);
  }
}

TEST(DescriptorMatch, HoldsAtTheLargestNumbers) {
  std::vector<LocalFeature> entry(40), item(5);
  for (size_t i = 0; i < entry.size(); ++i) {
    entry[i].x = static_cast<float>(100 * i);
    entry[i].descriptor.fill(static_cast<uint8_t>(i % 2 == 0 ? 255 : 0));
    entry[i].descriptor[i] ^= 255;
  }
  for (size_t i = 0; i < item.size(); ++i) item[i].descriptor = entry[i].descriptor;
  for (int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    const auto pairs = match_descriptors(item, entry, {});
    hwy::SetSupportedTargetsForTest(0);
    ASSERT_EQ(pairs.size(), item.size());
    for (const FeaturePair& pair : pairs) EXPECT_EQ(pair.item, pair.entry);
  }
}

TEST(DescriptorMatch, WhatTwoPlacesLookLikeTellsNothing) {
  std::mt19937 random(12);
  auto entry = random_features(20, random);
  entry[7] = entry[3];
  entry[7].x += 50;
  const std::vector<LocalFeature> item{entry[3], entry[4]};
  const auto pairs = match_descriptors(item, entry, {});
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].entry, 4u);
  entry[7].x = entry[3].x + 2;  // now the same place, found twice
  EXPECT_EQ(match_descriptors(item, entry, {}).size(), 2u);
}

}  // namespace
}  // namespace weir
