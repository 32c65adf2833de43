// SPDX-License-Identifier: Apache-2.0
#include "weir/match/pictures/picture_pair.h"

#include <gtest/gtest.h>

#include <cmath>

#include "weir/match/pictures/made_pictures_for_test.h"

namespace weir {
namespace {

using made::entry_features;
using made::item_features;
using made::scene;

PicturePair pair_of(Verdict verdict, double log_odds, double log10_nfa) {
  PicturePair pair;
  pair.verdict = verdict;
  pair.odds.log_odds = log_odds;
  pair.log10_nfa = log10_nfa;
  return pair;
}

TEST(PicturePair, ThePictureItselfIsACopyAndSoIsEachOfItsRegions) {
  const PicturePair pair = compare_pictures(item_features(scene(1)), entry_features(scene(1)));
  EXPECT_EQ(pair.verdict, Verdict::kCopy);
  ASSERT_FALSE(pair.shared.regions.empty());
  for (const SharedRegion& region : pair.shared.regions) EXPECT_EQ(region.verdict, pair.verdict);
  EXPECT_EQ(pair.shared.terms[Term::kHash], kNoHash);
  EXPECT_LT(pair.log10_nfa, -20);
  EXPECT_FALSE(is_other_moment(pair.odds));
}

TEST(PicturePair, OfUnrelatedPicturesNothingIsShared) {
  const PicturePair pair = compare_pictures(item_features(scene(1)), entry_features(scene(2)));
  EXPECT_TRUE(pair.shared.regions.empty());
  EXPECT_EQ(pair.verdict, Verdict::kUnclear);
}

TEST(PicturePair, AHashThatAgreesIsATermAmongOthers) {
  const PictureFeatures item = item_features(scene(1)), entry = entry_features(scene(1));
  const PicturePair without = compare_pictures(item, entry),
                    with = compare_pictures(item, entry, {}, 2);
  EXPECT_EQ(with.shared.terms[Term::kHash], 2);
  EXPECT_GE(with.odds.log_odds, without.odds.log_odds);
}

// Two pictures of one camera, and the first of them saved with more grain.
TEST(PicturePair, SomethingThatMovedIsAnotherMoment) {
  using made::grainy, made::room_with_a_thing;
  const auto entry = entry_features(grainy(room_with_a_thing(180, 120), 1));
  const auto moved = compare_pictures(item_features(grainy(room_with_a_thing(192, 117), 2)), entry);
  EXPECT_EQ(moved.verdict, Verdict::kSameScene);
  const auto same = compare_pictures(item_features(grainy(room_with_a_thing(180, 120), 3)), entry);
  EXPECT_EQ(same.verdict, Verdict::kCopy);
  EXPECT_LT(moved.odds.moment, same.odds.moment - 4);
}

TEST(PicturePair, WithoutPlanesNothingIsClear) {
  PictureFeatures item = item_features(scene(1));
  item.plane = {};
  EXPECT_EQ(compare_pictures(item, entry_features(scene(1))).verdict, Verdict::kUnclear);
}

TEST(PicturePair, FalseAlarmsGrowWithTheEntries) {
  for (const auto& pair : {pair_of(Verdict::kCopy, 3, -4), pair_of(Verdict::kCopy, 9, -40),
                           pair_of(Verdict::kUnclear, -20, -5)}) {
    double before = 0;
    for (double entries = 1e3; entries <= 1e9; entries *= 100) {
      const double now = expected_false_alarms(pair, entries);
      EXPECT_GT(now, before);
      before = now;
    }
  }
}

TEST(PicturePair, FalseAlarmsFallWithOddsAndWithGeometry) {
  EXPECT_LT(expected_false_alarms(pair_of(Verdict::kCopy, 6, -40), 1e6),
            expected_false_alarms(pair_of(Verdict::kCopy, 4, -40), 1e6));
  EXPECT_LT(expected_false_alarms(pair_of(Verdict::kCopy, 20, -9), 1e6),
            expected_false_alarms(pair_of(Verdict::kCopy, 20, -7), 1e6));
}

TEST(PicturePair, ChanceExpectsNoMoreThanShareAnything) {
  for (const double entries : {1e3, 1e6})
    EXPECT_EQ(expected_false_alarms(pair_of(Verdict::kCopy, -30, -1), entries),
              sharing_of_unrelated(entries));
}

TEST(PicturePair, RarerThanAnybodyHasLookedIsNotClaimed) {
  for (const double odds : {3.0, 40.0, 1e9})
    for (const double nfa : {-20.0, -300.0, -1e9})
      for (const double entries : {1.0, 1e6})
        EXPECT_GE(expected_false_alarms(pair_of(Verdict::kCopy, odds, nfa), entries),
                  kLeastFalseAlarms);
  EXPECT_EQ(expected_false_alarms(pair_of(Verdict::kCopy, 100, -300), 1), kLeastFalseAlarms);
}

TEST(PicturePair, WhatIsNoCopyIsAWeakClaimHoweverFewTheEntriesAre) {
  for (const Verdict verdict : {Verdict::kSameScene, Verdict::kUnclear, Verdict::kElement})
    EXPECT_GE(expected_false_alarms(pair_of(verdict, 2, -300), 1), 0.01) << name_of(verdict);
  EXPECT_LT(expected_false_alarms(pair_of(Verdict::kCopy, 8, -300), 1), 0.01);
}

TEST(PicturePair, IsAnotherMomentOnlyWhereThatIsClear) {
  CopyOdds odds;
  odds.log_odds = odds.element = -50;
  EXPECT_FALSE(is_other_moment(odds));
  odds.moment = -0.9;
  EXPECT_FALSE(is_other_moment(odds));
  odds.moment = -1;
  EXPECT_TRUE(is_other_moment(odds));
}

}  // namespace
}  // namespace weir
