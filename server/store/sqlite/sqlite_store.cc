// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/store/sqlite/schema.h"
#include "server/store/sqlite/store_impl.h"
#include "weir/base/utf8.h"

namespace weir {
namespace sqlite {
namespace {

// A bulk import holds the lock for tens of milliseconds at a time; to wait a minute in vain means
// that another process hangs.
constexpr std::chrono::milliseconds kPatience{60'000};

// Readers beyond this many wait: each holds a page cache of its own.
constexpr size_t kReadersMost = 8;

// A checkpoint copies each changed page once, so fewer checkpoints make bulk imports cheaper: most
// pages of an index on hashes change in every batch. 32,768 pages are 128 MiB of log.
constexpr const char* kWriterSettings =
    "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 32768;"
    "PRAGMA journal_size_limit = 67108864;";
constexpr const char* kReaderSettings = "PRAGMA cache_size = -16384;";

// Turning the write-ahead log on needs the file alone for a moment, and SQLite does not wait there.
Status turn_log_on(Connection& connection) {
  const auto started = std::chrono::steady_clock::now();
  while (true) {
    const Status done = connection.run_script("PRAGMA journal_mode = WAL");
    if (done || done.error().code != ErrorCode::kUnavailable) return done;
    if (!connection.is_busy() || std::chrono::steady_clock::now() - started > kPatience)
      return done;
    usleep(1000);
  }
}

// A new file's name must reach the disk too, or a power cut loses the whole store.
Status sync_folder(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : path.substr(0, slash);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return {};  // a folder that may be searched but not read: nothing more can be done
  const bool synced = ::fsync(fd) == 0 || errno == EINVAL;
  ::close(fd);
  if (synced) return {};
  return Error{ErrorCode::kUnavailable,
               "the folder of the store " + printable(path) + " could not be written to disk"};
}

}  // namespace

Result<Readers::Lease> Readers::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return !idle_.empty() || opened_ < kReadersMost; });
  if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return Lease(*this, std::move(connection));
  }
  ++opened_;
  lock.unlock();
  auto opened = Connection::open(path_, Connection::Access::kReadOnly, kPatience);
  if (opened) {
    if (const Status set = (*opened)->run_script(kReaderSettings); !set) opened = set.error();
  }
  if (opened) return Lease(*this, std::move(*opened));
  lock.lock();
  --opened_;
  returned_.notify_one();
  return opened.error();
}

void Readers::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
  returned_.notify_one();
}

SqliteStore::SqliteStore(const std::string& path, const Clock& clock,
                         std::unique_ptr<Connection> writer, std::unique_ptr<Connection> watcher)
    : clock_(clock), readers_(path), writer_(std::move(writer)), watcher_(std::move(watcher)) {}

WallTime SqliteStore::now() const {
  return from_us(to_us(clock_.now()));
}

int64_t to_us(WallTime time) {
  return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
}

WallTime from_us(int64_t time_us) {
  return WallTime(
      std::chrono::duration_cast<WallTime::duration>(std::chrono::microseconds(time_us)));
}

}  // namespace sqlite

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, const Clock& clock) {
  using sqlite::Connection;
  struct stat before;
  const bool is_new = ::stat(path.c_str(), &before) != 0;
  if (!is_new && !S_ISREG(before.st_mode))
    return Error{ErrorCode::kInvalid, "the store " + printable(path) + " is not a regular file"};

  auto writer = TRY(Connection::open(path, Connection::Access::kReadWrite, sqlite::kPatience));
  TRY(sqlite::turn_log_on(*writer));
  TRY(writer->run_script(sqlite::kWriterSettings));
  TRY(sqlite::migrate(*writer, sqlite::schema_steps()));
  if (is_new) TRY(sqlite::sync_folder(path));
  auto watcher = TRY(Connection::open(path, Connection::Access::kReadOnly, sqlite::kPatience));
  return std::unique_ptr<Store>(
      std::make_unique<sqlite::SqliteStore>(path, clock, std::move(writer), std::move(watcher)));
}

}  // namespace weir
