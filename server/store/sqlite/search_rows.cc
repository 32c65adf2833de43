// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/store_impl.h"
#include "weir/signal/features_codec.h"

namespace weir::sqlite {
namespace {

Result<Hash256> hash_of(std::span<const uint8_t> value) {
  if (value.size() != 32)
    return Error{ErrorCode::kCorrupt, "a stored PDQ value is damaged; restore the store's backup"};
  return hash256_from_bytes(value.first<32>());
}

Result<PictureFeatures> picture_of(EntryId entry, std::span<const uint8_t> bytes) {
  auto picture = decode_features(bytes);
  if (picture) return picture;
  return Error{ErrorCode::kCorrupt, "the stored picture of entry " + std::to_string(entry.value) +
                                        " is damaged; restore the store's backup"};
}

Result<ChangeSeq> read_last_change(Connection& connection) {
  return ChangeSeq{TRY(number(connection, "SELECT max(seq) FROM log"))};
}

}  // namespace

Result<std::vector<ExactHit>> SqliteStore::find_exact(std::span<const Signal> signals) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  std::vector<ExactHit> hits;
  for (const Signal& signal : signals) {
    auto rows = TRY(query(*reader,
                          "SELECT DISTINCT s.entry"
                          " FROM signals s INDEXED BY signals_by_prefix CROSS JOIN entries e"
                          " CROSS JOIN banks b WHERE substr(s.value, 1, 8) = substr(?2, 1, 8)"
                          " AND s.kind = ?1 AND s.value = ?2"
                          " AND e.id = s.entry AND e.state = 1 AND b.id = e.bank AND b.state = 1"
                          " ORDER BY s.entry",
                          static_cast<int>(signal.kind), std::span<const uint8_t>(signal.value)));
    while (TRY(rows.next())) hits.push_back({EntryId{rows.integer(0)}, signal.kind});
  }
  return hits;
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

Result<std::vector<PdqRow>> SqliteStore::pdq_rows_of(std::span<const EntryId> entries) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  std::vector<PdqRow> found;
  found.reserve(entries.size());
  for (const EntryId entry : entries) {
    auto rows = TRY(query(*reader,
                          "SELECT s.value FROM entries e CROSS JOIN banks b CROSS JOIN signals s"
                          " WHERE e.id = ? AND e.state = 1 AND b.id = e.bank AND b.state = 1"
                          " AND s.entry = e.id AND s.kind = 3"
                          " AND (s.quality IS NULL OR s.quality >= 50) ORDER BY s.position",
                          entry.value));
    while (TRY(rows.next())) found.push_back({entry, TRY(hash_of(rows.blob(0)))});
  }
  return found;
}

// Signals lie in the order of their entries, and so do the entries: two tables are read from front
// to back, side by side.
Result<std::pair<ChangeSeq, std::vector<PdqRow>>> SqliteStore::all_pdq_rows() {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  std::pair<ChangeSeq, std::vector<PdqRow>> all;
  all.first = TRY(read_last_change(*reader));
  // Counting all signals is quick, counting those of one kind is not; what is reserved and never
  // touched takes no memory.
  all.second.reserve(static_cast<size_t>(TRY(number(*reader, "SELECT count(*) FROM signals"))));
  auto rows = TRY(query(*reader,
                        "SELECT s.entry, s.value FROM signals s CROSS JOIN entries e"
                        " CROSS JOIN banks b WHERE s.kind = 3"
                        " AND (s.quality IS NULL OR s.quality >= 50)"
                        " AND e.id = s.entry AND e.state = 1 AND b.id = e.bank AND b.state = 1"
                        " ORDER BY s.entry, s.position"));
  while (TRY(rows.next()))
    all.second.push_back({EntryId{rows.integer(0)}, TRY(hash_of(rows.blob(1)))});
  return all;
}

Result<std::vector<EntryPicture>> SqliteStore::pictures_of(std::span<const EntryId> entries) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  std::vector<EntryPicture> found;
  for (const EntryId entry : entries) {
    auto rows = TRY(query(*reader,
                          "SELECT p.features, e.bank FROM entries e CROSS JOIN banks b CROSS JOIN"
                          " pictures p WHERE e.id = ? AND e.state = 1 AND b.id = e.bank"
                          " AND b.state = 1 AND p.entry = e.id",
                          entry.value));
    if (TRY(rows.next()))
      found.push_back({entry, BankId{rows.integer(1)}, TRY(picture_of(entry, rows.blob(0)))});
  }
  return found;
}

Result<ChangeSeq> SqliteStore::for_each_picture(const std::function<Status(EntryPicture)>& take) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  const ChangeSeq last = TRY(read_last_change(*reader));
  auto rows = TRY(query(*reader,
                        "SELECT p.entry, p.features, e.bank FROM pictures p CROSS JOIN entries e"
                        " CROSS JOIN banks b WHERE e.id = p.entry AND e.state = 1"
                        " AND b.id = e.bank AND b.state = 1 ORDER BY p.entry"));
  while (TRY(rows.next())) {
    const EntryId entry{rows.integer(0)};
    TRY(take({entry, BankId{rows.integer(2)}, TRY(picture_of(entry, rows.blob(1)))}));
  }
  return last;
}

Result<std::vector<EntryTrack>> SqliteStore::tracks_of(std::span<const EntryId> entries) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  std::vector<EntryTrack> found;
  for (const EntryId entry : entries) {
    auto rows = TRY(query(*reader,
                          "SELECT e.bank, b.kind, v.track FROM entries e CROSS JOIN banks b"
                          " CROSS JOIN videos v WHERE e.id = ? AND e.state = 1 AND b.id = e.bank"
                          " AND b.state = 1 AND v.entry = e.id",
                          entry.value));
    if (!TRY(rows.next())) continue;
    const auto track = rows.blob(2);
    found.push_back({entry,
                     BankId{rows.integer(0)},
                     static_cast<BankKind>(rows.integer(1)),
                     {track.begin(), track.end()}});
  }
  return found;
}

Result<std::pair<ChangeSeq, std::vector<EntryId>>> SqliteStore::entries_with_tracks() {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  std::pair<ChangeSeq, std::vector<EntryId>> all;
  all.first = TRY(read_last_change(*reader));
  auto rows = TRY(query(*reader,
                        "SELECT v.entry FROM videos v CROSS JOIN entries e CROSS JOIN banks b"
                        " WHERE e.id = v.entry AND e.state = 1 AND b.id = e.bank AND b.state = 1"
                        " ORDER BY v.entry"));
  while (TRY(rows.next())) all.second.push_back(EntryId{rows.integer(0)});
  return all;
}

Result<std::vector<EntryId>> SqliteStore::entries_with_signal(SignalKind kind, bool without_track) {
  auto reader = TRY(readers_.take());
  auto rows = TRY(query(*reader,
                        "SELECT DISTINCT s.entry FROM signals s INDEXED BY signals_of_videos"
                        " CROSS JOIN entries e CROSS JOIN banks b"
                        " WHERE s.kind IN (4, 5) AND s.kind = ?1 AND e.id = s.entry AND e.state = 1"
                        " AND b.id = e.bank AND b.state = 1 AND (?2 = 0 OR NOT EXISTS"
                        " (SELECT 1 FROM videos v WHERE v.entry = s.entry)) ORDER BY s.entry",
                        static_cast<int>(kind), without_track ? 1 : 0));
  std::vector<EntryId> ids;
  while (TRY(rows.next())) ids.push_back(EntryId{rows.integer(0)});
  return ids;
}

Result<std::vector<EntryId>> SqliteStore::entries_of(BankId bank) {
  auto reader = TRY(readers_.take());
  auto rows = TRY(query(*reader,
                        "SELECT id FROM entries INDEXED BY entries_by_bank WHERE bank = ?"
                        " ORDER BY id",
                        bank.value));
  std::vector<EntryId> ids;
  while (TRY(rows.next())) ids.push_back(EntryId{rows.integer(0)});
  return ids;
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
