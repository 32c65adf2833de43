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

#include "server/store/store.h"
#include "weir/base/clock.h"

// What every store must do, whatever it is built on. A store's test gives a way to open an empty
// one:
//   INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(StoreBackend{...}));
// and includes this header in one file only, where the suite is then defined.
namespace weir {

// A clock that tests turn by hand.
class TestClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            std::chrono::microseconds(us_.load())));
  }
  void advance(std::chrono::microseconds step) { us_ += step.count(); }

 private:
  std::atomic<int64_t> us_{1'700'000'000'123'456};
};

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

inline Bank named_bank(std::string_view name) {
  Bank bank;
  bank.name = name;
  return bank;
}

inline Bank StoreContract::make_bank(std::string_view name) {
  auto made = store_->create_bank(named_bank(name));
  EXPECT_TRUE(made) << (made ? "" : made.error().message);
  return made ? *made : Bank{};
}

inline Signal test_signal(SignalKind kind, uint32_t number) {
  Signal signal;
  signal.kind = kind;
  signal.value.assign(value_bytes(kind), static_cast<uint8_t>(kind));
  for (int i = 0; i < 4; ++i) signal.value[i] = static_cast<uint8_t>(number >> (8 * i));
  return signal;
}

// An entry of `bank` that is told apart by `number`: a sha256, an md5, and a pdq of quality 80.
inline Entry test_entry(BankId bank, uint32_t number) {
  Entry entry;
  entry.bank = bank;
  entry.name = "file-" + std::to_string(number);
  entry.media = "image";
  for (const SignalKind kind : {SignalKind::kSha256, SignalKind::kMd5, SignalKind::kPdq})
    entry.signals.push_back(test_signal(kind, number));
  entry.signals.back().quality = 80;
  return entry;
}

inline std::vector<uint32_t> rows_as_entries(const std::vector<PdqRow>& rows) {
  std::vector<uint32_t> entries;
  for (const PdqRow& row : rows) entries.push_back(static_cast<uint32_t>(row.entry.value));
  return entries;
}

inline ErrorCode code_of(const auto& result) {
  EXPECT_FALSE(result.has_value());
  return result.has_value() ? ErrorCode::kUnavailable : result.error().code;
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
  ASSERT_TRUE(store_->set_bank_state("B", State::kRetired));
  ASSERT_TRUE(store_->set_bank_description("A", "text"));
  const auto banks = store_->list_banks().value();
  ASSERT_EQ(banks.size(), 2u);
  EXPECT_EQ(banks[0].name, "A");
  EXPECT_EQ(banks[0].description, "text");
  EXPECT_EQ(banks[1].state, State::kRetired);
  EXPECT_EQ(code_of(store_->set_bank_state("C", State::kRetired)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(store_->set_bank_description("A", "\xFF")), ErrorCode::kInvalid);
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
  ASSERT_TRUE(store_->set_entry_state(first[0].id, State::kRetired));
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
  ASSERT_TRUE(store_->set_bank_state("A", State::kRetired));
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
  ASSERT_TRUE(store_->set_entry_state(added[2].id, State::kRetired));

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
  EXPECT_EQ(store_->set_entry_labels(id, {{"a", "b"}})->labels, (Labels{{"a", "b"}}));
  EXPECT_EQ(store_->find_entry(id)->labels, (Labels{{"a", "b"}}));
  EXPECT_EQ(code_of(store_->set_entry_labels(id, {{"", "b"}})), ErrorCode::kInvalid);
  EXPECT_EQ(code_of(store_->set_entry_labels(EntryId{77}, {})), ErrorCode::kNotFound);
  ASSERT_TRUE(store_->set_entry_labels(id, {}));
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
  ASSERT_TRUE(store_->set_bank_state("B", State::kRetired));
  ASSERT_TRUE(store_->set_entry_state(added[1].id, State::kRetired));
  EXPECT_EQ(found(), (Hits{{added[0].id.value, md5}}));
  ASSERT_TRUE(store_->set_bank_state("B", State::kActive));
  ASSERT_TRUE(store_->set_entry_state(added[1].id, State::kActive));
  EXPECT_EQ(found().size(), 3u);
}

TEST_P(StoreContract, PdqRowsAreTheMatchableOnesOfWhatIsActive) {
  const Bank a = make_bank("A");
  const Bank b = make_bank("B");
  std::vector<Entry> entries{test_entry(a.id, 1), test_entry(a.id, 2), test_entry(b.id, 3),
                             test_entry(a.id, 4)};
  entries[0].signals.push_back(test_signal(SignalKind::kPdq, 11));  // quality unknown: matchable
  entries[1].signals[2].quality = 49;
  entries[3].signals[2].quality = 50;
  const auto added = store_->add_entries(entries).value();
  std::vector<EntryId> ids;
  for (const AddedEntry& entry : added) ids.push_back(entry.id);
  const auto id = [&](size_t i) { return static_cast<uint32_t>(ids[i].value); };

  auto all = store_->all_pdq_rows().value();
  EXPECT_EQ(all.first, store_->last_change().value());
  EXPECT_EQ(rows_as_entries(all.second), (std::vector{id(0), id(0), id(2), id(3)}));
  EXPECT_EQ(all.second[1].hash, as_hash256(entries[0].signals[3]));
  EXPECT_EQ(rows_as_entries(store_->pdq_rows_of(ids).value()), rows_as_entries(all.second));

  ASSERT_TRUE(store_->set_bank_state("B", State::kRetired));
  ASSERT_TRUE(store_->set_entry_state(ids[3], State::kRetired));
  all = store_->all_pdq_rows().value();
  EXPECT_EQ(rows_as_entries(all.second), (std::vector{id(0), id(0)}));
  EXPECT_EQ(rows_as_entries(store_->pdq_rows_of(ids).value()), rows_as_entries(all.second));
  EXPECT_TRUE(store_->pdq_rows_of(std::vector{EntryId{77}})->empty());
}

TEST_P(StoreContract, EveryChangeHasItsPlaceInOneOrder) {
  EXPECT_EQ(store_->last_change()->value, 0);
  const Bank bank = make_bank("A");
  std::vector<Entry> entries{test_entry(bank.id, 1), test_entry(bank.id, 2)};
  entries[1].state = State::kRetired;  // a list may say so
  const auto added = store_->add_entries(entries).value();
  const EntryId id = added[0].id;
  for (int twice = 0; twice < 2; ++twice) {  // what changes nothing leaves no trace
    ASSERT_TRUE(store_->set_entry_state(id, State::kRetired));
    ASSERT_TRUE(store_->set_entry_labels(id, {{"a", "b"}}));
    ASSERT_TRUE(store_->set_bank_description("A", "text"));
    ASSERT_TRUE(store_->add_entries(entries));
  }
  ASSERT_TRUE(store_->set_entry_state(id, State::kActive));
  ASSERT_TRUE(store_->set_bank_state("A", State::kRetired));
  ASSERT_TRUE(store_->set_bank_state("A", State::kActive));

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
  ASSERT_TRUE(store_->set_entry_state(id, State::kRetired));
  EXPECT_TRUE(claim_and_finish());
  ASSERT_TRUE(store_->set_bank_state("A", State::kRetired));
  EXPECT_TRUE(claim_and_finish());
  ASSERT_TRUE(store_->set_entry_labels(id, {{"a", "b"}}));  // not in the index
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
          const auto all = store_->all_pdq_rows().value();  // rows and change of one snapshot
          EXPECT_EQ(static_cast<int64_t>(all.second.size()) + 1, all.first.value);
        }
      });
  }
  EXPECT_EQ(fresh, static_cast<int>(kEach));
  EXPECT_EQ(store_->find_bank("A")->entries, kEach);
  EXPECT_EQ(store_->log_rows().value(), kEach + 1);
  EXPECT_EQ(store_->check_log().value(), kEach + 1);
}

}  // namespace weir
