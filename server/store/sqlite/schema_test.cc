// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/schema.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "server/store/sqlite/sqlite.h"
#include "server/store/sqlite/sqlite_store.h"
#include "server/store/sqlite/store_files_for_test.h"

namespace weir {
namespace {

using sqlite::Connection;
using std::chrono::milliseconds;

TEST(Schema, AnEmptyFileReachesTheLastVersionInSteps) {
  const TestFolder folder;
  auto connection =
      Connection::open(folder.file("a.db"), Connection::Access::kReadWrite, milliseconds(100))
          .value();
  ASSERT_TRUE(sqlite::migrate(*connection, sqlite::schema_steps()));
  ASSERT_TRUE(sqlite::migrate(*connection, sqlite::schema_steps()));  // nothing left to do

  std::vector<const char*> more(sqlite::schema_steps().begin(), sqlite::schema_steps().end());
  more.push_back("ALTER TABLE banks ADD COLUMN colour TEXT");
  ASSERT_TRUE(sqlite::migrate(*connection, more));
  EXPECT_EQ(sqlite::number(*connection, "PRAGMA user_version").value(),
            static_cast<int64_t>(more.size()));
  EXPECT_TRUE(connection->run_script("SELECT colour FROM banks"));
}

// What version 1 wrote is read on: its banks hold known material, its entries have no pictures.
TEST(Schema, AStoreOfVersion1IsTakenForward) {
  const TestFolder folder;
  const std::string path = folder.file("weir.db");
  {
    auto old = Connection::open(path, Connection::Access::kReadWrite, milliseconds(100)).value();
    ASSERT_TRUE(sqlite::migrate(*old, sqlite::schema_steps().first(1)));
    ASSERT_TRUE(old->run_script("INSERT INTO banks VALUES (1, 'OLD', '', 1, 0, 0)"));
  }
  TestClock clock;
  const auto store = open_sqlite_store(path, clock);
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->find_bank("OLD")->kind, BankKind::kKnown);
  EXPECT_TRUE(entries_with_pictures(**store).empty());
}

// Version 2 knew no videos: its entries have none, and take theirs when their files come again.
TEST(Schema, AStoreOfVersion2IsTakenForward) {
  const TestFolder folder;
  const std::string path = folder.file("weir.db");
  const Entry entry = test_entry(BankId{1}, 1);
  {
    auto old = Connection::open(path, Connection::Access::kReadWrite, milliseconds(100)).value();
    ASSERT_TRUE(sqlite::migrate(*old, sqlite::schema_steps().first(2)));
    ASSERT_TRUE(old->run_script("INSERT INTO banks VALUES (1, 'OLD', '', 1, 0, 1, 2)"));
    ASSERT_TRUE(sqlite::run(*old,
                            "INSERT INTO entries (id, bank, content_key, state, created_us, name,"
                            " media) VALUES (5, 1, ?, 1, 0, 'old', 'image')",
                            std::span<const uint8_t>(content_key(entry))));
    ASSERT_TRUE(old->run_script("INSERT INTO pictures VALUES (5, x'00')"));
  }
  TestClock clock;
  const auto store = open_sqlite_store(path, clock);
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->find_bank("OLD")->kind, BankKind::kBenign);
  EXPECT_TRUE(has_own(*(*store)->find_entry(EntryId{5}), SignalKind::kFeatures));
  EXPECT_FALSE(has_own(*(*store)->find_entry(EntryId{5}), SignalKind::kTrack));
  EXPECT_TRUE(entries_with_tracks(**store).empty());
  const auto again = (*store)->add_entries(std::vector{entry_with_track(BankId{1}, 1)}).value();
  EXPECT_EQ(again[0].id, EntryId{5});
  EXPECT_EQ((*store)->signals_of(SignalKind::kTrack, std::vector{EntryId{5}})->front().bank_kind,
            BankKind::kBenign);
}

// A store as version 3 left it: hashes of lists, pictures and videos, one of each retired.
constexpr int kOldEntries = 120;
constexpr size_t kOldBytes = 60'000;  // of a picture or a track, so that moving them takes a while

std::vector<uint8_t> old_value(int number) {
  std::vector<uint8_t> value(kOldBytes);
  for (size_t i = 0; i < value.size(); ++i)
    value[i] = static_cast<uint8_t>(i * static_cast<size_t>(number + 3) >> 3);
  return value;
}

void make_version_3(const std::string& path) {
  auto old = Connection::open(path, Connection::Access::kReadWrite, milliseconds(100)).value();
  ASSERT_TRUE(old->run_script("PRAGMA journal_mode = WAL"));
  ASSERT_TRUE(sqlite::migrate(*old, sqlite::schema_steps().first(3)));
  auto transaction = sqlite::Transaction::begin(*old).value();
  ASSERT_TRUE(old->run_script("INSERT INTO banks VALUES (1, 'OLD', '', 1, 0, 0, 1)"));
  for (int id = 1; id <= kOldEntries; ++id) {
    const Entry entry = test_entry(BankId{1}, static_cast<uint32_t>(id));
    ASSERT_TRUE(sqlite::run(*old,
                            "INSERT INTO entries (id, bank, content_key, state, created_us, name,"
                            " media) VALUES (?, 1, ?, ?, 0, 'old', 'image')",
                            id, std::span<const uint8_t>(content_key(entry)), id <= 3 ? 2 : 1));
    for (size_t i = 0; i < entry.signals.size(); ++i)
      ASSERT_TRUE(sqlite::run(
          *old, "INSERT INTO signals (entry, position, kind, value) VALUES (?, ?, ?, ?)", id, i,
          static_cast<int>(entry.signals[i].kind),
          std::span<const uint8_t>(entry.signals[i].value)));
    if (id % 3 == 1) {
      ASSERT_TRUE(sqlite::run(*old, "INSERT INTO pictures VALUES (?, ?)", id,
                              std::span<const uint8_t>(old_value(id))));
    }
    if (id % 3 == 2) {
      ASSERT_TRUE(sqlite::run(*old, "INSERT INTO videos VALUES (?, ?, ?)", id, 1000 * id,
                              std::span<const uint8_t>(old_value(id))));
    }
  }
  ASSERT_TRUE(transaction.commit());
}

void expect_all_of_version_3(Store& store) {
  for (int id = 1; id <= kOldEntries; ++id) {
    const Entry expected = test_entry(BankId{1}, static_cast<uint32_t>(id));
    const Entry entry = store.find_entry(EntryId{id}).value();
    ASSERT_EQ(entry.signals.size(), expected.signals.size());
    for (size_t i = 0; i < entry.signals.size(); ++i)
      ASSERT_EQ(entry.signals[i].value, expected.signals[i].value);
    EXPECT_EQ(has_own(entry, SignalKind::kFeatures), id % 3 == 1);
    EXPECT_EQ(has_own(entry, SignalKind::kTrack), id % 3 == 2);
    EXPECT_EQ(entry.duration.count(), id % 3 == 2 ? 1000 * id : 0);
    const SignalKind kind = id % 3 == 2 ? SignalKind::kTrack : SignalKind::kFeatures;
    const EntryId asked{id};
    const auto own = store.signals_of(kind, {&asked, 1}).value();
    ASSERT_EQ(own.size(), id > 3 && id % 3 != 0 ? 1u : 0u) << id;
    if (!own.empty()) {
      EXPECT_EQ(own[0].value, old_value(id));
    }
  }
}

TEST(Schema, AStoreOfVersion3IsTakenForward) {
  const TestFolder folder;
  make_version_3(folder.file("weir.db"));
  TestClock clock;
  const auto store = open_sqlite_store(folder.file("weir.db"), clock);
  ASSERT_TRUE(store);
  expect_all_of_version_3(**store);
}

// Killed twenty times, each time when it has written so much, which no clock has a say in.
TEST(Schema, KillingWhoTakesAStoreForwardLosesNothing) {
  const TestFolder folder;
  const std::string path = folder.file("weir.db");
  make_version_3(path);
  TestClock clock;
  const auto written = [&] {
    std::error_code none;
    const auto size = std::filesystem::file_size(path + "-wal", none);
    return none ? 0 : size;
  };
  std::mt19937 random(11);
  int killed = 0;
  for (int time = 0; time < 20; ++time) {
    const size_t enough = random() % (kOldEntries * kOldBytes);
    const pid_t child = fork();
    if (child == 0) _exit(open_sqlite_store(path, clock).has_value() ? 0 : 1);
    int status = 0;
    pid_t ended = 0;
    while (ended == 0 && written() < enough) ended = waitpid(child, &status, WNOHANG);
    if (ended == 0) {
      kill(child, SIGKILL);
      ASSERT_EQ(waitpid(child, &status, 0), child);
    }
    killed += WIFSIGNALED(status);
    const auto left =
        Connection::open(path, Connection::Access::kReadWrite, milliseconds(100)).value();
    if (sqlite::number(*left, "PRAGMA user_version").value() == 3) continue;
    ASSERT_EQ(sqlite::number(*left, "SELECT count(*) FROM own_signals").value(),
              kOldEntries * 2 / 3);
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
    make_version_3(path);
  }
  EXPECT_GT(killed, 0);
  const auto store = open_sqlite_store(path, clock);
  ASSERT_TRUE(store) << store.error().message;
  expect_all_of_version_3(**store);
}

TEST(Schema, AStepThatFailsChangesNothing) {
  const TestFolder folder;
  auto connection =
      Connection::open(folder.file("a.db"), Connection::Access::kReadWrite, milliseconds(100))
          .value();
  ASSERT_TRUE(sqlite::migrate(*connection, sqlite::schema_steps()));
  std::vector<const char*> more(sqlite::schema_steps().begin(), sqlite::schema_steps().end());
  more.push_back("ALTER TABLE banks ADD COLUMN colour TEXT; INSERT INTO nowhere VALUES (1)");
  EXPECT_FALSE(sqlite::migrate(*connection, more));
  EXPECT_EQ(sqlite::number(*connection, "PRAGMA user_version").value(),
            static_cast<int64_t>(sqlite::schema_steps().size()));
  EXPECT_FALSE(connection->run_script("SELECT colour FROM banks"));
}

TEST(Schema, AFileOfANewerProgramIsRefusedAndLeftAlone) {
  const TestFolder folder;
  const std::string path = folder.file("weir.db");
  fill(path, 1);
  {
    auto newer = Connection::open(path, Connection::Access::kReadWrite, milliseconds(100)).value();
    ASSERT_TRUE(newer->run_script("PRAGMA user_version = 999"));
  }
  TestClock clock;
  const auto opened = open_sqlite_store(path, clock);
  EXPECT_EQ(code_of(opened), ErrorCode::kInvalid);
  EXPECT_NE(opened.error().message.find("version 999"), std::string::npos);
}

}  // namespace
}  // namespace weir
