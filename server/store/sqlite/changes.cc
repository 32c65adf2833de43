// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/store_impl.h"

namespace weir::sqlite {

Result<ChangeSeq> read_last_change(Connection& connection) {
  return ChangeSeq{TRY(number(connection, "SELECT max(seq) FROM log"))};
}

// The version tells whether any other connection, of any process, has written since this one
// looked; the watcher writes nothing itself, so an unchanged version means an unchanged log. The
// version is read before the log: a change between the two is seen now, and looked for once more
// next time.
Result<ChangeSeq> SqliteStore::last_change() {
  const std::lock_guard lock(watching_);
  const int64_t version = TRY(number(*watcher_, "PRAGMA data_version"));
  if (version == seen_version_) return seen_change_;
  seen_change_ = TRY(read_last_change(*watcher_));
  seen_version_ = version;
  return seen_change_;
}

Result<std::vector<Change>> SqliteStore::changes_after(ChangeSeq seq, size_t most) {
  auto reader = TRY(readers_.take());
  const int64_t limit = static_cast<int64_t>(std::min<size_t>(most, kLastEntryId));
  auto rows = TRY(query(*reader,
                        "SELECT seq, kind, bank, entry FROM log WHERE seq > ? ORDER BY seq LIMIT ?",
                        seq.value, limit));
  std::vector<Change> changes;
  while (TRY(rows.next()))
    changes.push_back({ChangeSeq{rows.integer(0)}, static_cast<ChangeKind>(rows.integer(1)),
                       BankId{rows.integer(2)}, EntryId{rows.integer(3)}});
  return changes;
}

Result<int64_t> SqliteStore::log_rows() {
  auto reader = TRY(readers_.take());
  return number(*reader, "SELECT count(*) FROM log");
}

Result<int64_t> SqliteStore::check_log() {
  auto reader = TRY(readers_.take());
  auto rows = TRY(query(*reader,
                        "SELECT l.seq, l.time_us, l.kind, l.bank, b.name, l.entry, e.content_key,"
                        " l.leaf_hash FROM log l CROSS JOIN banks b LEFT JOIN entries e"
                        " ON e.id = l.entry WHERE b.id = l.bank ORDER BY l.seq"));
  int64_t checked = 0;
  while (TRY(rows.next())) {
    const auto key = rows.blob(6);
    const LogLeaf leaf{.seq = ChangeSeq{rows.integer(0)},
                       .time = from_us(rows.integer(1)),
                       .kind = static_cast<ChangeKind>(rows.integer(2)),
                       .bank = BankId{rows.integer(3)},
                       .bank_name = std::string(rows.text(4)),
                       .entry = EntryId{rows.integer(5)},
                       .content_key = {key.begin(), key.end()}};
    ++checked;
    const auto hash = leaf_hash(leaf);
    const auto stored = rows.blob(7);
    if (leaf.seq.value != checked ||
        !std::equal(hash.begin(), hash.end(), stored.begin(), stored.end()))
      return Error{ErrorCode::kCorrupt,
                   "row " + std::to_string(checked) + " of the log is missing or was changed"};
  }
  return checked;
}

}  // namespace weir::sqlite
