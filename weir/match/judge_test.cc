// SPDX-License-Identifier: Apache-2.0
#include "weir/match/judge.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace weir {
namespace {

// Entries of which a judge is told no more than the facts.
class OnlyFacts final : public KnownEntries {
 public:
  std::map<EntryId, EntryFacts> all;

  Result<std::optional<EntryFacts>> facts(EntryId entry) override {
    const auto found = all.find(entry);
    return found == all.end() ? std::optional<EntryFacts>() : std::optional(found->second);
  }
  Result<std::optional<KnownPicture>> picture(EntryId) override {
    return std::optional<KnownPicture>();
  }
  Result<std::optional<VideoTrack>> track(EntryId) override { return std::optional<VideoTrack>(); }
  Result<std::vector<SameDigest>> same_digests(std::span<const Signal>) override {
    return std::vector<SameDigest>();
  }
};

constexpr EntryId kPoster{1}, kLogo{2}, kGone{3};

Match match_of(EntryId entry, double expected) {
  Match match;
  match.entry = entry;
  match.expected_false_alarms = expected;
  match.score = -std::log10(expected);
  return match;
}

Match by_pdq(EntryId entry, uint16_t bits, double expected = 1e-6) {
  Match match = match_of(entry, expected);
  match.evidence.push_back({SignalKind::kPdq, Distance{bits}, Dihedral::kOriginal, 0, false});
  return match;
}

class JudgeTest : public testing::Test {
 protected:
  JudgeTest() {
    known_.all[kPoster] = {};
    known_.all[kLogo] = {{}, true};
    item_.pictures.emplace_back().region = {0, 0, 400, 300};
  }
  Judgement judged(Claims claims) {
    auto judgement = judge(std::move(claims), item_, {{&item_, 1}, snapshot_, known_});
    EXPECT_TRUE(judgement);
    return judgement ? std::move(*judgement) : Judgement();
  }

  OnlyFacts known_;
  Snapshot snapshot_;
  ItemToMatch item_;
};

TEST_F(JudgeTest, WhatABenignBankHoldsIsNeverReported) {
  EXPECT_TRUE(judged({by_pdq(kLogo, 0)}).findings.empty());
  Match exact = match_of(kLogo, 1e-30);
  exact.kind = MatchKind::kExact;
  EXPECT_TRUE(judged({exact}).findings.empty());
}

TEST_F(JudgeTest, AHashThatIsHardlyNearerThanABenignOneIsLeftOut) {
  EXPECT_TRUE(judged({by_pdq(kPoster, 14), by_pdq(kLogo, 24)}).findings.empty());
  EXPECT_EQ(judged({by_pdq(kPoster, 13), by_pdq(kLogo, 24)}).findings.size(), 1u);
  // Pixels say more than either.
  Match pixels = by_pdq(kPoster, 24);
  pixels.regions.emplace_back();
  EXPECT_EQ(judged({pixels, by_pdq(kLogo, 24)}).findings.size(), 1u);
}

TEST_F(JudgeTest, AHashThatIsTooWeakIsSetAsideAndSaid) {
  Match other_moment = by_pdq(kPoster, 20, 0.5);
  other_moment.judged.emplace().odds.moment = -20;
  const Judgement judgement = judged({other_moment});
  EXPECT_TRUE(judgement.findings.empty());
  ASSERT_EQ(judgement.set_aside.size(), 1u);
  EXPECT_EQ(judgement.set_aside[0].pdq, Distance{20});
  EXPECT_TRUE(judgement.set_aside[0].is_other_moment);
  EXPECT_FALSE(judged({by_pdq(kPoster, 20, 0.5)}).set_aside.at(0).is_other_moment);
}

TEST_F(JudgeTest, AnEntryThatIsGoneIsNoMatch) {
  const Judgement judgement = judged({by_pdq(kGone, 0)});
  EXPECT_TRUE(judgement.findings.empty());
  EXPECT_TRUE(judgement.set_aside.empty());
}

TEST_F(JudgeTest, AHashIsOfThePartThatWasHashed) {
  item_.pictures.emplace_back().region = {100, 0, 200, 300};
  Match match = by_pdq(kPoster, 8);
  match.evidence[0].picture = 1;
  const Place place = judged({match}).findings.at(0).place;
  EXPECT_EQ(place.item_region, (Rect{100, 0, 200, 300}));
  EXPECT_DOUBLE_EQ(place.coverage.value_or(0), 0.5);
}

TEST_F(JudgeTest, RegionsCoverEachPlaceOnce) {
  item_.features.width = 400;
  item_.features.height = 300;
  Match match = match_of(kPoster, 1e-6);
  match.regions.resize(2);
  match.regions[0].item_region = {0, 0, 200, 300};
  match.regions[1].item_region = {100, 0, 200, 300};
  EXPECT_NEAR(judged({match}).findings.at(0).place.coverage.value_or(0), 0.75, 0.02);
}

TEST_F(JudgeTest, OfAVideoItIsSaidHowMuchIsKnown) {
  item_.video.emplace().track.duration = std::chrono::seconds(20);
  EXPECT_EQ(judged({}).coverage, 0.0);
  Match match = match_of(kPoster, 1e-6);
  match.kind = MatchKind::kVideo;
  // Signals of others do not say when, so that nothing is said of how much.
  EXPECT_FALSE(judged({match}).coverage);
  match.segments.emplace_back().item_to = std::chrono::seconds(5);
  EXPECT_EQ(judged({match}).coverage, 0.25);
}

TEST(CoveredTime, CountsEachMomentOnceAndNoneOutside) {
  const auto segment = [](int from, int to) {
    SharedSegment one;
    one.item_from = std::chrono::seconds(from);
    one.item_to = std::chrono::seconds(to);
    return one;
  };
  const std::vector<SharedSegment> segments{segment(5, 8), segment(-3, 2), segment(7, 9),
                                            segment(6, 7), segment(18, 30)};
  EXPECT_DOUBLE_EQ(covered_time(segments, std::chrono::seconds(20)), (2 + 4 + 2) / 20.0);
  EXPECT_EQ(covered_time({}, std::chrono::seconds(20)), 0);
  EXPECT_EQ(covered_time(segments, std::chrono::seconds(0)), 0);
}

}  // namespace
}  // namespace weir
