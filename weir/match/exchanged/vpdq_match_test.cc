// SPDX-License-Identifier: Apache-2.0
#include "weir/match/exchanged/vpdq_match.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace weir {
namespace {

Hash256 random_hash(std::mt19937_64& random) {
  Hash256 hash;
  for (uint64_t& word : hash.words) word = random();
  return hash;
}

Hash256 turned(Hash256 hash, size_t bits) {
  for (size_t k = 0; k < bits; ++k) hash.flip_bit(k * 7 % 256);
  return hash;
}

std::vector<VpdqFrame> frames_of(std::span<const Hash256> hashes, int quality = 100) {
  std::vector<VpdqFrame> frames;
  for (const Hash256& hash : hashes) {
    const auto number = static_cast<uint32_t>(frames.size());
    frames.push_back({number, hash, quality, std::chrono::seconds(number)});
  }
  return frames;
}

std::vector<Hash256> random_hashes(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Hash256> hashes;
  for (size_t i = 0; i < count; ++i) hashes.push_back(random_hash(random));
  return hashes;
}

TEST(VpdqShares, CountDistinctHashesOfEachSide) {
  const auto some = random_hashes(4, 1);
  // The item: two frames of the entry, one of them twice, and one of another video.
  auto item = frames_of(std::vector{some[0], some[0], some[1], random_hashes(1, 2)[0]});
  const auto entry = frames_of(some);
  const VpdqShares shares = vpdq_shares(item, entry);
  EXPECT_EQ(shares, (VpdqShares{2.0 / 3, 0.5, 3, 4}));
  EXPECT_FALSE(is_match(shares));
  EXPECT_TRUE(vpdq_match(frames_of(std::vector{some[0], some[1]}), entry));  // a clip
  auto longer = some;
  for (const Hash256& hash : random_hashes(20, 3)) longer.push_back(hash);
  EXPECT_TRUE(vpdq_match(frames_of(longer), entry));  // shown whole among other things
}

TEST(VpdqShares, TakeTheRadiusAndTheQualityIn) {
  const auto some = random_hashes(1, 4);
  const auto entry = frames_of(some);
  EXPECT_TRUE(vpdq_match(frames_of(std::vector{turned(some[0], 31)}), entry));
  EXPECT_FALSE(vpdq_match(frames_of(std::vector{turned(some[0], 32)}), entry));
  EXPECT_TRUE(vpdq_match(frames_of(some, 50), entry));
  EXPECT_FALSE(vpdq_match(frames_of(some, 49), entry));
  EXPECT_FALSE(vpdq_match(entry, frames_of(some, 49)));
  EXPECT_EQ(vpdq_shares({}, entry).entry, 0);
  EXPECT_FALSE(vpdq_match({}, {}));
}

// Videos that share scenes, near and not so near, of high and low quality.
std::vector<VpdqFrame> any_video(const std::vector<Hash256>& scenes, std::mt19937_64& random) {
  std::vector<VpdqFrame> frames;
  const size_t count = random() % 12;
  for (size_t i = 0; i < count; ++i)
    frames.push_back({static_cast<uint32_t>(i),
                      turned(scenes[random() % scenes.size()], random() % 40),
                      static_cast<int>(40 + random() % 61), std::chrono::seconds(i)});
  return frames;
}

RC_GTEST_PROP(VpdqIndex, GivesWhatComparingWithEachEntryGives, (uint64_t seed)) {
  std::mt19937_64 random(seed);
  const auto scenes = random_hashes(1 + random() % 8, seed);
  VpdqIndex index;
  std::map<int64_t, std::vector<VpdqFrame>> entries;
  for (int step = 0; step < 60; ++step) {
    const EntryId entry{static_cast<int64_t>(1 + random() % 20)};
    if (random() % 4 == 0) {
      index.remove(entry);
      entries.erase(entry.value);
    } else {
      entries[entry.value] = any_video(scenes, random);
      RC_ASSERT(index.add(entry, entries[entry.value]).has_value());
    }
    if (random() % 16 == 0) RC_ASSERT(index.merge().has_value());
  }
  VpdqRule rule;
  rule.item_share = 0.5;
  const auto item = any_video(scenes, random);
  const auto found = index.edition().search(item, rule);
  RC_ASSERT(found.has_value());
  std::map<int64_t, VpdqShares> expected;
  for (const auto& [entry, frames] : entries)
    if (vpdq_match(item, frames, rule)) expected[entry] = vpdq_shares(item, frames, rule);
  RC_ASSERT(found->size() == expected.size());
  for (const VpdqMatch& match : *found) RC_ASSERT(expected.at(match.entry.value) == match.shares);
  RC_ASSERT(std::is_sorted(found->begin(), found->end(), [](const auto& a, const auto& b) {
    return std::max(a.shares.item, a.shares.entry) > std::max(b.shares.item, b.shares.entry);
  }));
}

// Frames of noise, one scene a second of its own.
TmkSignature signature_of(uint64_t seed, int frames) {
  std::mt19937_64 random(seed);
  TmkHasher hasher(15);
  std::vector<uint8_t> rgb(64 * 64 * 3);
  for (int i = 0; i < frames; ++i) {
    if (i % 15 == 0)
      for (size_t k = 0; k < rgb.size(); ++k)
        rgb[k] = static_cast<uint8_t>(random() % 64 + 2 * (k / 192) + seed % 5 * (k % 192) / 8);
    hasher.take(std::chrono::microseconds(i * 1'000'000LL / 15), {rgb.data(), 64, 64, 3, 192});
  }
  return hasher.finish();
}

TEST(TmkIndex, FindsTheSameVideoAndNoOther) {
  TmkIndex index;
  for (uint64_t seed = 1; seed <= 4; ++seed)
    index.add(EntryId{static_cast<int64_t>(seed)}, signature_of(seed, 60));
  EXPECT_EQ(index.edition().entries(), 4u);
  const TmkSignature item = signature_of(3, 60);
  const auto found = index.edition().search(item);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].entry, EntryId{3});
  EXPECT_NEAR(found[0].score.level_1, 1, 1e-5);
  EXPECT_NEAR(found[0].score.level_2, 1, 1e-4);
  for (const TmkMatch& match : index.edition().search(item, -1, -1)) {
    const TmkScore score = tmk_similarity(item, signature_of(match.entry.value, 60));
    EXPECT_EQ(match.score.level_1, score.level_1);
    EXPECT_EQ(match.score.level_2, score.level_2);
  }
  EXPECT_EQ(index.edition().search(item, -1, -1).size(), 4u);
  index.remove(EntryId{3});
  index.remove(EntryId{9});
  EXPECT_EQ(index.edition().entries(), 3u);
  for (const TmkMatch& match : index.edition().search(item)) EXPECT_NE(match.entry, EntryId{3});
}

}  // namespace
}  // namespace weir
