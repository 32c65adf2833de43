// SPDX-License-Identifier: Apache-2.0
#include "weir/match/pictures/picture_match.h"

#include <gtest/gtest.h>

#include <array>

#include "weir/match/pictures/made_pictures_for_test.h"

namespace weir {
namespace {

using made::PictureBank;
using made::scene;
using Entries = std::vector<int64_t>;

Entries entries_of(const std::vector<PictureMatch>& matches) {
  Entries entries;
  for (const PictureMatch& match : matches) entries.push_back(match.entry.value);
  std::sort(entries.begin(), entries.end());
  return entries;
}

// Every side of the rectangle within `share` of the truth's width or height.
void expect_near(const Rect& found, const Rect& truth, double share) {
  const auto near = [&](double a, double b, double whole) { EXPECT_NEAR(a, b, share * whole); };
  near(found.x, truth.x, truth.width);
  near(found.y, truth.y, truth.height);
  near(double{1} * found.x + found.width, double{1} * truth.x + truth.width, truth.width);
  near(double{1} * found.y + found.height, double{1} * truth.y + truth.height, truth.height);
}

// Scenes that have nothing to do with each other.
PictureBank ten_scenes() {
  return PictureBank(10);
}

// A badge full of features, the same for all who carry it.
Pixels badge(uint32_t side = 110) {
  return made::resized(scene(900, 220, 220), side, side);
}

TEST(MatchPicture, FindsCropsPicturesInPicturesAndTurnedOnesAndSaysWhere) {
  const PictureBank bank = ten_scenes();
  const Pixels known = scene(3);
  const Rect part{120, 60, 264, 198};  // 30 % of the area
  auto found = bank.match(made::cropped(known, part));
  ASSERT_EQ(entries_of(found), Entries{3});
  expect_near(found[0].pair.shared.regions[0].item_region, {0, 0, 264, 198}, 0.04);
  expect_near(found[0].pair.shared.regions[0].entry_region, part, 0.04);

  found = bank.match(made::with(scene(50, 800, 600), made::resized(known, 240, 180), 400, 300));
  ASSERT_EQ(entries_of(found), Entries{3});
  expect_near(found[0].pair.shared.regions[0].item_region, {400, 300, 240, 180}, 0.04);
  expect_near(found[0].pair.shared.regions[0].entry_region, {0, 0, 480, 360}, 0.04);

  found = bank.match(made::turned(known, 8));
  ASSERT_EQ(entries_of(found), Entries{3});
  EXPECT_EQ(in_words(found[0].pair.shared.regions[0]), "turned by 8 degrees clockwise");
}

TEST(MatchPicture, FindsAMirroredCopyAndSaysSo) {
  const PictureBank bank = ten_scenes();
  const auto found = bank.match(made::mirrored(made::cropped(scene(4), {0, 0, 300, 300})));
  ASSERT_EQ(entries_of(found), Entries{4});
  EXPECT_TRUE(found[0].pair.shared.regions[0].mirrored);
  EXPECT_LE(found[0].expected_false_alarms, 1e-3);
}

TEST(MatchPicture, FindsNothingInUnrelatedPictures) {
  const PictureBank bank = ten_scenes();
  for (unsigned seed = 100; seed < 120; ++seed)
    EXPECT_TRUE(bank.match(scene(seed)).empty()) << seed;
}

TEST(MatchPicture, ACollageOfTwoEntriesIsBothEachInItsPlace) {
  const PictureBank bank = ten_scenes();
  Pixels collage{std::vector<uint8_t>(size_t{800} * 300, 30), 800, 300, 1};
  collage = made::with(collage, made::resized(scene(2), 400, 300), 0, 0);
  collage = made::with(collage, made::resized(scene(7), 400, 300), 400, 0);
  const auto found = bank.match(collage);
  ASSERT_EQ(entries_of(found), (Entries{2, 7}));
  for (const PictureMatch& match : found) {
    const uint32_t left = match.entry == EntryId{2} ? 0 : 400;
    expect_near(match.pair.shared.regions[0].item_region, {left, 0, 400, 300}, 0.04);
  }
}

TEST(MatchPicture, AnEntryShownTwiceIsOneMatchWithTwoRegions) {
  const PictureBank bank = ten_scenes();
  const Pixels small = made::resized(scene(5), 360, 270);
  Pixels item{std::vector<uint8_t>(size_t{800} * 300, 200), 800, 300, 1};
  item = made::with(made::with(item, small, 10, 10), made::mirrored(small), 420, 20);
  const auto found = bank.match(item);
  ASSERT_EQ(entries_of(found), Entries{5});
  ASSERT_EQ(found[0].pair.shared.regions.size(), 2u);
  EXPECT_NE(found[0].pair.shared.regions[0].mirrored, found[0].pair.shared.regions[1].mirrored);
}

// A quarter of the entry as a third of another picture.
TEST(MatchPicture, APieceOfLessThanHalfOfBothIsLikelierACopyThanAnElementIs) {
  PictureBank bank = ten_scenes();
  bank.add(11, made::with(scene(11), badge(), 20, 20));
  const auto log_odds = [&](const Pixels& picture, int64_t entry) {
    const PictureFeatures item = made::item_features(picture);
    const auto found = match_picture(item, bank.index(), bank.known(), {0.05, 40, {}});
    EXPECT_TRUE(found);
    EXPECT_EQ(entries_of(*found), Entries{entry});
    return found->empty() ? -100 : found->front().pair.odds.log_odds;
  };
  const Pixels piece = made::resized(made::cropped(scene(6), {100, 80, 240, 180}), 460, 345);
  const double of_piece = log_odds(made::with(scene(60, 800, 600), piece, 100, 100), 6);
  EXPECT_GT(of_piece, log_odds(made::with(scene(61), badge(), 340, 230), 11));
}

// The four quarters in another order.
TEST(MatchPicture, ShuffledPiecesAreTheirPicture) {
  const PictureBank bank = ten_scenes();
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Pixels known = scene(seed);
    Pixels shuffled = made::with(known, made::cropped(known, {0, 0, 240, 180}), 240, 180);
    shuffled = made::with(shuffled, made::cropped(known, {240, 180, 240, 180}), 0, 0);
    shuffled = made::with(shuffled, made::cropped(known, {240, 0, 240, 180}), 0, 180);
    shuffled = made::with(shuffled, made::cropped(known, {0, 180, 240, 180}), 240, 0);
    const auto found = bank.match(shuffled);
    ASSERT_EQ(entries_of(found), Entries{seed});
    EXPECT_GE(found[0].pair.shared.regions.size(), 3u);
    EXPECT_GT(found[0].pair.shared.terms[Term::kEntryShare], 0.5);
  }
}

// Waves of six pixels: no projective map follows them, and nothing has moved.
TEST(MatchPicture, APictureUnderWavesIsACopy) {
  const PictureBank bank = ten_scenes();
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Pixels known = scene(seed);
    const auto waves = made::drawn(known.width, known.height, [&](double x, double y) {
      return made::level(known, x + 6 * std::sin(y / 40), y + 6 * std::sin(x / 50));
    });
    EXPECT_EQ(entries_of(bank.match(waves)), Entries{seed});
  }
}

TEST(MatchPicture, AnElementInCommonIsNoMatch) {
  PictureBank bank = ten_scenes();
  bank.add(11, made::with(scene(11), badge(), 20, 20));
  EXPECT_TRUE(bank.match(made::with(scene(61), badge(), 340, 230)).empty());
}

TEST(MatchPicture, AnElementInCommonIsAWeakClaimForThoseWhoAskForSuch) {
  PictureBank bank = ten_scenes();
  bank.add(11, made::with(scene(11), badge(), 20, 20));
  const PictureFeatures item = made::item_features(made::with(scene(61), badge(), 340, 230));
  const auto found = match_picture(item, bank.index(), bank.known(), {0.05, 40, {}});
  ASSERT_TRUE(found);
  ASSERT_EQ(entries_of(*found), Entries{11});
  EXPECT_GE(found->front().expected_false_alarms, 0.01);
  EXPECT_NE(found->front().pair.verdict, Verdict::kCopy);
}

TEST(MatchPicture, AnElementOfManyEntriesLeavesTheTrueMatchAlone) {
  PictureBank bank;
  for (unsigned seed = 1; seed <= 8; ++seed)
    bank.add(seed, made::with(scene(seed), badge(), 20 + 30 * seed, 20 + 25 * seed));
  const Pixels known = made::with(scene(3), badge(), 20 + 30 * 3, 20 + 25 * 3);
  EXPECT_EQ(entries_of(bank.match(known)), Entries{3});
  EXPECT_EQ(entries_of(bank.match(made::cropped(known, {60, 40, 300, 260}))), Entries{3});
  EXPECT_EQ(entries_of(bank.match(made::turned(known, -12))), Entries{3});
  EXPECT_TRUE(bank.match(made::with(scene(62), badge(), 200, 100)).empty());
}

// Montages that hold it share a piece with the item, too; the picture itself is surer than any.
TEST(MatchPicture, AKnownPictureThatMontagesHoldTooIsFoundFirst) {
  PictureBank bank = ten_scenes();
  for (unsigned i = 0; i < 3; ++i)
    bank.add(11 + i, made::with(scene(70 + i, 800, 600), made::resized(scene(3), 320, 240),
                                50 + 100 * i, 40 + 90 * i));
  const Pixels item = made::with(scene(75, 800, 600), made::resized(scene(3), 300, 225), 300, 200);
  const auto found = bank.match(item);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].entry, EntryId{3});
  for (size_t i = 1; i < found.size(); ++i) {
    EXPECT_GT(found[i].entry, EntryId{10});
    EXPECT_GT(found[i].expected_false_alarms, found[0].expected_false_alarms);
  }
}

TEST(MatchPicture, WhatABenignEntryHasTooDoesNotCount) {
  PictureBank bank = ten_scenes();
  bank.add(11, badge(220));  // someone added the bare badge as known
  const Pixels item = made::with(scene(63), badge(), 200, 100);
  ASSERT_EQ(entries_of(bank.match(item)), Entries{11});
  bank.add(12, badge(200), true);
  EXPECT_TRUE(bank.match(item).empty());
  // A copy of something else that carries it is still found.
  const Pixels copy = made::with(scene(3), badge(), 200, 100);
  EXPECT_EQ(entries_of(bank.match(made::cropped(copy, {60, 40, 400, 300}))), Entries{3});
}

TEST(MatchPicture, AKnownPictureOnABenignTemplateIsFoundByItself) {
  PictureBank bank;
  const Pixels page = scene(64, 800, 600);  // such as a program's window
  bank.add(1, page, true);
  bank.add(2, made::with(page, made::resized(scene(2), 400, 300), 200, 150));
  bank.add(3, made::with(page, made::resized(scene(3), 400, 300), 200, 150));
  const auto copy = bank.match(made::with(page, made::resized(scene(3), 400, 300), 200, 150));
  EXPECT_EQ(entries_of(copy), Entries{3});
  EXPECT_TRUE(bank.match(page).empty());
  EXPECT_TRUE(bank.match(made::with(page, made::resized(scene(65), 400, 300), 200, 150)).empty());
}

TEST(MatchPicture, FindsEveryVariantOfAPictureInTheBank) {
  PictureBank bank = ten_scenes();
  const Pixels known = scene(3);
  bank.add(11, made::resized(known, 300, 225));
  bank.add(12, made::with(known, badge(80), 390, 270));
  bank.add(13, made::mirrored(known));
  bank.add(14, made::cropped(known, {20, 20, 430, 320}));
  const Entries all{3, 11, 12, 13, 14};
  EXPECT_EQ(entries_of(bank.match(known)), all);
  EXPECT_EQ(entries_of(bank.match(made::mirrored(known))), all);
  EXPECT_EQ(entries_of(bank.match(made::cropped(known, {60, 50, 340, 260}))), all);
}

TEST(MatchPicture, AnswersTheSameWhateverTheOrderAndTheMergesOfTheIndex) {
  const Pixels item = made::with(scene(66, 800, 600), made::resized(scene(3), 300, 225), 90, 80);
  std::vector<PictureFeatures> pictures;
  for (unsigned seed = 1; seed <= 8; ++seed) pictures.push_back(made::entry_features(scene(seed)));
  PictureBank upwards, downwards;
  for (int64_t i = 0; i < 8; ++i) {
    upwards.add(i + 1, pictures[static_cast<size_t>(i)]);
    downwards.add(8 - i, pictures[static_cast<size_t>(7 - i)]);
    if (i == 4) {
      ASSERT_TRUE(upwards.index().merge());
    }
  }
  const auto a = upwards.match(item), b = downwards.match(item);
  ASSERT_EQ(entries_of(a), Entries{3});
  ASSERT_EQ(entries_of(b), Entries{3});
  EXPECT_EQ(a[0].expected_false_alarms, b[0].expected_false_alarms);
  ASSERT_EQ(a[0].pair.shared.regions.size(), b[0].pair.shared.regions.size());
  for (size_t i = 0; i < a[0].pair.shared.regions.size(); ++i) {
    EXPECT_EQ(a[0].pair.shared.regions[i].entry_to_item.h,
              b[0].pair.shared.regions[i].entry_to_item.h);
    EXPECT_EQ(a[0].pair.shared.regions[i].item_region, b[0].pair.shared.regions[i].item_region);
    EXPECT_EQ(a[0].pair.shared.regions[i].inliers.size(),
              b[0].pair.shared.regions[i].inliers.size());
  }
}

TEST(MatchPicture, OfNothingIsNothing) {
  const PictureFeatures item = made::item_features(scene(1));
  EXPECT_TRUE(PictureBank().match(item).empty());
  const PictureBank bank = ten_scenes();
  EXPECT_TRUE(bank.match(PictureFeatures{}).empty());
  EXPECT_TRUE(bank.match(PictureFeatures{480, 360, {}, item.plane}).empty());
  EXPECT_TRUE(bank.match(Pixels{std::vector<uint8_t>(10'000, 70), 100, 100, 1}).empty());
}

TEST(MatchPicture, EntriesThatAreGoneAreLeftOutAndOthersFound) {
  PictureBank bank = ten_scenes();
  bank.add(11, made::resized(scene(3), 400, 300));
  bank.forget(3);
  EXPECT_EQ(entries_of(bank.match(scene(3))), Entries{11});
  bank.forget(11);
  EXPECT_TRUE(bank.match(scene(3)).empty());
}

TEST(MatchPicture, PassesOnTheErrorOfWhoKeepsThePictures) {
  PictureBank bank = ten_scenes();
  const auto found = match_picture(made::item_features(scene(3)), bank.index(),
                                   [](EntryId) -> Result<std::optional<KnownPicture>> {
                                     return Error{ErrorCode::kCorrupt, "picture 3 is damaged"};
                                   });
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kCorrupt);
}

TEST(MatchPicture, AsksForNoMorePicturesThanItMayLookAt) {
  PictureBank bank = ten_scenes();
  size_t asked = 0;
  const auto counting = [&](EntryId entry) {
    ++asked;
    return bank.known()(entry);
  };
  const PictureFeatures item = made::item_features(scene(3));
  ASSERT_TRUE(match_picture(item, bank.index(), counting, {1e-3, 1, {}}));
  EXPECT_EQ(asked, 1u);
}

// Of a picture whose hash agrees, the claim says what the hash does not know.
TEST(MatchPicture, AThingThatMovedALittleMakesItAnotherMoment) {
  PictureBank bank = ten_scenes();
  const Pixels known = made::grainy(made::room_with_a_thing(180, 120), 1);
  bank.add(11, known);
  const Pixels later = made::grainy(made::room_with_a_thing(192, 117), 2);
  const PictureFeatures item = made::item_features(later);
  EXPECT_EQ(entries_of(bank.match(item)), Entries{});
  EXPECT_EQ(entries_of(bank.match(known)), Entries{11});

  const std::vector named{NamedByHash{EntryId{11}, Distance{4}}};
  const auto found = match_picture(item, bank.index(), bank.known(), {1e-3, 40, named});
  ASSERT_TRUE(found);
  ASSERT_EQ(entries_of(*found), Entries{11});
  EXPECT_FALSE(found->front().is_reported);
  EXPECT_EQ(found->front().pair.verdict, Verdict::kSameScene);
}

TEST(MatchPicture, WhatHashesNameIsLookedAtWhateverTheVotesSay) {
  PictureBank bank = ten_scenes();
  bank.add(11, made::room_with_a_thing(180, 120));
  const PictureFeatures item = made::item_features(made::room_with_a_thing(192, 117));
  const std::vector named{NamedByHash{EntryId{11}, Distance{4}}};
  const auto unnamed = match_picture(item, bank.index(), bank.known(), {1e-3, 0, {}});
  ASSERT_TRUE(unnamed);
  EXPECT_TRUE(unnamed->empty());
  const auto found = match_picture(item, bank.index(), bank.known(), {1e-3, 1, named});
  ASSERT_TRUE(found);
  EXPECT_EQ(entries_of(*found), Entries{11});
}

TEST(FeatureRows, AreOneAFeatureUnderTheKeyOfTheEntry) {
  const PictureFeatures picture = made::entry_features(scene(1));
  ASSERT_GT(picture.features.size(), 100u);
  const auto rows = feature_rows(17, picture);
  ASSERT_EQ(rows.size(), picture.features.size());
  for (const FeatureRow& row : rows) EXPECT_EQ(row.key, 17u);
}

}  // namespace
}  // namespace weir
