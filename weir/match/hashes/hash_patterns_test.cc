// SPDX-License-Identifier: Apache-2.0
//
// A pattern's hash agrees with those of others; that proves nothing, and what it is a hash of is
// told from the item alone.
#include <gtest/gtest.h>

#include "weir/hash/picture/content_box.h"
#include "weir/hash/picture/patterns_for_test.h"
#include "weir/hash/picture/pdq.h"
#include "weir/match/hashes/hash_match.h"
#include "weir/match/pictures/made_pictures_for_test.h"

namespace weir {
namespace {

constexpr double kReported = 1e-3;  // as configured by default

PictureHash hash_of(const PixelView& picture) {
  const PdqDihedral hash = pdq_dihedral(picture);
  PictureHash out;
  out.dihedral = hash.dihedral;
  out.quality = hash.quality;
  out.information = hash.information;
  return out;
}

ItemQuery query_for(const PixelView& picture) {
  ItemQuery query;
  query.pictures.push_back(hash_of(picture));
  if (const auto box = content_box(picture)) query.pictures.push_back(hash_of(picture.crop(*box)));
  return query;
}

struct Found {
  int agreeing = 0;  // by distance
  int reported = 0;
};

Found found_among(const LiveHammingIndex& index, const std::vector<ItemQuery>& items) {
  const auto matches = match_items(items, index, {});
  EXPECT_TRUE(matches) << (matches ? "" : matches.error().message);
  Found found;
  for (size_t i = 0; matches && i < items.size(); ++i)
    for (const Match& match : (*matches)[i]) {
      ++found.agreeing;
      found.reported += match.expected_false_alarms <= kReported;
      if (match.expected_false_alarms <= kReported)
        ADD_FAILURE_AT(__FILE__, __LINE__)
            << "item " << i << " entry " << match.entry.value << " at "
            << match.evidence[0].distance.bits << " bits, score " << match.score;
    }
  return found;
}

TEST(MatchPatterns, FiftyAgainstFiftyOthersGiveNone) {
  LiveHammingIndex index;
  std::vector<ItemQuery> items;
  for (int kind = 0; kind < testing::kPatternKinds; ++kind) {
    for (const uint32_t seed : {2, 6}) {
      const PictureHash known = hash_of(testing::regular_pattern(kind, seed).view());
      const HammingRow row{known.dihedral[0], static_cast<uint32_t>(kind) * 10 + seed};
      if (known.quality >= kPdqMatchableQuality) index.add({&row, 1});
    }
    for (const uint32_t seed : {9, 16})
      items.push_back(query_for(testing::regular_pattern(kind, seed).view()));
  }
  const Found found = found_among(index, items);
  EXPECT_GT(found.agreeing, 15) << "patterns that do not agree test nothing";
  EXPECT_EQ(found.reported, 0);
}

// What is known of an item may be its hash alone.
TEST(MatchPatterns, AHashOfCheckersAloneProvesLittle) {
  Hash256 checkers;
  for (size_t k = 0; k < 256; ++k)
    if ((k / 16 + k) % 2) checkers.set_bit(k);
  LiveHammingIndex index;
  const HammingRow row{checkers, 1};
  index.add({&row, 1});
  ItemQuery query;
  query.pictures.push_back(picture_from_hash(checkers, 100));
  const auto matches = match_items({&query, 1}, index, {});
  ASSERT_TRUE(matches);
  ASSERT_EQ((*matches)[0].size(), 1u);
  EXPECT_GT((*matches)[0][0].expected_false_alarms, kReported);
}

// As far as the radius goes, in a bank of a million.
TEST(MatchPatterns, PicturesLoseNothing) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    const PictureHash hash = hash_of(made::scene(seed).view());
    ASSERT_GE(hash.quality, kPdqMatchableQuality);
    EXPECT_LE(expected_false_alarms(kPdqMatchRadius, 1'000'000, 2 * kDihedrals, hash.information),
              kReported)
        << "seed " << seed << ": " << hash.information << " bits";
  }
}

// The surest of an item's hashes speaks, not the nearest.
TEST(MatchPatterns, OfTwoHashesTheOneThatTellsMoreIsTheEvidence) {
  const PictureHash whole = hash_of(made::scene(3).view());
  LiveHammingIndex index;
  const HammingRow row{whole.dihedral[0], 1};
  index.add({&row, 1});
  ItemQuery query;
  query.pictures = {whole, whole};
  query.pictures[0].information = 6;
  query.pictures[1].dihedral[0].flip_bit(9);
  const auto matches = match_items({&query, 1}, index, {});
  ASSERT_TRUE(matches);
  ASSERT_EQ((*matches)[0].size(), 1u);
  EXPECT_EQ((*matches)[0][0].evidence[0].picture, 1u);
  EXPECT_LE((*matches)[0][0].expected_false_alarms, kReported);
}

}  // namespace
}  // namespace weir
