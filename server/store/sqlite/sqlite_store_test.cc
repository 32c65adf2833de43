// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "server/store/picture_contract.h"
#include "server/store/sqlite/sqlite.h"
#include "server/store/sqlite/store_files_for_test.h"
#include "server/store/store_contract.h"
#include "server/store/video_contract.h"

namespace weir {
namespace {

using sqlite::Connection;
using std::chrono::milliseconds;

struct SqlitePlace final : StorePlace {
  TestFolder folder;
  Result<std::unique_ptr<Store>> open(const Clock& clock) override {
    return open_sqlite_store(folder.file("weir.db"), clock);
  }
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         testing::Values(StoreBackend{
                             "sqlite", [] { return std::make_unique<SqlitePlace>(); }}));

// Runs `body` in a process of its own; gives its exit status, or -1 when a signal ended it. To be
// called before this process opens a store: SQLite's files do not survive a fork.
template <class Body>
pid_t start_process(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(0);
  }
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void require(bool holds, int exit_status) {
  if (!holds) ::_exit(exit_status);
}

TEST(SqliteStore, TwoProcessesAddingTheSameAddItOnce) {
  const TestFolder folder;
  constexpr uint32_t kEntries = 400;
  const auto add_all = [&](uint32_t start) {
    return [&folder, start] {
      TestClock clock;
      auto store = open_sqlite_store(folder.file("weir.db"), clock);
      require(store.has_value(), 1);
      auto bank = (*store)->create_bank(named_bank("A"));
      if (!bank) bank = (*store)->find_bank("A");
      require(bank.has_value(), 2);
      for (uint32_t i = 0; i < kEntries; i += 4) {
        std::vector<Entry> entries;
        for (uint32_t k = 0; k < 4; ++k)
          entries.push_back(test_entry(bank->id, (start + i + k) % kEntries));
        require((*store)->add_entries(entries).has_value(), 3);
      }
    };
  };
  const pid_t one = start_process(add_all(0));
  const pid_t two = start_process(add_all(kEntries / 2));
  EXPECT_EQ(wait_for(one), 0);
  EXPECT_EQ(wait_for(two), 0);

  TestClock clock;
  auto store = open_sqlite_store(folder.file("weir.db"), clock).value();
  const Bank bank = store->find_bank("A").value();
  EXPECT_EQ(bank.entries, kEntries);
  EXPECT_EQ(store->entries_of(bank.id)->size(), kEntries);
  EXPECT_EQ(store->check_log().value(), kEntries + 1);
}

// Adds entries until it is killed, and says of each batch when it was acknowledged.
void add_until_killed(const std::string& path, int out, uint32_t first) {
  TestClock clock;
  auto store = open_sqlite_store(path, clock);
  require(store.has_value(), 1);
  auto bank = (*store)->create_bank(named_bank("A"));
  if (!bank) bank = (*store)->find_bank("A");
  require(bank.has_value(), 2);
  for (uint32_t number = first;; number += 3) {
    const std::vector<Entry> entries{test_entry(bank->id, number), test_entry(bank->id, number + 1),
                                     test_entry(bank->id, number + 2)};
    require((*store)->add_entries(entries).has_value(), 3);
    require(::write(out, &number, sizeof number) == sizeof number, 4);
  }
}

// A killed process loses nothing that it acknowledged and leaves nothing half done. (That a power
// cut does not either rests on SQLite's fsync, which no test here can see.)
TEST(SqliteStore, KillingTheWriterLosesNothingAcknowledged) {
  const TestFolder folder;
  std::mt19937 random(11);
  std::vector<uint32_t> acknowledged;
  uint32_t next = 0;
  for (int round = 0; round < 12; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = start_process([&] {
      ::close(ends[0]);
      add_until_killed(folder.file("weir.db"), ends[1], next);
    });
    ::close(ends[1]);
    // It is killed somewhere in the batch after this many, on however busy a machine.
    const uint32_t batches = 1 + random() % 12;
    uint32_t number = 0, seen = 0;
    while (::read(ends[0], &number, sizeof number) == sizeof number) {
      for (uint32_t k = 0; k < 3; ++k) acknowledged.push_back(number + k);
      next = number + 3;
      if (++seen == batches) {
        ::usleep(random() % 3'000);
        ::kill(child, SIGKILL);
      }
    }
    ASSERT_GE(seen, batches);
    EXPECT_EQ(wait_for(child), -1);
    ::close(ends[0]);
    next += 30;  // beyond what was added but not acknowledged
  }

  TestClock clock;
  auto store = open_sqlite_store(folder.file("weir.db"), clock).value();
  const Bank bank = store->find_bank("A").value();
  for (const uint32_t number : acknowledged) {
    const Entry expected = test_entry(bank.id, number);
    const auto found = store->find_content(bank.id, content_key(expected)).value();
    ASSERT_TRUE(found) << "lost " << number;
    EXPECT_EQ(found->signals, expected.signals);
  }
  const auto entries = store->entries_of(bank.id).value();
  EXPECT_EQ(bank.entries, static_cast<int64_t>(entries.size()));
  EXPECT_EQ(entries.size() % 3, 0u);  // batches are whole
  EXPECT_EQ(store->check_log().value(), bank.entries + 1);
  EXPECT_EQ(all_signals(*store, SignalKind::kPdq).signals.size(), entries.size());
  for (const EntryId id : entries) EXPECT_EQ(store->find_entry(id)->signals.size(), 3u);
  EXPECT_TRUE(store->claim_job(kMergeIndexJob, std::chrono::seconds(1)).value());
}

TEST(SqliteStore, AFullDiskIsSaidAndLosesNothing) {
  const TestFolder folder;
  const std::string disk = folder.file("disk");
  std::filesystem::create_directory(disk);
  if (::mount("none", disk.c_str(), "tmpfs", 0, "size=2m") != 0)
    GTEST_SKIP() << "needs the right to mount a small file system";
  uint32_t added = 0;
  {
    TestClock clock;
    auto store = open_sqlite_store(disk + "/weir.db", clock).value();
    const Bank bank = store->create_bank(named_bank("A")).value();
    std::optional<Error> error;
    while (!error && added < 100'000) {
      std::vector<Entry> entries;
      for (uint32_t k = 0; k < 100; ++k) entries.push_back(test_entry(bank.id, added + k));
      const auto done = store->add_entries(entries);
      if (done)
        added += 100;
      else
        error = done.error();
    }
    EXPECT_TRUE(error);
    if (error) {
      EXPECT_EQ(error->code, ErrorCode::kUnavailable);
      EXPECT_NE(error->message.find("the disk is full"), std::string::npos) << error->message;
    }
    EXPECT_EQ(store->find_bank("A")->entries, added);
    EXPECT_EQ(store->check_log().value(), added + 1);
  }
  EXPECT_GT(added, 0u);
  ::umount2(disk.c_str(), MNT_DETACH);
}

TEST(SqliteStore, AFileThatMayNotGrowIsSaidAndLosesNothing) {
  const TestFolder folder;
  const pid_t child = start_process([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    TestClock clock;
    auto store = open_sqlite_store(folder.file("weir.db"), clock);
    require(store.has_value(), 1);
    const auto bank = (*store)->create_bank(named_bank("A"));
    require(bank.has_value(), 2);
    const rlimit limit{300'000, 300'000};
    require(::setrlimit(RLIMIT_FSIZE, &limit) == 0, 3);
    for (uint32_t number = 0; number < 100'000; ++number) {
      const Entry entry = test_entry(bank->id, number);
      const auto added = (*store)->add_entries(std::span(&entry, 1));
      if (added) continue;
      require(added.error().code == ErrorCode::kUnavailable, 4);
      require(added.error().message.find("the disk may be full") != std::string::npos, 5);
      require((*store)->find_bank("A")->entries == number, 6);
      require((*store)->check_log().value() == number + 1, 7);
      ::_exit(0);
    }
    ::_exit(8);
  });
  EXPECT_EQ(wait_for(child), 0);
}

TEST(SqliteStore, AFolderWithoutRightsIsDenied) {
  const TestFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  const std::string closed = folder.file("closed");
  std::filesystem::create_directory(closed);
  {
    TestClock clock;
    ASSERT_TRUE(open_sqlite_store(closed + "/old.db", clock));
  }
  std::filesystem::permissions(closed + "/old.db", std::filesystem::perms(0444));
  std::filesystem::permissions(closed, std::filesystem::perms(0555));
  const pid_t child = start_process([&] {
    if (::geteuid() == 0) require(::setresuid(65534, 65534, 65534) == 0, 1);
    TestClock clock;
    const auto created = open_sqlite_store(closed + "/new.db", clock);
    require(!created && created.error().code == ErrorCode::kDenied, 2);
    const auto opened = open_sqlite_store(closed + "/old.db", clock);
    require(!opened && opened.error().code == ErrorCode::kDenied, 3);
  });
  EXPECT_EQ(wait_for(child), 0);
  std::filesystem::permissions(closed, std::filesystem::perms(0755));
  TestClock clock;
  EXPECT_EQ(code_of(open_sqlite_store(folder.file("absent/weir.db"), clock)), ErrorCode::kDenied);
  EXPECT_EQ(code_of(open_sqlite_store(folder.path(), clock)), ErrorCode::kInvalid);
}

TEST(SqliteStore, WhatIsNoStoreIsCorrupt) {
  const TestFolder folder;
  TestClock clock;
  std::ofstream(folder.file("text.db")) << std::string(5000, 'x');
  EXPECT_EQ(code_of(open_sqlite_store(folder.file("text.db"), clock)), ErrorCode::kCorrupt);
  {
    auto other =
        Connection::open(folder.file("other.db"), Connection::Access::kReadWrite, milliseconds(10))
            .value();
    ASSERT_TRUE(other->run_script("CREATE TABLE t (x)"));
  }
  EXPECT_EQ(code_of(open_sqlite_store(folder.file("other.db"), clock)), ErrorCode::kCorrupt);
}

// Whatever bytes of the file are damaged, every verb answers or fails; none crashes or hangs.
TEST(SqliteStore, ADamagedFileGivesErrorsAndNeverACrash) {
  const TestFolder folder;
  fill(folder.file("good.db"), 300);
  std::mt19937 random(5);
  int noticed = 0;
  for (int round = 0; round < 40; ++round) {
    const std::string path = folder.file("bad.db");
    std::filesystem::copy_file(folder.file("good.db"), path,
                               std::filesystem::copy_options::overwrite_existing);
    const auto size = std::filesystem::file_size(path);
    {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      for (int k = 0; k < 20; ++k) {
        file.seekp(static_cast<std::streamoff>(random() % size));
        for (int i = 0; i < 50; ++i) file.put(static_cast<char>(random()));
      }
    }
    if (round % 4 == 0) std::filesystem::resize_file(path, size / 2);
    TestClock clock;
    auto store = open_sqlite_store(path, clock);
    if (!store) {
      ++noticed;
      continue;
    }
    bool failed = !(*store)->check_log();
    failed = !(*store)->signals_of(SignalKind::kPdq, {}) || failed;
    failed = !(*store)->list_entries(BankId{1}, {}, 1000, std::nullopt) || failed;
    failed = !(*store)->find_exact(test_entry({}, 7).signals) || failed;
    const Entry entry = test_entry(BankId{1}, 1000);
    failed = !(*store)->add_entries(std::span(&entry, 1)) || failed;
    noticed += failed ? 1 : 0;
    store->reset();
    std::filesystem::remove(path + "-wal");
    std::filesystem::remove(path + "-shm");
  }
  EXPECT_GT(noticed, 30);
}

TEST(SqliteStore, AChangedLogIsFoundOut) {
  const TestFolder folder;
  fill(folder.file("weir.db"), 5);
  TestClock clock;
  auto store = open_sqlite_store(folder.file("weir.db"), clock).value();
  auto forger =
      Connection::open(folder.file("weir.db"), Connection::Access::kReadWrite, milliseconds(100))
          .value();
  EXPECT_EQ(store->check_log().value(), 6);
  ASSERT_TRUE(forger->run_script("UPDATE log SET time_us = time_us + 1 WHERE seq = 3"));
  EXPECT_EQ(code_of(store->check_log()), ErrorCode::kCorrupt);
  ASSERT_TRUE(forger->run_script("UPDATE log SET time_us = time_us - 1 WHERE seq = 3"));
  EXPECT_EQ(store->check_log().value(), 6);
  ASSERT_TRUE(forger->run_script("DELETE FROM log WHERE seq = 2"));
  EXPECT_EQ(code_of(store->check_log()), ErrorCode::kCorrupt);
}

TEST(SqliteStore, IdsEndWhereFourBytesDo) {
  const TestFolder folder;
  fill(folder.file("weir.db"), 1);
  auto other =
      Connection::open(folder.file("weir.db"), Connection::Access::kReadWrite, milliseconds(100))
          .value();
  ASSERT_TRUE(other->run_script(
      "INSERT INTO entries (id, bank, content_key, state, created_us, name, media)"
      " VALUES (4294967294, 1, x'00', 1, 0, '', '')"));
  TestClock clock;
  auto store = open_sqlite_store(folder.file("weir.db"), clock).value();
  const std::vector<Entry> entries{test_entry(BankId{1}, 1), test_entry(BankId{1}, 2)};
  EXPECT_EQ(code_of(store->add_entries(entries)), ErrorCode::kLimit);
  EXPECT_EQ(store->add_entries(std::span(entries).first(1))->front().id.value, kLastEntryId);
  EXPECT_EQ(store->add_entries(std::span(entries).first(1))->front().added, Added::kPresent);
}

TEST(SqliteStore, ALockHeldTooLongIsUnavailable) {
  const TestFolder folder;
  const std::string path = folder.file("weir.db");
  fill(path, 1);
  auto one = Connection::open(path, Connection::Access::kReadWrite, milliseconds(50)).value();
  auto two = Connection::open(path, Connection::Access::kReadWrite, milliseconds(50)).value();
  auto held = sqlite::Transaction::begin(*one);
  ASSERT_TRUE(held);
  const auto waited = sqlite::Transaction::begin(*two);
  EXPECT_EQ(code_of(waited), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace weir
