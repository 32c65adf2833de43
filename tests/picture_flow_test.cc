// SPDX-License-Identifier: Apache-2.0
//
// Pictures over a real SQLite store: their index follows whoever writes, its base file comes and
// goes, and benign banks take matches away.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "server/flow/compare.h"
#include "server/flow/curate.h"
#include "server/flow/current_snapshot.h"
#include "server/flow/match.h"
#include "server/store/sqlite/sqlite_store.h"
#include "tests/media_flow_for_test.h"
#include "weir/base/clock.h"
#include "weir/hash/picture/pdq.h"
#include "weir/match/pictures/made_pictures_for_test.h"

namespace weir {
namespace {

using made::scene;
using Entries = std::vector<EntryId>;

class PictureFlow : public MediaFlow {
 protected:
  std::unique_ptr<CurrentSnapshot> open_snapshot() { return MediaFlow::open_snapshot(*store_); }

  AddedItem add(const Bank& bank, const Pixels& picture, Store& store) {
    auto added = add_item(bank, signals_for(picture, ++files_, kEntryFeatures), {}, store);
    EXPECT_TRUE(added.has_value());
    return std::move(*added);
  }
  EntryId add(const Pixels& picture) { return add(bank_, picture, *store_).entry.id; }

  // Asks by pixels alone: the file is a new one.
  ItemReport report(CurrentSnapshot& snapshot, const Pixels& picture, bool with_hash = false) {
    ItemToMatch item = item_to_match(signals_for(picture, 255, kItemFeatures)).value();
    if (!with_hash) item.pictures.clear();
    Services services{*store_, *decoder_, snapshot};
    auto reports = match_against_banks({&item, 1}, {}, services);
    EXPECT_TRUE(reports.has_value()) << reports.error().message;
    return reports ? std::move(reports->front()) : ItemReport{};
  }
  Entries found(CurrentSnapshot& snapshot, const Pixels& picture, bool with_hash = false) {
    Entries entries;
    for (const KnownMatch& known : report(snapshot, picture, with_hash).matches)
      entries.push_back(known.match.entry);
    return entries;
  }
  // A crop, which no hash of the whole picture finds.
  static Pixels crop_of(unsigned seed) { return made::cropped(scene(seed), {100, 60, 264, 198}); }
  static size_t rows_of(unsigned seed) { return made::entry_features(scene(seed)).features.size(); }

  std::vector<std::filesystem::path> base_files(const std::string& suffix) const {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(snapshots()))
      if (file.path().extension() == suffix) files.push_back(file.path());
    return files;
  }

  uint8_t files_ = 0;
};

TEST_F(PictureFlow, AnotherMomentIsNoMatchWhateverItsHashSays) {
  const Pixels before = made::grainy(made::room_with_a_thing(180, 120), 1);
  const EntryId known = add(before);
  add(scene(1));
  auto snapshot = open_snapshot();
  const Pixels other = made::grainy(made::room_with_a_thing(192, 117), 2);
  const ItemSignals a = signals_for(other, 250, kItemFeatures);
  const ItemSignals b = signals_for(before, 251, kEntryFeatures);
  const auto compared = compare_items(a, b);
  ASSERT_TRUE(compared);
  const auto pdq = std::find_if(compared->signals.begin(), compared->signals.end(),
                                [](const auto& row) { return row.kind == SignalKind::kPdq; });
  ASSERT_NE(pdq, compared->signals.end());
  EXPECT_TRUE(pdq->agrees) << pdq->distance.bits;
  EXPECT_TRUE(compared->other_moment);
  EXPECT_FALSE(compared->match);

  EXPECT_EQ(found(*snapshot, other, true), Entries{});
  EXPECT_EQ(found(*snapshot, before, true), Entries{known});
}

TEST_F(PictureFlow, APictureAddedByAnotherProgramIsFoundByTheNextQuery) {
  const auto snapshot = open_snapshot();
  const auto other = open_store();
  for (unsigned seed = 1; seed <= 4; ++seed) {
    EXPECT_TRUE(found(*snapshot, crop_of(seed)).empty());
    const EntryId id = add(bank_, scene(seed), seed % 2 == 0 ? *other : *store_).entry.id;
    EXPECT_EQ(found(*snapshot, crop_of(seed)), Entries{id});
  }
}

TEST_F(PictureFlow, FeaturesAreWantedFromTheFirstPictureOnWhoeverAddedIt) {
  const auto snapshot = open_snapshot();
  Services services{*store_, *decoder_, *snapshot};
  EXPECT_FALSE(wants_to_match(services)->has(SignalKind::kFeatures));
  add(bank_, scene(1), *open_store());
  EXPECT_TRUE(wants_to_match(services)->has(SignalKind::kFeatures));
}

TEST_F(PictureFlow, RetiringAndRestoringEntriesAndBanksHidesAndShows) {
  const auto snapshot = open_snapshot();
  const EntryId one = add(scene(1)), two = add(scene(2));
  EXPECT_EQ(found(*snapshot, crop_of(1)), Entries{one});
  ASSERT_TRUE(store_->change_entry(one, {.state = State::kRetired}));
  EXPECT_TRUE(found(*snapshot, crop_of(1)).empty());
  EXPECT_EQ(found(*snapshot, crop_of(2)), Entries{two});
  ASSERT_TRUE(store_->change_bank("ARCHIVE", {.state = State::kRetired}));
  EXPECT_TRUE(found(*snapshot, crop_of(2)).empty());
  EXPECT_EQ(snapshot->take()->pictures.rows(), 0u);
  ASSERT_TRUE(store_->change_entry(one, {.state = State::kActive}));
  EXPECT_TRUE(found(*snapshot, crop_of(1)).empty()) << "its bank is retired";
  ASSERT_TRUE(store_->change_bank("ARCHIVE", {.state = State::kActive}));
  EXPECT_EQ(found(*snapshot, crop_of(1)), Entries{one});
  EXPECT_EQ(found(*snapshot, crop_of(2)), Entries{two});
  EXPECT_EQ(snapshot->take()->pictures.rows(), rows_of(1) + rows_of(2));
}

TEST_F(PictureFlow, AnEntryThatWasADigestIsFoundOnceItTookItsPicture) {
  const auto snapshot = open_snapshot();
  const ItemSignals item = signals_for(scene(1), 77, kEntryFeatures);
  const Signal digest = test_digest(SignalKind::kSha256, 77);
  const EntryId id = add_signals(bank_, {{{digest}, {}}}, *store_)->front().entry.id;
  EXPECT_TRUE(found(*snapshot, crop_of(1)).empty());
  EXPECT_EQ(snapshot->take()->pictures.rows(), 0u);
  const auto added = add_item(bank_, item, {}, *store_);
  EXPECT_EQ(added->added, Added::kPresent);
  EXPECT_EQ(added->entry.id, id);
  EXPECT_EQ(found(*snapshot, crop_of(1)), Entries{id});
  // Again changes nothing.
  ASSERT_TRUE(add_item(bank_, item, {}, *store_));
  EXPECT_EQ(found(*snapshot, crop_of(1)), Entries{id});
  EXPECT_EQ(snapshot->take()->pictures.rows(), rows_of(1));
}

TEST_F(PictureFlow, ASavedBaseOpensToTheSameRowsAndOlderOnesGo) {
  Entries ids;
  size_t rows = 0;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const auto snapshot = open_snapshot();
    ids.push_back(add(scene(seed)));
    rows += rows_of(seed);
    ASSERT_TRUE(*snapshot->save_if_stale(0));
    ASSERT_EQ(base_files(".features").size(), 1u);
    EXPECT_EQ(base_files(".features")[0].stem().string().substr(8),  // after "picture-"
              base_files(".hamming")[0].stem().string().substr(4));
  }
  const auto snapshot = open_snapshot();
  EXPECT_EQ(snapshot->take()->pictures.rows(), rows);
  EXPECT_EQ(snapshot->take()->pictures.tail_rows(), 0u);
  for (unsigned seed = 1; seed <= 3; ++seed)
    EXPECT_EQ(found(*snapshot, crop_of(seed)), Entries{ids[seed - 1]});
}

TEST_F(PictureFlow, ABaseFileIsUsedAndNotBuiltAnew) {
  add(scene(1));
  ASSERT_TRUE(*open_snapshot()->save_if_stale(0));
  // A base of another picture in its place: who uses the file finds that one.
  LiveFeatureIndex other;
  other.add(feature_rows(1, made::entry_features(scene(2))));
  ASSERT_TRUE(other.merge());
  ASSERT_TRUE(other.save(base_files(".features").at(0).string()));
  EXPECT_EQ(open_snapshot()->take()->pictures.rows(), rows_of(2));
}

TEST_F(PictureFlow, ADamagedOrMissingBaseIsBuiltAnew) {
  const EntryId id = add(scene(1));
  ASSERT_TRUE(*open_snapshot()->save_if_stale(0));
  const auto file = base_files(".features").at(0);
  const auto size = std::filesystem::file_size(file);
  for (const auto length : {size / 2, decltype(size){0}, decltype(size){20}}) {
    std::filesystem::resize_file(file, length);
    const auto snapshot = open_snapshot();
    EXPECT_EQ(snapshot->take()->pictures.rows(), rows_of(1));
    EXPECT_EQ(found(*snapshot, crop_of(1)), Entries{id});
  }
  std::filesystem::remove(file);
  EXPECT_EQ(open_snapshot()->take()->pictures.rows(), rows_of(1));
  // The next base that is saved is whole again.
  add(scene(2));
  ASSERT_TRUE(*open_snapshot()->save_if_stale(0));
  EXPECT_EQ(open_snapshot()->take()->pictures.tail_rows(), 0u);
  EXPECT_EQ(open_snapshot()->take()->pictures.rows(), rows_of(1) + rows_of(2));
}

TEST_F(PictureFlow, ABaseBehindTheStoreIsBroughtLevelOnOpening) {
  add(scene(1));
  const EntryId gone = add(scene(2));
  ASSERT_TRUE(*open_snapshot()->save_if_stale(0));
  ASSERT_TRUE(store_->change_entry(gone, {.state = State::kRetired}));
  const EntryId later = add(scene(3));
  const auto snapshot = open_snapshot();
  EXPECT_TRUE(found(*snapshot, crop_of(2)).empty());
  EXPECT_EQ(found(*snapshot, crop_of(3)), Entries{later});
  EXPECT_EQ(snapshot->take()->pictures.rows(), rows_of(1) + rows_of(3));
}

// While a base was being written others wrote too: it holds more than its name says.
TEST_F(PictureFlow, CatchingUpFromABaseOfLaterChangesRepeatsNothingTwice) {
  add(scene(1));
  const EntryId gone = add(scene(2));
  ASSERT_TRUE(*open_snapshot()->save_if_stale(0));
  const auto earlier = base_files(".features").at(0), hashes = base_files(".hamming").at(0);
  const auto kept = folder_ / "kept";
  std::filesystem::copy_file(hashes, kept);

  const EntryId later = add(scene(3));
  ASSERT_TRUE(store_->change_entry(gone, {.state = State::kRetired}));
  ASSERT_TRUE(*open_snapshot()->save_if_stale(0));
  std::filesystem::rename(base_files(".features").at(0), earlier);
  std::filesystem::remove(base_files(".hamming").at(0));
  std::filesystem::rename(kept, hashes);

  const auto snapshot = open_snapshot();
  EXPECT_EQ(snapshot->take()->pictures.rows(), rows_of(1) + rows_of(3));
  EXPECT_EQ(found(*snapshot, crop_of(3)), Entries{later});
  EXPECT_TRUE(found(*snapshot, crop_of(2)).empty());
}

TEST_F(PictureFlow, AHashMakesACopyThatFeaturesFoundSurer) {
  const auto snapshot = open_snapshot();
  const EntryId id = add(scene(1));
  const Pixels copy = made::resized(scene(1), 400, 300);
  const ItemReport by_both = report(*snapshot, copy, true), by_one = report(*snapshot, copy);
  ASSERT_EQ(by_both.matches.size(), 1u);
  ASSERT_EQ(by_one.matches.size(), 1u);
  const Match& both = by_both.matches[0].match;
  const Match& features = by_one.matches[0].match;
  EXPECT_EQ(both.entry, id);
  ASSERT_EQ(both.evidence.size(), 1u);
  EXPECT_TRUE(features.evidence.empty());
  EXPECT_EQ(both.regions.size(), 1u);
  EXPECT_LE(both.expected_false_alarms, features.expected_false_alarms);
  EXPECT_GE(both.expected_false_alarms, kLeastFalseAlarms);
  EXPECT_DOUBLE_EQ(both.score, -std::log10(both.expected_false_alarms));
  EXPECT_GT(features.expected_false_alarms, 0);
}

TEST_F(PictureFlow, ABenignBankTakesAwayWhatRestsOnItAlone) {
  const auto snapshot = open_snapshot();
  const Bank logos = make_bank("LOGOS", BankKind::kBenign);
  const Pixels badge = scene(900, 220, 220);
  const EntryId mistaken = add(made::resized(badge, 200, 200));
  const EntryId known = add(scene(3));
  const Pixels carrier = made::with(scene(61), made::resized(badge, 130, 130), 200, 100);
  EXPECT_EQ(found(*snapshot, carrier), Entries{mistaken});
  EXPECT_EQ(found(*snapshot, badge, true), Entries{mistaken});

  const EntryId logo = add(logos, badge, *store_).entry.id;
  EXPECT_TRUE(found(*snapshot, carrier).empty());
  EXPECT_TRUE(found(*snapshot, badge, true).empty()) << "PDQ is no nearer than the benign one";
  const Pixels copy = made::with(scene(3), made::resized(badge, 130, 130), 300, 180);
  EXPECT_EQ(found(*snapshot, copy, true), Entries{known});
  for (const Pixels& picture : {carrier, badge, copy})
    for (const EntryId entry : found(*snapshot, picture, true)) EXPECT_NE(entry, logo);

  ASSERT_TRUE(store_->change_bank("LOGOS", {.state = State::kRetired}));
  EXPECT_EQ(found(*snapshot, carrier), Entries{mistaken});
}

TEST_F(PictureFlow, NamingABenignBankIsAConflict) {
  const auto snapshot = open_snapshot();
  make_bank("LOGOS", BankKind::kBenign);
  Services services{*store_, *decoder_, *snapshot};
  const std::vector<std::string> names{"ARCHIVE", "LOGOS"};
  const auto reports = match_against_banks({}, names, services);
  ASSERT_FALSE(reports);
  EXPECT_EQ(reports.error().code, ErrorCode::kConflict);
}

TEST_F(PictureFlow, BenignBanksCountAlsoWhenABankIsNamed) {
  const auto snapshot = open_snapshot();
  const Bank logos = make_bank("LOGOS", BankKind::kBenign);
  const Bank other = make_bank("OTHER", BankKind::kKnown);
  add(scene(1));
  const EntryId second = add(other, scene(2), *store_).entry.id;
  Services services{*store_, *decoder_, *snapshot};
  const auto entries_in = [&](const std::string& bank, const Pixels& picture) {
    const ItemToMatch item = item_to_match(signals_for(picture, 255, kItemFeatures)).value();
    const auto reports = match_against_banks({&item, 1}, std::span(&bank, 1), services);
    Entries entries;
    if (reports)
      for (const KnownMatch& known : reports->front().matches) entries.push_back(known.match.entry);
    return entries;
  };
  EXPECT_TRUE(entries_in("OTHER", crop_of(1)).empty());
  EXPECT_EQ(entries_in("OTHER", crop_of(2)), Entries{second});
  add(logos, scene(2), *store_);
  EXPECT_TRUE(entries_in("OTHER", crop_of(2)).empty());
}

}  // namespace
}  // namespace weir
