// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/sqlite.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <thread>
#include <utility>

#include "weir/base/utf8.h"

namespace weir::sqlite {
namespace {

bool is_disk_full(int code, int system_errno) {
  if ((code & 0xFF) == SQLITE_FULL) return true;
  return (code & 0xFF) == SQLITE_IOERR &&
         (system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG);
}

Error error_of(int code, int system_errno, const std::string& path, const std::string& message) {
  const std::string store = "the store " + printable(path);
  if (is_disk_full(code, system_errno))
    return {ErrorCode::kUnavailable, "the disk is full: nothing was changed in " + store +
                                         "; free some space and try again"};
  // A quota or a limit on file sizes looks like this; SQLite tells the reason for some calls only.
  if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_SHMSIZE)
    return {ErrorCode::kUnavailable, store +
                                         " could not be written, and nothing was changed: the "
                                         "disk may be full, over its quota, or failing"};
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return {ErrorCode::kCorrupt,
              store + " is damaged or not a store (" + message + "); restore it from a backup"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorCode::kDenied, store +
                                      " cannot be written; check the rights of the file and "
                                      "its folder"};
    case SQLITE_CANTOPEN:
      return {ErrorCode::kDenied, store +
                                      " cannot be opened or created; check that its folder "
                                      "exists and may be written"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kUnavailable, store + " was locked too long by another process"};
    case SQLITE_TOOBIG:
      return {ErrorCode::kLimit, "a value is too big for " + store};
    default:
      return {ErrorCode::kUnavailable, store + " failed: " + message};
  }
}

}  // namespace

Connection::Connection(std::string path, std::chrono::milliseconds patience)
    : path_(std::move(path)), patience_(patience) {}

Connection::~Connection() {
  for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access,
                                                     std::chrono::milliseconds patience) {
  std::unique_ptr<Connection> connection(new Connection(path, patience));
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE |
                    (access == Access::kReadWrite ? SQLITE_OPEN_CREATE : 0);
  if (sqlite3_open_v2(path.c_str(), &connection->db_, flags, nullptr) != SQLITE_OK)
    return connection->error();
  sqlite3_busy_handler(connection->db_, &Connection::wait_for_lock, connection.get());
  // A hostile file must not be able to run anything through its schema, or hide bad cells.
  sqlite3_db_config(connection->db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection->db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  TRY(
      connection->run_script("PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;"
                             "PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL;"));
  if (access == Access::kReadOnly) TRY(connection->run_script("PRAGMA query_only = ON"));
  return connection;
}

// SQLite's own handler sleeps up to 100 ms a time; beside a bulk import, which lets go of the lock
// for moments only, that would miss most of them.
int Connection::wait_for_lock(void* connection, int calls) {
  auto& self = *static_cast<Connection*>(connection);
  const auto now = std::chrono::steady_clock::now();
  if (calls == 0) self.waiting_since_ = now;
  if (now - self.waiting_since_ >= self.patience_) return 0;
  std::this_thread::sleep_for(std::chrono::microseconds(calls < 100 ? 200 : 1000));
  return 1;
}

Result<sqlite3_stmt*> Connection::prepare(Sql sql) {
  if (const auto found = statements_.find(sql.text()); found != statements_.end()) {
    assert(!sqlite3_stmt_busy(found->second));
    return found->second;
  }
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(db_, sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error();
  statements_.emplace(sql.text(), statement);
  return statement;
}

Status Connection::run_script(const char* script) {
  if (sqlite3_exec(db_, script, nullptr, nullptr, nullptr) != SQLITE_OK) return error();
  return {};
}

Error Connection::error() const {
  if (db_ == nullptr) return {ErrorCode::kUnavailable, "out of memory while opening the store"};
  return error_of(sqlite3_extended_errcode(db_), sqlite3_system_errno(db_), path_,
                  sqlite3_errmsg(db_));
}

Rows::~Rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<bool> Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_->error();
}

std::string_view Rows::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

std::span<const uint8_t> Rows::blob(int column) const {
  const auto* bytes = static_cast<const uint8_t*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

// A null pointer would bind NULL where empty text or bytes are meant.
int bind_value(sqlite3_stmt* statement, int at, std::string_view text) {
  return sqlite3_bind_text64(statement, at, text.data() == nullptr ? "" : text.data(), text.size(),
                             SQLITE_STATIC, SQLITE_UTF8);
}

int bind_value(sqlite3_stmt* statement, int at, std::span<const uint8_t> bytes) {
  if (bytes.empty()) return sqlite3_bind_zeroblob(statement, at, 0);
  return sqlite3_bind_blob64(statement, at, bytes.data(), bytes.size(), SQLITE_STATIC);
}

Result<Transaction> Transaction::begin(Connection& connection) {
  TRY(run(connection, "BEGIN IMMEDIATE"));
  return Transaction(connection);
}

Result<Transaction> Transaction::begin_read(Connection& connection) {
  TRY(run(connection, "BEGIN"));
  return Transaction(connection);
}

Transaction::~Transaction() {
  // After some errors, such as a full disk, SQLite has rolled back already.
  if (connection_ != nullptr && connection_->in_transaction())
    (void)connection_->run_script("ROLLBACK");
}

Status Transaction::commit() {
  TRY(run(*connection_, "COMMIT"));
  connection_ = nullptr;
  return {};
}

}  // namespace weir::sqlite
