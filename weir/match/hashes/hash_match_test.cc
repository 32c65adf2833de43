// SPDX-License-Identifier: Apache-2.0
#include "weir/match/hashes/hash_match.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <random>
#include <sstream>

namespace weir {
namespace {

Hash256 random_hash(std::mt19937_64& random) {
  Hash256 hash;
  for (uint64_t& word : hash.words) word = random();
  return hash;
}

Hash256 with_flips(Hash256 hash, int flips, std::mt19937_64& random) {
  std::vector<size_t> places(256);
  for (size_t i = 0; i < 256; ++i) places[i] = i;
  std::shuffle(places.begin(), places.end(), random);
  for (int i = 0; i < flips; ++i) hash.flip_bit(places[static_cast<size_t>(i)]);
  return hash;
}

PictureHash picture_with(const Hash256& hash, Dihedral where, std::mt19937_64& random) {
  PictureHash picture;
  for (Hash256& one : picture.dihedral) one = random_hash(random);
  picture.dihedral[static_cast<size_t>(where)] = hash;
  picture.quality = 100;
  return picture;
}

std::vector<std::vector<Match>> matches_of(const std::vector<ItemQuery>& items,
                                           const LiveHammingIndex& index) {
  auto found = match_items(items, index, MatchOptions{});
  EXPECT_TRUE(found.has_value());
  return std::move(*found);
}

TEST(MatchItems, FindsAnEntryInEveryOrientationAndSaysWhich) {
  std::mt19937_64 random(1);
  const Hash256 known = random_hash(random);
  LiveHammingIndex index;
  const HammingRow row{known, 17};
  index.add({&row, 1});
  for (size_t d = 0; d < kDihedrals; ++d) {
    ItemQuery item;
    item.pictures.push_back(
        picture_with(with_flips(known, 9, random), static_cast<Dihedral>(d), random));
    const auto matches = matches_of({item}, index);
    ASSERT_EQ(matches[0].size(), 1u);
    EXPECT_EQ(matches[0][0].entry, EntryId{17});
    EXPECT_EQ(matches[0][0].kind, MatchKind::kImage);
    ASSERT_EQ(matches[0][0].evidence.size(), 1u);
    EXPECT_EQ(matches[0][0].evidence[0].distance, Distance{9});
    EXPECT_EQ(matches[0][0].evidence[0].orientation, static_cast<Dihedral>(d));
  }
}

TEST(MatchItems, FindsANegativeAndSaysSo) {
  std::mt19937_64 random(9);
  const Hash256 known = random_hash(random);
  LiveHammingIndex index;
  const HammingRow row{known, 17};
  index.add({&row, 1});
  ItemQuery item;
  item.pictures.push_back(picture_with(~with_flips(known, 9, random), Dihedral::kFlipY, random));
  const auto matches = matches_of({item}, index);
  ASSERT_EQ(matches[0].size(), 1u);
  EXPECT_EQ(matches[0][0].evidence[0].distance, Distance{9});
  EXPECT_EQ(matches[0][0].evidence[0].orientation, Dihedral::kFlipY);
  EXPECT_TRUE(matches[0][0].evidence[0].inverted);
}

TEST(MatchItems, MatchesAtTheRadiusAndNotBeyond) {
  std::mt19937_64 random(2);
  const Hash256 known = random_hash(random);
  LiveHammingIndex index;
  const HammingRow row{known, 1};
  index.add({&row, 1});
  ItemQuery at, beyond;
  at.pictures.push_back(picture_with(with_flips(known, 31, random), Dihedral::kOriginal, random));
  beyond.pictures.push_back(
      picture_with(with_flips(known, 32, random), Dihedral::kOriginal, random));
  const auto matches = matches_of({at, beyond}, index);
  EXPECT_EQ(matches[0].size(), 1u);
  EXPECT_TRUE(matches[1].empty());
}

TEST(MatchItems, KeepsTheNearestOfSeveralRowsOfAnEntryAndOrdersByScore) {
  std::mt19937_64 random(3);
  const Hash256 known = random_hash(random);
  LiveHammingIndex index;
  const std::vector<HammingRow> rows{{with_flips(known, 20, random), 5},
                                     {with_flips(known, 12, random), 5},
                                     {with_flips(known, 3, random), 9}};
  index.add(rows);
  ItemQuery item;
  item.pictures.push_back(picture_with(known, Dihedral::kOriginal, random));
  const auto matches = matches_of({item}, index)[0];
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].entry, EntryId{9});
  EXPECT_EQ(matches[1].entry, EntryId{5});
  EXPECT_EQ(matches[1].evidence[0].distance, Distance{12});
  EXPECT_GT(matches[0].score, matches[1].score);
  EXPECT_NEAR(matches[0].score, -std::log10(matches[0].expected_false_alarms), 1e-9);
}

TEST(MatchItems, DoesNotSearchForAPictureOfLowQuality) {
  std::mt19937_64 random(4);
  const Hash256 known = random_hash(random);
  LiveHammingIndex index;
  const HammingRow row{known, 1};
  index.add({&row, 1});
  ItemQuery item;
  item.pictures.push_back(picture_with(known, Dihedral::kOriginal, random));
  item.pictures[0].quality = kPdqMatchableQuality - 1;
  EXPECT_TRUE(matches_of({item}, index)[0].empty());
}

TEST(MatchItems, JoinsDigestAndPictureOfOneEntryIntoOneExactMatch) {
  std::mt19937_64 random(5);
  const Hash256 known = random_hash(random);
  LiveHammingIndex index;
  const HammingRow row{known, 4};
  index.add({&row, 1});
  ItemQuery item;
  item.pictures.push_back(picture_with(known, Dihedral::kOriginal, random));
  item.exact.push_back({EntryId{4}, SignalKind::kSha256});
  item.exact.push_back({EntryId{6}, SignalKind::kMd5});
  const auto matches = matches_of({item}, index)[0];
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].entry, EntryId{4});
  EXPECT_EQ(matches[0].kind, MatchKind::kExact);
  EXPECT_EQ(matches[0].evidence.size(), 2u);
  EXPECT_EQ(matches[1].entry, EntryId{6});
  EXPECT_EQ(matches[1].evidence[0].kind, SignalKind::kMd5);
}

TEST(MatchItems, SaysWhenThereAreTooManyNeighbours) {
  std::mt19937_64 random(6);
  const Hash256 known = random_hash(random);
  LiveHammingIndex index;
  for (uint32_t key = 1; key <= 10; ++key) {
    const HammingRow row{known, key};
    index.add({&row, 1});
  }
  ItemQuery item;
  item.pictures.push_back(picture_with(known, Dihedral::kOriginal, random));
  MatchOptions options;
  options.most_neighbours = 9;
  const auto found = match_items({&item, 1}, index, options);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::kLimit);
}

TEST(ExpectedFalseAlarms, AreTheBinomialTailTimesTheComparisons) {
  EXPECT_DOUBLE_EQ(expected_false_alarms(Distance{0}, 1, 1), std::exp2(-256.0));
  EXPECT_DOUBLE_EQ(expected_false_alarms(Distance{1}, 1, 1), 257 * std::exp2(-256.0));
  EXPECT_NEAR(expected_false_alarms(Distance{256}, 1, 1), 1.0, 1e-9);
  // P(X <= 128) = 1/2 + C(256,128) / 2^257, and C(256,128) / 2^256 = 0.049819...
  EXPECT_NEAR(expected_false_alarms(Distance{128}, 1, 1), 0.5 + 0.0498191 / 2, 1e-6);
  EXPECT_DOUBLE_EQ(expected_false_alarms(Distance{31}, 1'000, 8),
                   8'000 * expected_false_alarms(Distance{31}, 1, 1));
}

// The golden file has hash and the eight orientations as the published program made them.
TEST(PictureFromHash, ComesWithinTheMatchRadiusOfEveryTrueOrientation) {
  std::ifstream file(WEIR_SOURCE_DIR "/tests/golden/pdq_synthetic.tsv");
  ASSERT_TRUE(file.is_open());
  std::string line;
  int pictures = 0;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string seed, width, height, channels, sum, hash, quality;
    fields >> seed >> width >> height >> channels >> sum >> hash >> quality;
    const auto parsed = parse_hash256(hash);
    if (!parsed || std::stoi(quality) < kPdqMatchableQuality) continue;
    ++pictures;
    const PictureHash guess = picture_from_hash(*parsed, 100);
    for (size_t d = 0; d < kDihedrals; ++d) {
      std::string published;
      fields >> published;
      const Hash256 truth = *parse_hash256(published);
      EXPECT_LE(distance(guess.dihedral[d], truth), Distance{24}) << seed << " " << d;
    }
  }
  EXPECT_GT(pictures, 40);
}

}  // namespace
}  // namespace weir
