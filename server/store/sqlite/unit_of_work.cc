// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/unit_of_work.h"

#include "server/store/sqlite/store_impl.h"

namespace weir::sqlite {

Result<UnitOfWork> UnitOfWork::begin(Connection& connection, WallTime now) {
  auto transaction = TRY(Transaction::begin(connection));
  const int64_t last = TRY(number(connection, "SELECT max(seq) FROM log"));
  return UnitOfWork(connection, std::move(transaction), now, last);
}

Status UnitOfWork::record(ChangeKind kind, const Bank& bank) {
  return append({.seq = {},
                 .time = {},
                 .kind = kind,
                 .bank = bank.id,
                 .bank_name = bank.name,
                 .entry = {},
                 .content_key = {}});
}

Status UnitOfWork::record(ChangeKind kind, const Entry& entry,
                          std::span<const uint8_t> content_key) {
  return append({.seq = {},
                 .time = {},
                 .kind = kind,
                 .bank = entry.bank,
                 .bank_name = entry.bank_name,
                 .entry = entry.id,
                 .content_key = {content_key.begin(), content_key.end()}});
}

Status UnitOfWork::append(LogLeaf leaf) {
  touches_search_ |= touches_search(leaf.kind);
  leaf.seq = ChangeSeq{++last_seq_};
  leaf.time = now_;
  const auto hash = leaf_hash(leaf);
  const std::optional<int64_t> entry =
      leaf.entry.value == 0 ? std::nullopt : std::optional(leaf.entry.value);
  TRY(run(*connection_,
          "INSERT INTO log (seq, time_us, kind, bank, entry, leaf_hash) VALUES (?, ?, ?, ?, ?, ?)",
          leaf.seq.value, to_us(now_), static_cast<int>(leaf.kind), leaf.bank.value, entry,
          std::span<const uint8_t>(hash)));
  return {};
}

Status UnitOfWork::commit() {
  if (touches_search_) TRY(put_job(*connection_, kMergeIndexJob, kMergeIndexKey, "{}", now_));
  return transaction_.commit();
}

}  // namespace weir::sqlite
