// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "server/rules/log_leaf.h"
#include "server/store/sqlite/sqlite.h"

namespace weir::sqlite {

// A write transaction and what follows from what is changed in it: a row of the log for each
// change, and the job to make files of the index anew. A verb says what it changed, and no more.
//
//   auto unit = TRY(UnitOfWork::begin(connection, now));
//   ... change a bank ...
//   TRY(unit.record(ChangeKind::kBankUpdated, bank));
//   TRY(unit.commit());
//
// What is not committed has not happened. Must not outlive the connection.
class UnitOfWork {
 public:
  static Result<UnitOfWork> begin(Connection& connection, WallTime now);

  Connection& connection() const { return *connection_; }
  WallTime now() const { return now_; }

  Status record(ChangeKind kind, const Bank& bank);
  // The content key is the stored one: what an entry was added as, whatever it took since.
  // Precondition: entry.id, .bank and .bank_name are set.
  Status record(ChangeKind kind, const Entry& entry, std::span<const uint8_t> content_key);

  // An entry has other signals than before.
  void signals_changed() { touches_search_ = true; }

  Status commit();  // on success all of it has reached the disk

 private:
  UnitOfWork(Connection& connection, Transaction transaction, WallTime now, int64_t last_seq)
      : connection_(&connection),
        transaction_(std::move(transaction)),
        now_(now),
        last_seq_(last_seq) {}
  Status append(LogLeaf leaf);

  Connection* connection_;
  Transaction transaction_;
  WallTime now_;
  int64_t last_seq_;
  bool touches_search_ = false;
};

}  // namespace weir::sqlite
