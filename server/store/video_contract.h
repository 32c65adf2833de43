// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/store/store_contract.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {

// What every store promises of entries' tracks and of jobs that leave an outcome.

TEST_P(StoreContract, ATrackComesBackAsItWasAdded) {
  const Bank bank = make_bank("A");
  const auto added =
      store_->add_entries(std::vector{entry_with_track(bank.id, 1), test_entry(bank.id, 2)})
          .value();
  const Entry entry = store_->find_entry(added[0].id).value();
  EXPECT_TRUE(has_own(entry, SignalKind::kTrack));
  EXPECT_EQ(entry.duration, std::chrono::milliseconds(61'250));
  EXPECT_TRUE(entry.own.empty()) << "read back with the entry";
  EXPECT_FALSE(has_own(*store_->find_entry(added[1].id), SignalKind::kTrack));
  EXPECT_EQ(store_->find_entry(added[1].id)->duration.count(), 0);
  EXPECT_TRUE(has_own(store_->list_entries(bank.id, EntryId{}, 1, std::nullopt)->front(),
                      SignalKind::kTrack));
  const auto found =
      store_->signals_of(SignalKind::kTrack, std::vector{added[1].id, added[0].id}).value();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].entry, added[0].id);
  EXPECT_EQ(found[0].bank, bank.id);
  EXPECT_EQ(found[0].bank_kind, BankKind::kKnown);
  EXPECT_EQ(found[0].value, entry_with_track(bank.id, 1).own[0].value);
  EXPECT_EQ(entries_with_tracks(*store_), std::vector{added[0].id});
}

TEST_P(StoreContract, TracksOfRetiredEntriesAndBanksAreLeftOut) {
  const Bank a = make_bank("A"), b = make_bank("B");
  const EntryId in_a = store_->add_entries(std::vector{entry_with_track(a.id, 1)}).value()[0].id;
  const EntryId in_b = store_->add_entries(std::vector{entry_with_track(b.id, 1)}).value()[0].id;
  ASSERT_TRUE(store_->change_entry(in_a, {.state = State::kRetired}));
  EXPECT_EQ(entries_with_tracks(*store_), std::vector{in_b});
  ASSERT_TRUE(store_->change_bank("B", {.state = State::kRetired}));
  EXPECT_TRUE(store_->signals_of(SignalKind::kTrack, std::vector{in_a, in_b})->empty());
  ASSERT_TRUE(store_->change_entry(in_a, {.state = State::kActive}));
  EXPECT_EQ(entries_with_tracks(*store_), std::vector{in_a});
}

TEST_P(StoreContract, AnEntryWithoutATrackTakesTheOneItIsGivenLater) {
  const Bank bank = make_bank("A");
  const EntryId id = store_->add_entries(std::vector{test_entry(bank.id, 1)}).value()[0].id;
  const ChangeSeq before = store_->last_change().value();
  for (int time = 0; time < 2; ++time) {  // the second changes nothing
    const auto again = store_->add_entries(std::vector{entry_with_track(bank.id, 1)}).value();
    EXPECT_EQ(again[0].added, Added::kPresent);
  }
  EXPECT_TRUE(has_own(*store_->find_entry(id), SignalKind::kTrack));
  const auto changes = store_->changes_after(before, 10).value();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].kind, ChangeKind::kEntryUpdated);
  EXPECT_TRUE(store_->check_log());
}

TEST_P(StoreContract, EntriesWithSignalsOfWholeVideosAreFound) {
  const Bank bank = make_bank("A");
  const auto with_vpdq = [&](Entry entry) {
    VpdqFrame frame;
    frame.quality = 90;
    entry.signals.push_back({SignalKind::kVpdq, write_vpdq({&frame, 1}), {}, {}, {}});
    return entry;
  };
  const auto added =
      store_
          ->add_entries(std::vector{test_entry(bank.id, 1), with_vpdq(test_entry(bank.id, 2)),
                                    with_vpdq(entry_with_track(bank.id, 3))})
          .value();
  const std::vector<EntryId> both{added[1].id, added[2].id}, one{added[1].id};
  EXPECT_EQ(store_->entries_with(SignalKind::kVpdq).value(), both);
  EXPECT_EQ(store_->entries_with(SignalKind::kVpdq, SignalKind::kTrack).value(), one);
  EXPECT_TRUE(store_->entries_with(SignalKind::kTmk)->empty());
  ASSERT_TRUE(store_->change_entry(added[1].id, {.state = State::kRetired}));
  EXPECT_TRUE(store_->entries_with(SignalKind::kVpdq, SignalKind::kTrack)->empty());
}

TEST_P(StoreContract, WhatCameOfAJobIsKeptUntilItIsForgotten) {
  using std::chrono::seconds;
  EXPECT_FALSE(store_->find_job("match", "a").value());
  const JobId id = store_->add_job("match", "a", "{\"x\":1}").value();
  auto waiting = store_->find_job("match", "a").value().value();
  EXPECT_EQ(waiting.job.id, id);
  EXPECT_EQ(waiting.job.payload, "{\"x\":1}");
  EXPECT_FALSE(waiting.is_claimed);
  EXPECT_FALSE(waiting.outcome);
  EXPECT_EQ(waiting.created, clock_.now());
  ASSERT_TRUE(store_->claim_job("match", seconds(10)).value());
  EXPECT_TRUE(store_->find_job("match", "a").value()->is_claimed);
  clock_.advance(seconds(1));

  ASSERT_TRUE(store_->finish_job(id, "{\"matches\":[]}"));
  EXPECT_EQ(code_of(store_->finish_job(id, "{}")), ErrorCode::kNotFound);
  EXPECT_FALSE(store_->claim_job("match", seconds(10)).value());
  const auto done = store_->find_job("match", "a").value().value();
  EXPECT_EQ(done.outcome, "{\"matches\":[]}");
  EXPECT_EQ(done.finished, clock_.now());
  EXPECT_EQ(done.created, clock_.now() - seconds(1));

  EXPECT_EQ(store_->forget_outcomes("match", seconds(5)).value(), 0);
  clock_.advance(seconds(5));
  EXPECT_EQ(store_->forget_outcomes("other", seconds(5)).value(), 0);
  EXPECT_EQ(store_->forget_outcomes("match", seconds(5)).value(), 1);
  EXPECT_FALSE(store_->find_job("match", "a").value());
}

TEST_P(StoreContract, AClaimThatIsRenewedIsKeptAndOneGivenUpIsFree) {
  using std::chrono::seconds;
  const JobId id = store_->add_job("match", "a", "{}").value();
  ASSERT_TRUE(store_->claim_job("match", seconds(10)).value());
  clock_.advance(seconds(9));
  ASSERT_TRUE(store_->renew_claim(id, seconds(10)));
  clock_.advance(seconds(9));
  EXPECT_FALSE(store_->claim_job("match", seconds(10)).value());
  ASSERT_TRUE(store_->give_up_claim(id));
  EXPECT_EQ(store_->claim_job("match", seconds(10)).value()->attempts, 1);
  ASSERT_TRUE(store_->finish_job(id));
  EXPECT_EQ(code_of(store_->renew_claim(id, seconds(10))), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store_->give_up_claim(id)), ErrorCode::kNotFound);
}

TEST_P(StoreContract, UnfinishedJobsAreListedOldestFirst) {
  using std::chrono::seconds;
  const JobId a = store_->add_job("match", "b", "1").value();
  const JobId b = store_->add_job("match", "a", "2").value();
  ASSERT_TRUE(store_->add_job("other", "c", "3"));
  ASSERT_TRUE(store_->claim_job("match", seconds(10)).value());
  const auto jobs = store_->unfinished_jobs("match").value();
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_EQ(jobs[0].id, a);
  EXPECT_EQ(jobs[0].attempts, 1);
  EXPECT_EQ(jobs[1].id, b);
  EXPECT_EQ(jobs[1].payload, "2");
}

}  // namespace weir
