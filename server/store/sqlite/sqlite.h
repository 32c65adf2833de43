// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "weir/base/result.h"

// The little of SQLite that the store needs, with our Errors: damaged or foreign files are corrupt,
// missing rights denied, a full disk or a lock held too long unavailable.
namespace weir::sqlite {

// SQL known when compiling: written out, never assembled. What varies is bound.
class Sql {
 public:
  consteval Sql(const char* text) : text_(text) {}
  const char* text() const { return text_; }

 private:
  const char* text_;
};

class Rows;

// One connection, used by one thread at a time. Statements are prepared once and kept.
class Connection {
 public:
  enum class Access { kReadWrite, kReadOnly };

  // Opens or, for kReadWrite, creates the file; `patience` is how long to wait for another
  // connection's lock. Errors: denied, corrupt, unavailable.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access,
                                                  std::chrono::milliseconds patience);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The statement for `sql`, reset. Precondition: no Rows of the same statement is alive.
  Result<sqlite3_stmt*> prepare(Sql sql);

  // Runs statements that are given as a script, such as a schema.
  Status run_script(const char* script);

  // What SQLite last reported, as ours.
  Error error() const;
  bool is_busy() const { return (sqlite3_errcode(db_) & 0xFF) == SQLITE_BUSY; }
  int64_t changes() const { return sqlite3_changes64(db_); }
  bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

 private:
  Connection(std::string path, std::chrono::milliseconds patience);
  static int wait_for_lock(void* connection, int calls);

  std::string path_;
  std::chrono::milliseconds patience_;
  std::chrono::steady_clock::time_point waiting_since_;
  sqlite3* db_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;  // by the literal's address
};

// The rows of one running statement. Text and blobs are borrowed until the next next().
class Rows {
 public:
  Rows(Connection& connection, sqlite3_stmt* statement)
      : connection_(&connection), statement_(statement) {}
  Rows(Rows&& other) noexcept
      : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)) {}
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  Result<bool> next();  // false after the last row
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const;
  std::span<const uint8_t> blob(int column) const;

 private:
  Connection* connection_;
  sqlite3_stmt* statement_;
};

// Binding: integers, text, bytes, and optional of these (nothing is NULL).
inline int bind_value(sqlite3_stmt* statement, int at, std::nullptr_t) {
  return sqlite3_bind_null(statement, at);
}
template <std::integral T>
int bind_value(sqlite3_stmt* statement, int at, T number) {
  return sqlite3_bind_int64(statement, at, static_cast<int64_t>(number));
}
int bind_value(sqlite3_stmt* statement, int at, std::string_view text);
int bind_value(sqlite3_stmt* statement, int at, std::span<const uint8_t> bytes);
template <class T>
int bind_value(sqlite3_stmt* statement, int at, const std::optional<T>& value) {
  return value ? bind_value(statement, at, *value) : sqlite3_bind_null(statement, at);
}

// Runs a query; what was bound must live as long as the Rows.
template <class... Values>
Result<Rows> query(Connection& connection, Sql sql, const Values&... values) {
  sqlite3_stmt* statement = TRY(connection.prepare(sql));
  int at = 0;
  if (((bind_value(statement, ++at, values) != SQLITE_OK) || ...)) return connection.error();
  return Rows(connection, statement);
}

// Runs a statement to its end. Gives the number of rows changed.
template <class... Values>
Result<int64_t> run(Connection& connection, Sql sql, const Values&... values) {
  Rows rows = TRY(query(connection, sql, values...));
  while (TRY(rows.next())) {
  }
  return connection.changes();
}

// The first column of the one row of a query; zero when there is none or it is NULL.
template <class... Values>
Result<int64_t> number(Connection& connection, Sql sql, const Values&... values) {
  Rows rows = TRY(query(connection, sql, values...));
  if (!TRY(rows.next())) return int64_t{0};
  return rows.integer(0);
}

// Undone when it ends without commit().
class Transaction {
 public:
  // Takes the write lock at once, so that what is read inside cannot change before it is written.
  static Result<Transaction> begin(Connection& connection);
  // One unchanging view for several reads.
  static Result<Transaction> begin_read(Connection& connection);
  Transaction(Transaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Status commit();  // on success the changes have reached the disk

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace weir::sqlite
