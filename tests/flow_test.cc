// SPDX-License-Identifier: Apache-2.0
//
// The use cases over a real SQLite store: the search structure follows whoever writes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "server/flow/curate.h"
#include "server/flow/current_snapshot.h"
#include "server/store/sqlite/sqlite_store.h"
#include "weir/base/clock.h"

namespace weir {
namespace {

class Flow : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("weir-flow-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    store_ = open_store();
    Bank bank;
    bank.name = "ARCHIVE";
    bank_ = *store_->create_bank(bank);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Store> open_store() {
    auto store = open_sqlite_store((folder_ / "weir.db").string(), clock_);
    EXPECT_TRUE(store.has_value());
    return std::move(*store);
  }
  std::unique_ptr<CurrentSnapshot> open_snapshot(Store& store) {
    auto snapshot = CurrentSnapshot::open(store, snapshots());
    EXPECT_TRUE(snapshot.has_value()) << snapshot.error().message;
    return std::move(*snapshot);
  }
  std::string snapshots() const { return (folder_ / "snapshots").string(); }

  // Adds an entry with this hash and gives its id.
  EntryId add(Store& store, const Hash256& hash) {
    Signal signal;
    signal.kind = SignalKind::kPdq;
    const auto bytes = to_bytes(hash);
    signal.value.assign(bytes.begin(), bytes.end());
    const auto added = add_signals(bank_, {{{signal}, {}}}, store);
    EXPECT_TRUE(added.has_value());
    EXPECT_EQ(added->front().added, Added::kNew);
    return added->front().entry.id;
  }
  Hash256 fresh_hash() {
    Hash256 hash;
    for (uint64_t& word : hash.words) word = random_();
    return hash;
  }
  static bool finds(CurrentSnapshot& snapshot, const Hash256& hash) {
    EXPECT_TRUE(snapshot.catch_up().has_value());
    const auto found = snapshot.take()->hashes.search({&hash, 1}, Distance{0}, 10);
    EXPECT_TRUE(found.has_value());
    EXPECT_LE(found->size(), 1u) << "an entry stands in the index twice";
    return !found->empty();
  }
  size_t base_files() const {
    size_t count = 0;
    for (const auto& file : std::filesystem::directory_iterator(snapshots()))
      count += file.path().extension() == ".hamming";
    return count;
  }

  SystemClock clock_;
  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
  Bank bank_;
  std::mt19937_64 random_{7};
};

TEST_F(Flow, AnEntryAddedByAnotherProgramIsFoundByTheNextQuery) {
  const auto snapshot = open_snapshot(*store_);
  const auto other = open_store();
  for (int i = 0; i < 20; ++i) {
    const Hash256 hash = fresh_hash();
    EXPECT_FALSE(finds(*snapshot, hash));
    add(i % 2 == 0 ? *other : *store_, hash);
    EXPECT_TRUE(finds(*snapshot, hash));
  }
}

TEST_F(Flow, RetiringAndRestoringEntriesAndBanksHidesAndShows) {
  const auto snapshot = open_snapshot(*store_);
  const Hash256 one = fresh_hash(), two = fresh_hash();
  const EntryId id = add(*store_, one);
  add(*store_, two);
  EXPECT_TRUE(finds(*snapshot, one));
  ASSERT_TRUE(store_->change_entry(id, {.state = State::kRetired}).has_value());
  EXPECT_FALSE(finds(*snapshot, one));
  EXPECT_TRUE(finds(*snapshot, two));
  ASSERT_TRUE(store_->change_bank("ARCHIVE", {.state = State::kRetired}).has_value());
  EXPECT_FALSE(finds(*snapshot, two));
  // Restored while its bank is retired: still not to be found.
  ASSERT_TRUE(store_->change_entry(id, {.state = State::kActive}).has_value());
  EXPECT_FALSE(finds(*snapshot, one));
  ASSERT_TRUE(store_->change_bank("ARCHIVE", {.state = State::kActive}).has_value());
  EXPECT_TRUE(finds(*snapshot, one));
  EXPECT_TRUE(finds(*snapshot, two));
  EXPECT_EQ(snapshot->take()->hashes.size(), 2u);
}

TEST_F(Flow, ASavedBaseOpensToTheSameRowsAndOlderOnesGo) {
  std::vector<Hash256> hashes;
  for (int round = 0; round < 3; ++round) {
    const auto snapshot = open_snapshot(*store_);
    for (int i = 0; i < 10; ++i) add(*store_, hashes.emplace_back(fresh_hash()));
    const auto saved = snapshot->save_if_stale(0);
    ASSERT_TRUE(saved.has_value()) << saved.error().message;
    EXPECT_TRUE(*saved);
    EXPECT_FALSE(*snapshot->save_if_stale(0));
    EXPECT_EQ(base_files(), 1u);
  }
  const auto snapshot = open_snapshot(*store_);
  EXPECT_EQ(snapshot->take()->hashes.size(), hashes.size());
  EXPECT_EQ(snapshot->take()->hashes.tail_rows(), 0u);
  for (const Hash256& hash : hashes) EXPECT_TRUE(finds(*snapshot, hash));
}

TEST_F(Flow, ABaseBehindTheStoreIsBroughtLevelOnOpening) {
  const Hash256 kept = fresh_hash(), gone = fresh_hash(), later = fresh_hash();
  add(*store_, kept);
  const EntryId id = add(*store_, gone);
  ASSERT_TRUE(*open_snapshot(*store_)->save_if_stale(0));
  ASSERT_TRUE(store_->change_entry(id, {.state = State::kRetired}).has_value());
  add(*store_, later);
  const auto snapshot = open_snapshot(*store_);
  EXPECT_TRUE(finds(*snapshot, kept));
  EXPECT_FALSE(finds(*snapshot, gone));
  EXPECT_TRUE(finds(*snapshot, later));
}

TEST_F(Flow, DamagedBasesAndThoseOfALaterStoreAreNotUsed) {
  const Hash256 hash = fresh_hash();
  add(*store_, hash);
  ASSERT_TRUE(*open_snapshot(*store_)->save_if_stale(0));
  for (const auto& file : std::filesystem::directory_iterator(snapshots()))
    std::filesystem::resize_file(file.path(), std::filesystem::file_size(file.path()) / 2);
  std::ofstream(snapshots() + "/pdq-99999.hamming") << "from the future";
  EXPECT_TRUE(finds(*open_snapshot(*store_), hash));
}

TEST_F(Flow, MergingWhileOthersAddAndSearchLosesNothing) {
  const auto snapshot = open_snapshot(*store_);
  std::vector<Hash256> hashes;
  for (int i = 0; i < 300; ++i) hashes.push_back(fresh_hash());
  std::jthread merger([&](std::stop_token stop) {
    while (!stop.stop_requested()) ASSERT_TRUE(snapshot->merge_if_larger(0).has_value());
  });
  std::jthread searcher([&](std::stop_token stop) {
    while (!stop.stop_requested()) finds(*snapshot, hashes.front());
  });
  for (const Hash256& hash : hashes) {
    add(*store_, hash);
    ASSERT_TRUE(finds(*snapshot, hash));
  }
  merger.request_stop();
  searcher.request_stop();
  merger.join();
  searcher.join();
  for (const Hash256& hash : hashes) EXPECT_TRUE(finds(*snapshot, hash));
}

TEST_F(Flow, ImportingTwiceAddsOnceAndCountsBadLines) {
  std::string list;
  for (int i = 0; i < 2'500; ++i) list += to_hex(fresh_hash()) + "\n";
  list += "not a hash\n";
  for (const bool again : {false, true}) {
    std::istringstream in(list);
    ImportRequest request;
    request.bank = "ARCHIVE";
    request.kind = SignalKind::kPdq;
    uint64_t bad_line = 0;
    request.failed = [&](uint64_t line, const Error&) { bad_line = line; };
    const auto count = import_list(in, request, *store_);
    ASSERT_TRUE(count.has_value());
    EXPECT_EQ(count->lines, 2'501u);
    EXPECT_EQ(again ? count->present : count->added, 2'500u);
    EXPECT_EQ(count->failed, 1u);
    EXPECT_EQ(bad_line, 2'501u);
  }
  EXPECT_EQ(open_snapshot(*store_)->take()->hashes.size(), 2'500u);
}

}  // namespace
}  // namespace weir
