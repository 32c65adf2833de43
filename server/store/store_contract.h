// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/store/records_for_test.h"
#include "server/store/store.h"
#include "weir/base/clock.h"

// What every store must do, whatever it is built on. A store's test gives a way to open an empty
// one:
//   INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(StoreBackend{...}));
// and includes this header in one file only, where the suite is then defined.
namespace weir {

// One empty place for stores; open() may be called several times and gives stores of the same
// records.
struct StorePlace {
  virtual ~StorePlace() = default;
  virtual Result<std::unique_ptr<Store>> open(const Clock& clock) = 0;
};

struct StoreBackend {
  std::string name;
  std::function<std::unique_ptr<StorePlace>()> make_place;
};
inline std::ostream& operator<<(std::ostream& out, const StoreBackend& backend) {
  return out << backend.name;
}

class StoreContract : public testing::TestWithParam<StoreBackend> {
 protected:
  void SetUp() override {
    place_ = GetParam().make_place();
    auto opened = place_->open(clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }

  Bank make_bank(std::string_view name);

  TestClock clock_;
  std::unique_ptr<StorePlace> place_;
  std::unique_ptr<Store> store_;
};

inline Bank StoreContract::make_bank(std::string_view name) {
  auto made = store_->create_bank(named_bank(name));
  EXPECT_TRUE(made) << (made ? "" : made.error().message);
  return made ? *made : Bank{};
}

// All of a kind, and the change that they stand at.
struct AllSignals {
  ChangeSeq change;
  std::vector<EntrySignal> signals;
};
inline AllSignals all_signals(Store& store, SignalKind kind) {
  AllSignals all;
  const auto change = store.each_signal(kind, [&](const EntrySignalView& one) -> Status {
    all.signals.push_back(
        {one.entry, one.bank, one.bank_kind, one.quality, {one.value.begin(), one.value.end()}});
    return {};
  });
  EXPECT_TRUE(change) << (change ? "" : change.error().message);
  all.change = change ? *change : ChangeSeq{};
  return all;
}

inline std::vector<EntryId> entries_of_signals(const std::vector<EntrySignal>& signals) {
  std::vector<EntryId> entries;
  for (const EntrySignal& one : signals) entries.push_back(one.entry);
  return entries;
}

TEST_P(StoreContract, ABankComesBackAsItWasCreated) {
  Bank bank;
  bank.name = "ARCHIVE_1";
  bank.description =
      "Gr\xC3\xBC\xC3\x9F"
      "e";
  const Bank made = store_->create_bank(bank).value();
  EXPECT_EQ(made.created, clock_.now());
  const Bank found = store_->find_bank("ARCHIVE_1").value();
  EXPECT_EQ(found.id, made.id);
  EXPECT_EQ(found.description, bank.description);
  EXPECT_EQ(found.state, State::kActive);
  EXPECT_EQ(found.created, clock_.now());
  EXPECT_EQ(found.entries, 0);
  EXPECT_EQ(code_of(store_->create_bank(bank)), ErrorCode::kConflict);
  EXPECT_EQ(code_of(store_->find_bank("NOBODY")), ErrorCode::kNotFound);
  bank.name = "lower";
  EXPECT_EQ(code_of(store_->create_bank(bank)), ErrorCode::kInvalid);
}

TEST_P(StoreContract, BanksAreListedByNameRetiredOnesToo) {
  make_bank("B");
  make_bank("A");
  ASSERT_TRUE(store_->change_bank("B", {.state = State::kRetired}));
  ASSERT_TRUE(store_->change_bank("A", {.description = "text"}));
  const auto banks = store_->list_banks().value();
  ASSERT_EQ(banks.size(), 2u);
  EXPECT_EQ(banks[0].name, "A");
  EXPECT_EQ(banks[0].description, "text");
  EXPECT_EQ(banks[1].state, State::kRetired);
  EXPECT_EQ(code_of(store_->change_bank("C", {.state = State::kRetired})), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store_->change_bank("A", {.description = "\xFF"})), ErrorCode::kInvalid);
}

TEST_P(StoreContract, AnEntryComesBackWhole) {
  const Bank bank = make_bank("A");
  Entry entry = test_entry(bank.id, 1);
  entry.signals[2].region = Rect{1, 2, 3, 4294967295u};
  entry.signals[2].time = std::chrono::microseconds(12'345'678);
  entry.signals.push_back(test_signal(SignalKind::kPdq, 99));  // of unknown quality
  entry.labels = {{"group", "x \"y\" \xE2\x82\xAC"}, {"tags", "a b"}};
  entry.provenance = {{"path", "/a/b\n"}, {"line", "17"}};
  clock_.advance(std::chrono::seconds(5));
  const auto added = store_->add_entries(std::span(&entry, 1)).value();
  ASSERT_EQ(added.size(), 1u);
  EXPECT_EQ(added[0].added, Added::kNew);

  const Entry found = store_->find_entry(added[0].id).value();
  EXPECT_EQ(found.id, added[0].id);
  EXPECT_EQ(found.bank, bank.id);
  EXPECT_EQ(found.bank_name, "A");
  EXPECT_EQ(found.name, entry.name);
  EXPECT_EQ(found.media, "image");
  EXPECT_EQ(found.state, State::kActive);
  EXPECT_EQ(found.signals, entry.signals);
  EXPECT_EQ(found.labels, entry.labels);
  EXPECT_EQ(found.provenance, entry.provenance);
  EXPECT_EQ(found.created, clock_.now());
  EXPECT_EQ(store_->find_bank("A")->entries, 1);
  EXPECT_EQ(store_->find_content(bank.id, content_key(entry)).value()->id, added[0].id);
  EXPECT_FALSE(store_->find_content(BankId{77}, content_key(entry)).value());
  EXPECT_EQ(code_of(store_->find_entry(EntryId{77})), ErrorCode::kNotFound);
}

TEST_P(StoreContract, TheSameContentIsAddedOncePerBank) {
  const Bank a = make_bank("A");
  const Bank b = make_bank("B");
  std::vector<Entry> entries{test_entry(a.id, 1), test_entry(b.id, 1), test_entry(a.id, 1)};
  entries[2].name = "another name";
  const auto first = store_->add_entries(entries).value();
  EXPECT_EQ(first[0].added, Added::kNew);
  EXPECT_EQ(first[1].added, Added::kNew);
  EXPECT_EQ(first[2].added, Added::kPresent);
  EXPECT_EQ(first[2].id, first[0].id);

  const ChangeSeq before = store_->last_change().value();
  ASSERT_TRUE(store_->change_entry(first[0].id, {.state = State::kRetired}));
  const auto second = store_->add_entries(std::span(entries).first(2)).value();
  EXPECT_EQ(second[0].added, Added::kRetired);
  EXPECT_EQ(second[1].added, Added::kPresent);
  EXPECT_EQ(store_->find_entry(first[0].id)->state, State::kRetired);
  EXPECT_EQ(store_->last_change()->value, before.value + 1);  // the retirement alone
  EXPECT_EQ(store_->find_bank("A")->entries, 0);
  EXPECT_EQ(store_->find_bank("B")->entries, 1);
}

TEST_P(StoreContract, ABatchIsAddedWholeOrNotAtAll) {
  const Bank bank = make_bank("A");
  std::vector<Entry> entries{test_entry(bank.id, 1), test_entry(bank.id, 2)};
  entries[1].signals.clear();
  const auto refused = store_->add_entries(entries);
  EXPECT_EQ(code_of(refused), ErrorCode::kInvalid);
  EXPECT_NE(refused.error().message.find("entry 2 of 2"), std::string::npos);
  entries[1] = test_entry(BankId{77}, 2);
  EXPECT_EQ(code_of(store_->add_entries(entries)), ErrorCode::kNotFound);
  ASSERT_TRUE(store_->change_bank("A", {.state = State::kRetired}));
  EXPECT_EQ(code_of(store_->add_entries(std::span(entries).first(1))), ErrorCode::kConflict);
  EXPECT_TRUE(store_->entries_of(bank.id)->empty());
  EXPECT_EQ(store_->log_rows().value(), 2);
  EXPECT_TRUE(store_->add_entries({})->empty());
}

TEST_P(StoreContract, EntriesAreListedByIdInPages) {
  const Bank a = make_bank("A");
  const Bank b = make_bank("B");
  std::vector<Entry> entries;
  for (uint32_t i = 0; i < 10; ++i) entries.push_back(test_entry(i % 2 == 0 ? a.id : b.id, i));
  const auto added = store_->add_entries(entries).value();
  ASSERT_TRUE(store_->change_entry(added[2].id, {.state = State::kRetired}));

  std::vector<EntryId> paged;
  EntryId after;
  while (true) {
    const auto page = store_->list_entries(a.id, after, 2, std::nullopt).value();
    if (page.empty()) break;
    EXPECT_LE(page.size(), 2u);
    for (const Entry& entry : page) {
      EXPECT_EQ(entry.signals.size(), 3u);
      paged.push_back(entry.id);
    }
    after = page.back().id;
  }
  EXPECT_EQ(paged, store_->entries_of(a.id).value());
  EXPECT_EQ(paged.size(), 5u);
  const auto active = store_->list_entries(a.id, {}, SIZE_MAX, State::kActive).value();
  const auto retired = store_->list_entries(a.id, {}, SIZE_MAX, State::kRetired).value();
  EXPECT_EQ(active.size(), 4u);
  ASSERT_EQ(retired.size(), 1u);
  EXPECT_EQ(retired[0].id, added[2].id);
  EXPECT_TRUE(store_->list_entries(BankId{77}, {}, 10, std::nullopt)->empty());
}

TEST_P(StoreContract, LabelsAreReplacedAndChecked) {
  const Bank bank = make_bank("A");
  const Entry entry = test_entry(bank.id, 1);
  const EntryId id = store_->add_entries(std::span(&entry, 1)).value()[0].id;
  EXPECT_EQ(store_->change_entry(id, {.labels = Labels{{"a", "b"}}})->labels, (Labels{{"a", "b"}}));
  EXPECT_EQ(store_->find_entry(id)->labels, (Labels{{"a", "b"}}));
  EXPECT_EQ(code_of(store_->change_entry(id, {.labels = Labels{{"", "b"}}})), ErrorCode::kInvalid);
  EXPECT_EQ(code_of(store_->change_entry(EntryId{77}, {.labels = Labels{}})), ErrorCode::kNotFound);
  ASSERT_TRUE(store_->change_entry(id, {.labels = Labels{}}));
  EXPECT_TRUE(store_->find_entry(id)->labels.empty());
}

TEST_P(StoreContract, ExactSignalsAreFoundWhileEntryAndBankAreActive) {
  const Bank a = make_bank("A");
  const Bank b = make_bank("B");
  std::vector<Entry> entries{test_entry(a.id, 1), test_entry(a.id, 2), test_entry(b.id, 1)};
  entries[0].signals.push_back(entries[0].signals[1]);  // the same signal twice is one hit
  const auto added = store_->add_entries(entries).value();
  const std::vector<Signal> asked{test_signal(SignalKind::kMd5, 1),
                                  test_signal(SignalKind::kSha256, 2),
                                  test_signal(SignalKind::kSha256, 3)};
  const auto found = [&] {
    std::vector<std::pair<int64_t, SignalKind>> hits;
    const auto answer = store_->find_exact(asked);
    for (const ExactHit& hit : *answer) hits.emplace_back(hit.entry.value, hit.kind);
    return hits;
  };
  const auto md5 = SignalKind::kMd5;
  const auto sha = SignalKind::kSha256;
  using Hits = std::vector<std::pair<int64_t, SignalKind>>;
  EXPECT_EQ(found(),
            (Hits{{added[0].id.value, md5}, {added[2].id.value, md5}, {added[1].id.value, sha}}));
  ASSERT_TRUE(store_->change_bank("B", {.state = State::kRetired}));
  ASSERT_TRUE(store_->change_entry(added[1].id, {.state = State::kRetired}));
  EXPECT_EQ(found(), (Hits{{added[0].id.value, md5}}));
  ASSERT_TRUE(store_->change_bank("B", {.state = State::kActive}));
  ASSERT_TRUE(store_->change_entry(added[1].id, {.state = State::kActive}));
  EXPECT_EQ(found().size(), 3u);
}

TEST_P(StoreContract, SignalsOfAKindAreThoseOfWhatIsActive) {
  const Bank a = make_bank("A");
  const Bank b = make_bank("B");
  std::vector<Entry> entries{test_entry(a.id, 1), test_entry(a.id, 2), test_entry(b.id, 3)};
  entries[0].signals.push_back(test_signal(SignalKind::kPdq, 11));  // of unknown quality
  entries[1].signals[2].quality = 49;
  const auto added = store_->add_entries(entries).value();
  std::vector<EntryId> ids;
  for (const AddedEntry& entry : added) ids.push_back(entry.id);
  const auto of_all = [&] { return store_->signals_of(SignalKind::kPdq, ids).value(); };

  auto all = all_signals(*store_, SignalKind::kPdq);
  EXPECT_EQ(all.change, store_->last_change().value());
  EXPECT_EQ(entries_of_signals(all.signals), (std::vector{ids[0], ids[0], ids[1], ids[2]}));
  EXPECT_EQ(all.signals[0].quality, 80);
  EXPECT_EQ(all.signals[1].quality, std::nullopt);
  EXPECT_EQ(all.signals[1].value, entries[0].signals[3].value);
  EXPECT_EQ(all.signals[2].quality, 49);
  EXPECT_EQ(all.signals[3].bank, b.id);
  EXPECT_EQ(entries_of_signals(of_all()), entries_of_signals(all.signals));
  EXPECT_EQ(store_->entries_with(SignalKind::kPdq).value(), ids);

  ASSERT_TRUE(store_->change_bank("B", {.state = State::kRetired}));
  ASSERT_TRUE(store_->change_entry(ids[1], {.state = State::kRetired}));
  all = all_signals(*store_, SignalKind::kPdq);
  EXPECT_EQ(entries_of_signals(all.signals), (std::vector{ids[0], ids[0]}));
  EXPECT_EQ(entries_of_signals(of_all()), entries_of_signals(all.signals));
  EXPECT_EQ(store_->entries_with(SignalKind::kPdq).value(), std::vector{ids[0]});
  EXPECT_TRUE(store_->signals_of(SignalKind::kPdq, std::vector{EntryId{77}})->empty());
  const auto stop = [](const EntrySignalView&) -> Status {
    return Error{ErrorCode::kLimit, "enough"};
  };
  EXPECT_EQ(code_of(store_->each_signal(SignalKind::kPdq, stop)), ErrorCode::kLimit);
}

TEST_P(StoreContract, AChangeOfSeveralThingsIsWholeOrNothing) {
  const Bank bank = make_bank("A");
  const Entry entry = test_entry(bank.id, 1);
  const EntryId id = store_->add_entries(std::span(&entry, 1)).value()[0].id;
  const ChangeSeq before = store_->last_change().value();
  EXPECT_EQ(code_of(store_->change_entry(id, {Labels{{"", "x"}}, State::kRetired})),
            ErrorCode::kInvalid);
  EXPECT_EQ(code_of(store_->change_bank("A", {"\xFF", State::kRetired})), ErrorCode::kInvalid);
  EXPECT_EQ(store_->find_entry(id)->state, State::kActive);
  EXPECT_EQ(store_->find_bank("A")->state, State::kActive);
  EXPECT_EQ(store_->last_change().value(), before);

  const auto changed = store_->change_entry(id, {Labels{{"a", "b"}}, State::kRetired}).value();
  EXPECT_EQ(changed.labels, (Labels{{"a", "b"}}));
  EXPECT_EQ(changed.state, State::kRetired);
  EXPECT_EQ(store_->change_bank("A", {"text", State::kRetired})->description, "text");
  std::vector<ChangeKind> kinds;
  const auto changes = store_->changes_after(before, 10).value();
  for (const Change& one : changes) kinds.push_back(one.kind);
  EXPECT_EQ(kinds, (std::vector{ChangeKind::kEntryUpdated, ChangeKind::kEntryRetired,
                                ChangeKind::kBankUpdated, ChangeKind::kBankRetired}));
  EXPECT_TRUE(store_->check_log());
}

TEST_P(StoreContract, EveryChangeHasItsPlaceInOneOrder) {
  EXPECT_EQ(store_->last_change()->value, 0);
  const Bank bank = make_bank("A");
  std::vector<Entry> entries{test_entry(bank.id, 1), test_entry(bank.id, 2)};
  entries[1].state = State::kRetired;  // a list may say so
  const auto added = store_->add_entries(entries).value();
  const EntryId id = added[0].id;
  for (int twice = 0; twice < 2; ++twice) {  // what changes nothing leaves no trace
    ASSERT_TRUE(store_->change_entry(id, {.state = State::kRetired}));
    ASSERT_TRUE(store_->change_entry(id, {.labels = Labels{{"a", "b"}}}));
    ASSERT_TRUE(store_->change_bank("A", {.description = "text"}));
    ASSERT_TRUE(store_->add_entries(entries));
  }
  ASSERT_TRUE(store_->change_entry(id, {.state = State::kActive}));
  ASSERT_TRUE(store_->change_bank("A", {.state = State::kRetired}));
  ASSERT_TRUE(store_->change_bank("A", {.state = State::kActive}));

  const std::vector<ChangeKind> expected{ChangeKind::kBankCreated,  ChangeKind::kEntryAdded,
                                         ChangeKind::kEntryAdded,   ChangeKind::kEntryRetired,
                                         ChangeKind::kEntryRetired, ChangeKind::kEntryUpdated,
                                         ChangeKind::kBankUpdated,  ChangeKind::kEntryRestored,
                                         ChangeKind::kBankRetired,  ChangeKind::kBankRestored};
  const auto changes = store_->changes_after({}, 100).value();
  ASSERT_EQ(changes.size(), expected.size());
  for (size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ(changes[i].seq.value, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(changes[i].kind, expected[i]) << i;
    EXPECT_EQ(changes[i].bank, bank.id);
  }
  EXPECT_EQ(changes[0].entry.value, 0);
  EXPECT_EQ(changes[1].entry, id);
  EXPECT_EQ(store_->changes_after(ChangeSeq{4}, 2)->front().seq.value, 5);
  EXPECT_EQ(store_->changes_after(ChangeSeq{4}, 2)->size(), 2u);
  EXPECT_EQ(store_->last_change()->value, static_cast<int64_t>(expected.size()));
  EXPECT_EQ(store_->log_rows().value(), static_cast<int64_t>(expected.size()));
  EXPECT_EQ(store_->check_log().value(), static_cast<int64_t>(expected.size()));
}

TEST_P(StoreContract, AChangeByAnotherIsSeenAtOnce) {
  auto other = place_->open(clock_).value();
  EXPECT_EQ(store_->last_change()->value, 0);
  ASSERT_TRUE(other->create_bank(named_bank("A")));
  EXPECT_EQ(store_->last_change()->value, 1);
  EXPECT_EQ(store_->last_change()->value, 1);
  EXPECT_TRUE(store_->find_bank("A"));
}

TEST_P(StoreContract, AJobIsClaimedForATimeAndFinishedOnce) {
  using std::chrono::seconds;
  const JobId id = store_->add_job("index", "a", "{\"x\":1}").value();
  EXPECT_EQ(store_->add_job("index", "a", "{}").value(), id);  // unfinished: the same one
  EXPECT_NE(store_->add_job("index", "b", "{}").value(), id);
  EXPECT_FALSE(store_->claim_job("other", seconds(10)).value());

  const Job job = store_->claim_job("index", seconds(10)).value().value();
  EXPECT_EQ(job.id, id);
  EXPECT_EQ(job.key, "a");
  EXPECT_EQ(job.payload, "{\"x\":1}");
  EXPECT_EQ(job.attempts, 1);
  EXPECT_EQ(store_->claim_job("index", seconds(10)).value()->key, "b");
  EXPECT_FALSE(store_->claim_job("index", seconds(10)).value());

  clock_.advance(seconds(11));
  EXPECT_EQ(store_->claim_job("index", seconds(10)).value()->attempts, 2);
  ASSERT_TRUE(store_->finish_job(id));
  EXPECT_EQ(code_of(store_->finish_job(id)), ErrorCode::kNotFound);
  EXPECT_NE(store_->add_job("index", "a", "{}").value(), id);  // finished: a new one
}

// Work that turns up while the job runs may have been missed by it.
TEST_P(StoreContract, AJobAddedAgainWhileClaimedRunsOnceMore) {
  using std::chrono::seconds;
  const JobId id = store_->add_job("index", "a", "{}").value();
  ASSERT_TRUE(store_->claim_job("index", seconds(10)).value());
  EXPECT_EQ(store_->add_job("index", "a", "{}").value(), id);
  EXPECT_FALSE(store_->claim_job("index", seconds(10)).value());
  ASSERT_TRUE(store_->finish_job(id));
  EXPECT_EQ(store_->claim_job("index", seconds(10)).value()->id, id);
  ASSERT_TRUE(store_->finish_job(id));
  EXPECT_FALSE(store_->claim_job("index", seconds(10)).value());
}

TEST_P(StoreContract, ChangesToTheIndexLeaveAJobToMergeIt) {
  using std::chrono::seconds;
  const Bank bank = make_bank("A");
  const Entry entry = test_entry(bank.id, 1);
  const auto claim_and_finish = [&] {
    const auto job = store_->claim_job(kMergeIndexJob, seconds(10)).value();
    if (job) {
      EXPECT_TRUE(store_->finish_job(job->id));
    }
    return job.has_value();
  };
  EXPECT_FALSE(claim_and_finish());
  const EntryId id = store_->add_entries(std::span(&entry, 1)).value()[0].id;
  EXPECT_TRUE(claim_and_finish());
  ASSERT_TRUE(store_->add_entries(std::span(&entry, 1)));  // nothing new
  EXPECT_FALSE(claim_and_finish());
  ASSERT_TRUE(store_->change_entry(id, {.state = State::kRetired}));
  EXPECT_TRUE(claim_and_finish());
  ASSERT_TRUE(store_->change_bank("A", {.state = State::kRetired}));
  EXPECT_TRUE(claim_and_finish());
  ASSERT_TRUE(store_->change_entry(id, {.labels = Labels{{"a", "b"}}}));  // not in the index
  EXPECT_FALSE(claim_and_finish());
}

TEST_P(StoreContract, ManyThreadsAddAndReadTogether) {
  const Bank bank = make_bank("A");
  constexpr uint32_t kThreads = 4;
  constexpr uint32_t kEach = 50;
  std::atomic<int> fresh{0};
  {
    std::vector<std::jthread> threads;
    for (uint32_t t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        int64_t last = 0;
        for (uint32_t i = 0; i < kEach; ++i) {
          // Every thread adds the same things, each from another start.
          const Entry entry = test_entry(bank.id, (i + t * 17) % kEach);
          const auto added = store_->add_entries(std::span(&entry, 1));
          ASSERT_TRUE(added) << added.error().message;
          if (added->front().added == Added::kNew) ++fresh;
          EXPECT_EQ(store_->find_entry(added->front().id)->signals, entry.signals);
          EXPECT_EQ(store_->find_exact(entry.signals)->size(), 3u);
          const int64_t now = store_->last_change()->value;
          EXPECT_GE(now, last);
          last = now;
          const AllSignals all = all_signals(*store_, SignalKind::kPdq);  // of one view
          EXPECT_EQ(static_cast<int64_t>(all.signals.size()) + 1, all.change.value);
        }
      });
  }
  EXPECT_EQ(fresh, static_cast<int>(kEach));
  EXPECT_EQ(store_->find_bank("A")->entries, kEach);
  EXPECT_EQ(store_->log_rows().value(), kEach + 1);
  EXPECT_EQ(store_->check_log().value(), kEach + 1);
}

}  // namespace weir
