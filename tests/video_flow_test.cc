// SPDX-License-Identifier: Apache-2.0
//
// Videos over a real SQLite store: their index follows whoever writes, benign banks take matches
// away, and pictures and videos find each other.
#include <gtest/gtest.h>

#include <filesystem>

#include "server/flow/compare.h"
#include "server/flow/curate.h"
#include "server/flow/current_snapshot.h"
#include "server/flow/match.h"
#include "server/store/sqlite/sqlite_store.h"
#include "tests/media_flow_for_test.h"
#include "weir/base/clock.h"
#include "weir/match/videos/made_videos_for_test.h"
#include "weir/signal/video_codec.h"

namespace weir {
namespace {

using made::film;
using made::part;
using std::chrono::microseconds;
using Entries = std::vector<EntryId>;

// What a decoder would say of a file that shows this; the number stands for its bytes.
ItemSignals signals_for(const made::Video& video, uint8_t number, const TrackOptions& options,
                        double first = 0) {
  ItemSignals item;
  item.media = "video";
  for (const SignalKind kind : digest_kinds()) item.signals.push_back(test_digest(kind, number));
  const VideoTrack track = made::track_of(video, options, first);
  Signal& signal = item.signals.emplace_back();
  signal.kind = SignalKind::kTrack;
  signal.value = write_video_track(track);
  item.duration = track.duration;
  item.width = track.width;
  item.height = track.height;
  return item;
}

class VideoFlow : public MediaFlow {
 protected:
  void SetUp() override {
    MediaFlow::SetUp();
    ASSERT_TRUE(decoder_);
    snapshot_ = open_snapshot(*store_);
  }
  EntryId add(const Bank& bank, const ItemSignals& item) {
    const auto added = add_item(bank, item, {}, *store_);
    EXPECT_TRUE(added.has_value()) << added.error().message;
    return added->entry.id;
  }
  EntryId add(const Bank& bank, unsigned seed) {
    return add(bank, signals_for(film(seed, 20), static_cast<uint8_t>(seed), kEntryTrack));
  }
  ItemReport ask(const ItemSignals& item) {
    Services services{*store_, *decoder_, *snapshot_};
    const ItemToMatch asked = item_to_match(item).value();
    auto reports = match_against_banks({&asked, 1}, {}, services);
    EXPECT_TRUE(reports.has_value()) << reports.error().message;
    return reports ? std::move(reports->front()) : ItemReport{};
  }
  // 10 s of film `seed`, from 5 s on, as an item of its own.
  ItemReport ask_about(unsigned seed) {
    return ask(signals_for(part(film(seed, 20), 5, 15), 200, kItemTrack, 0.07));
  }
  Entries found(unsigned seed) {
    Entries entries;
    for (const KnownMatch& known : ask_about(seed).matches) entries.push_back(known.entry.id);
    return entries;
  }

  std::unique_ptr<CurrentSnapshot> snapshot_;
};

TEST_F(VideoFlow, ACutIsFoundWithItsSeconds) {
  const EntryId id = add(bank_, 1);
  const ItemReport report = ask_about(1);
  ASSERT_EQ(report.matches.size(), 1u);
  const KnownMatch& known = report.matches[0];
  EXPECT_EQ(known.entry.id, id);
  EXPECT_EQ(known.entry.duration, microseconds(20'000'000));
  EXPECT_EQ(known.match.kind, MatchKind::kVideo);
  ASSERT_EQ(known.match.segments.size(), 1u);
  const SharedSegment& segment = known.match.segments[0];
  EXPECT_LT(std::chrono::abs(segment.entry_from - microseconds(5'000'000)), microseconds(600'000));
  EXPECT_LT(std::chrono::abs(segment.entry_to - microseconds(15'000'000)), microseconds(600'000));
  EXPECT_GT(known.place.coverage.value_or(0), 0.9);
  EXPECT_GT(report.coverage.value_or(0), 0.9);
  EXPECT_EQ(report.media, "video");
  EXPECT_EQ(report.duration, microseconds(10'000'000));
  EXPECT_TRUE(ask_about(2).matches.empty());
  EXPECT_EQ(ask_about(2).coverage.value_or(1), 0);
}

TEST_F(VideoFlow, TheIndexFollowsWhoeverAddsAndRetires) {
  const EntryId one = add(bank_, 1);
  EXPECT_EQ(found(1), Entries{one});
  EXPECT_TRUE(found(2).empty());
  // Another program on the same home.
  const auto other = open_store();
  const auto added = add_item(bank_, signals_for(film(2, 20), 2, kEntryTrack), {}, *other);
  ASSERT_TRUE(added.has_value());
  EXPECT_EQ(found(2), Entries{added->entry.id});
  ASSERT_TRUE(store_->change_entry(one, {.state = State::kRetired}));
  EXPECT_TRUE(found(1).empty());
  ASSERT_TRUE(store_->change_entry(one, {.state = State::kActive}));
  EXPECT_EQ(found(1), Entries{one});
  ASSERT_TRUE(store_->change_bank("ARCHIVE", {.state = State::kRetired}));
  EXPECT_TRUE(found(1).empty());
  ASSERT_TRUE(store_->change_bank("ARCHIVE", {.state = State::kActive}));
  EXPECT_EQ(found(1), Entries{one});
  EXPECT_EQ(snapshot_->take()->videos.videos, 2u);
}

TEST_F(VideoFlow, AnEntryKnownByItsDigestTakesItsTrackLater) {
  ItemSignals item = signals_for(film(1, 20), 1, kEntryTrack);
  ItemSignals digest_only = item;
  digest_only.signals.pop_back();
  const EntryId id = add(bank_, digest_only);
  EXPECT_TRUE(found(1).empty());
  EXPECT_EQ(add(bank_, item), id);
  EXPECT_EQ(found(1), Entries{id});
}

TEST_F(VideoFlow, WhatABenignBankShowsTooIsNoMatch) {
  add(bank_, 1);
  EXPECT_EQ(found(1).size(), 1u);
  const Bank benign = make_bank("HARMLESS", BankKind::kBenign);
  add(benign, 1);
  EXPECT_TRUE(found(1).empty());
}

TEST_F(VideoFlow, APictureOfAMomentFindsTheVideo) {
  const made::Video known = film(1, 20);
  const EntryId id = add(bank_, 1);
  // A moment of which a still is kept.
  const VideoTrack track = made::track_of(known, kEntryTrack);
  const microseconds time = track.stills[track.stills.size() / 2].time;
  const Pixels moment = known.at(static_cast<double>(time.count()) / 1e6);
  const ItemReport report = ask(signals_for(moment, 9, kItemFeatures));
  ASSERT_EQ(report.matches.size(), 1u);
  EXPECT_EQ(report.matches[0].entry.id, id);
  EXPECT_EQ(report.matches[0].match.kind, MatchKind::kImage);
  ASSERT_EQ(report.matches[0].match.segments.size(), 1u);
  EXPECT_TRUE(report.matches[0].match.segments[0].is_still);
  EXPECT_LT(std::chrono::abs(report.matches[0].match.segments[0].entry_from - time),
            microseconds(2'100'000));
  EXPECT_TRUE(ask(signals_for(film(3, 20).at(4), 9, kItemFeatures)).matches.empty());
}

TEST_F(VideoFlow, AVideoThatHoldsAKnownPictureFindsIt) {
  const Pixels picture = film(5, 20).at(3);
  const EntryId id = add(bank_, signals_for(picture, 1, kEntryFeatures));
  const made::Video video =
      made::joined({part(film(6, 20), 0, 6), made::held(picture, 5), part(film(7, 20), 0, 6)});
  const ItemReport report = ask(signals_for(video, 9, kItemTrack));
  ASSERT_EQ(report.matches.size(), 1u);
  EXPECT_EQ(report.matches[0].entry.id, id);
  ASSERT_EQ(report.matches[0].match.segments.size(), 1u);
  const SharedSegment& segment = report.matches[0].match.segments[0];
  EXPECT_GE(segment.item_to, microseconds(6'500'000));
  EXPECT_LT(std::chrono::abs(segment.item_from - microseconds(6'000'000)), microseconds(2'100'000));
}

TEST_F(VideoFlow, ComparingTwoVideosGivesTheirSegments) {
  const ItemSignals a = signals_for(part(film(1, 20), 5, 15), 1, kItemTrack, 0.07);
  const auto same = compare_items(a, signals_for(film(1, 20), 2, kEntryTrack));
  ASSERT_TRUE(same);
  EXPECT_TRUE(same->match);
  EXPECT_EQ(same->segments.size(), 1u);
  const auto other = compare_items(a, signals_for(film(2, 20), 2, kEntryTrack));
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->match);
  EXPECT_TRUE(other->segments.empty());
}

}  // namespace
}  // namespace weir
