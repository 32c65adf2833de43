// SPDX-License-Identifier: Apache-2.0
#include "weir/match/claims.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weir {
namespace {

Match match_of(int64_t entry, double expected) {
  Match match;
  match.entry = EntryId{entry};
  match.expected_false_alarms = expected;
  match.score = -std::log10(expected);
  match.evidence.push_back({});
  return match;
}

PictureMatch picture_match_of(int64_t entry, double expected, size_t regions = 1) {
  PictureMatch match{EntryId{entry}, {}, expected, true};
  match.pair.shared.regions.resize(regions);
  match.pair.shared.terms[Term::kHash] = 31;
  match.pair.verdict = Verdict::kCopy;
  return match;
}

// Of two moments of one place.
PictureMatch other_moment_of(int64_t entry) {
  PictureMatch match = picture_match_of(entry, 0.01);
  match.pair.odds.moment = -20;
  match.pair.verdict = Verdict::kSameScene;
  match.is_reported = false;
  return match;
}

TEST(Joined, PixelsSayHowSureAMatchIs) {
  const auto matches = joined({match_of(1, 1e-20), match_of(2, 1e-5)},
                              {picture_match_of(2, 1e-9, 2), picture_match_of(1, 1e-10)});
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].entry, EntryId{1});
  EXPECT_DOUBLE_EQ(matches[0].expected_false_alarms, 1e-10);
  EXPECT_DOUBLE_EQ(matches[0].score, 10);
  EXPECT_EQ(matches[0].regions.size(), 1u);
  EXPECT_EQ(matches[0].evidence.size(), 1u);
  EXPECT_EQ(matches[1].entry, EntryId{2});
  EXPECT_DOUBLE_EQ(matches[1].expected_false_alarms, 1e-9);
  EXPECT_EQ(matches[1].regions.size(), 2u);
}

TEST(Joined, APictureThatNoHashFoundIsAMatchOfItsOwn) {
  const auto matches = joined({match_of(8, 1e-6)}, {picture_match_of(3, 1e-12)});
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].entry, EntryId{3});
  EXPECT_EQ(matches[0].kind, MatchKind::kImage);
  EXPECT_DOUBLE_EQ(matches[0].score, 12);
  EXPECT_TRUE(matches[0].evidence.empty());
  EXPECT_EQ(matches[0].regions.size(), 1u);
}

TEST(Joined, AnExactMatchStaysExact) {
  Match exact = match_of(1, 1e-70);
  exact.kind = MatchKind::kExact;
  const auto matches = joined({exact}, {picture_match_of(1, 1e-12)});
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0].kind, MatchKind::kExact);
  EXPECT_DOUBLE_EQ(matches[0].expected_false_alarms, 1e-70);
}

TEST(Joined, EquallySureOnesStandByEntry) {
  const auto matches =
      joined({match_of(9, 1e-12)}, {picture_match_of(7, 1e-12), picture_match_of(4, 1e-12)});
  ASSERT_EQ(matches.size(), 3u);
  EXPECT_EQ(matches[0].entry, EntryId{4});
  EXPECT_EQ(matches[1].entry, EntryId{7});
  EXPECT_EQ(matches[2].entry, EntryId{9});
  EXPECT_TRUE(joined({}, std::vector<PictureMatch>{}).empty());
}

// The same picture above one with a caption, of which the hash is a little off.
TEST(Joined, TheNearerAHashTheSurerTheCopy) {
  const auto at = [](double bits) {
    PictureMatch copy = picture_match_of(1, 1e-6);
    copy.pair.shared.terms[Term::kHash] = bits;
    return joined({match_of(1, 1e-40)}, {copy})[0].score;
  };
  EXPECT_NEAR(at(0), 12, 1e-9);
  EXPECT_GT(at(4), at(16));
  EXPECT_GT(at(16), at(31) + 1);
  EXPECT_NEAR(at(31), 6, 1e-9);
}

// What partners mean by a match is one, though pixels that do not quite agree make it less sure.
TEST(Joined, AHashIsBelievedSoFarWherePixelsDoNotAgree) {
  PictureMatch unsure = picture_match_of(1, 0.02);
  unsure.pair.verdict = Verdict::kUnclear;
  unsure.is_reported = false;
  Match exact = match_of(2, 1e-70);
  exact.kind = MatchKind::kExact;
  PictureMatch of_exact = unsure;
  of_exact.entry = EntryId{2};
  const auto matches = joined({match_of(1, 1e-40), exact, match_of(3, 1e-40)}, {unsure, of_exact});
  ASSERT_EQ(matches.size(), 3u);
  for (const Match& match : matches) {
    const double expected[] = {0, kLeastOfHash, 1e-70, 1e-40};
    EXPECT_EQ(match.expected_false_alarms, expected[match.entry.value]) << match.entry.value;
  }
}

TEST(Joined, AHashOfAPictureFromAnotherMomentIsAWeakClaimAndItsFileIsNot) {
  Match exact = match_of(2, 1e-70);
  exact.kind = MatchKind::kExact;
  const auto matches = joined({match_of(1, 1e-20), exact, match_of(3, 1e-40)},
                              {other_moment_of(2), other_moment_of(3), other_moment_of(4)});
  ASSERT_EQ(matches.size(), 3u);
  EXPECT_EQ(matches[0].entry, EntryId{2});
  EXPECT_EQ(matches[1].entry, EntryId{1});
  EXPECT_EQ(matches[2].entry, EntryId{3});
  EXPECT_DOUBLE_EQ(matches[2].expected_false_alarms, 0.01);
  EXPECT_TRUE(matches[2].judged.has_value());
}

}  // namespace
}  // namespace weir
