// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "server/store/sqlite/store_impl.h"

namespace weir::sqlite {
namespace {

// The columns of an entry, in the order of every SELECT below.
Result<Entry> entry_of(const Rows& rows) {
  Entry entry;
  entry.id = EntryId{rows.integer(0)};
  entry.bank = BankId{rows.integer(1)};
  entry.bank_name = rows.text(2);
  entry.name = rows.text(3);
  entry.state = static_cast<State>(rows.integer(4));
  entry.media = rows.text(5);
  entry.created = from_us(rows.integer(6));
  if (!rows.is_null(7)) entry.labels = TRY(parse_json_text(rows.text(7)));
  if (!rows.is_null(8)) entry.provenance = TRY(parse_json_text(rows.text(8)));
  const auto own = static_cast<uint64_t>(rows.integer(9));  // a bit for each kind's number
  for (const KindRow& row : all_kinds())
    if (own >> static_cast<int>(row.kind) & 1) entry.own_kinds.push_back(row.kind);
  entry.duration = std::chrono::microseconds(rows.integer(10));
  return entry;
}

Result<Signal> signal_of(const Rows& rows) {
  Signal signal;
  signal.kind = static_cast<SignalKind>(rows.integer(0));
  const auto value = rows.blob(1);
  const KindRow* row = find_kind(static_cast<uint8_t>(rows.integer(0)));
  if (row == nullptr || !row->is_exchanged || !check_value(signal.kind, value))
    return Error{ErrorCode::kCorrupt, "a stored signal is damaged; restore the store's backup"};
  signal.value.assign(value.begin(), value.end());
  if (!rows.is_null(2)) signal.quality = static_cast<int>(rows.integer(2));
  if (!rows.is_null(3)) signal.time = std::chrono::microseconds(rows.integer(3));
  if (!rows.is_null(4))
    signal.region = Rect{.x = static_cast<uint32_t>(rows.integer(4)),
                         .y = static_cast<uint32_t>(rows.integer(5)),
                         .width = static_cast<uint32_t>(rows.integer(6)),
                         .height = static_cast<uint32_t>(rows.integer(7))};
  return signal;
}

Status read_signals(Connection& connection, Entry& entry) {
  auto rows = TRY(query(connection,
                        "SELECT kind, value, quality, time_us, region_x, region_y, region_width,"
                        " region_height FROM signals WHERE entry = ? ORDER BY position",
                        entry.id.value));
  while (TRY(rows.next())) entry.signals.push_back(TRY(signal_of(rows)));
  return {};
}

}  // namespace

std::optional<std::string> to_json_text(const Labels& pairs) {
  if (pairs.empty()) return std::nullopt;
  return nlohmann::json(pairs).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<Labels> parse_json_text(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  Labels pairs;
  bool good = json.is_object();
  if (good) {
    for (const auto& [key, value] : json.items()) {
      good = good && value.is_string();
      if (good) pairs.emplace(key, value.get_ref<const std::string&>());
    }
  }
  if (!good)
    return Error{ErrorCode::kCorrupt, "stored labels are damaged; restore the store's backup"};
  return pairs;
}

Result<Entry> read_entry(Connection& connection, EntryId id) {
  auto rows = TRY(query(connection,
                        "SELECT e.id, e.bank, b.name, e.name, e.state, e.media, e.created_us,"
                        " e.labels, e.provenance,"
                        " (SELECT sum(1 << kind) FROM own_signals WHERE entry = e.id),"
                        " e.duration_us"
                        " FROM entries e CROSS JOIN banks b"
                        " WHERE e.id = ? AND b.id = e.bank",
                        id.value));
  if (!TRY(rows.next()))
    return Error{ErrorCode::kNotFound, "there is no entry " + std::to_string(id.value)};
  Entry entry = TRY(entry_of(rows));
  TRY(read_signals(connection, entry));
  return entry;
}

Result<Entry> SqliteStore::find_entry(EntryId id) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  return read_entry(*reader, id);
}

Result<FoundContent> find_content_row(Connection& connection, BankId bank,
                                      std::span<const uint8_t> content_key) {
  const auto found = [](const Rows& rows) {
    const auto key = rows.blob(2);
    return FoundContent{
        EntryId{rows.integer(0)}, static_cast<State>(rows.integer(1)), {key.begin(), key.end()}};
  };
  auto rows = TRY(query(connection,
                        "SELECT id, state, content_key FROM entries WHERE bank = ?"
                        " AND content_key = ?",
                        bank.value, content_key));
  if (TRY(rows.next())) return found(rows);
  // One that a list knew by another hash, and that took its file's SHA-256 later.
  auto by_digest = TRY(
      query(connection,
            "SELECT e.id, e.state, e.content_key FROM signals s INDEXED BY signals_by_prefix"
            " CROSS JOIN entries e WHERE substr(s.value, 1, 8) = substr(?2, 1, 8) AND s.kind = ?1"
            " AND s.value = ?2 AND e.id = s.entry AND e.bank = ?3"
            " AND EXISTS (SELECT 1 FROM own_signals WHERE entry = e.id) ORDER BY e.id LIMIT 1",
            static_cast<int>(SignalKind::kSha256), content_key, bank.value));
  if (TRY(by_digest.next())) return found(by_digest);
  return FoundContent{};
}

Result<std::optional<Entry>> SqliteStore::find_content(BankId bank,
                                                       std::span<const uint8_t> content_key) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  const FoundContent found = TRY(find_content_row(*reader, bank, content_key));
  if (found.entry.value == 0) return std::optional<Entry>();
  return std::optional<Entry>(TRY(read_entry(*reader, found.entry)));
}

Result<std::vector<Entry>> SqliteStore::list_entries(BankId bank, EntryId after, size_t most,
                                                     std::optional<State> state) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  const std::optional<int> wanted =
      state ? std::optional<int>(static_cast<int>(*state)) : std::nullopt;
  const int64_t limit = static_cast<int64_t>(std::min<size_t>(most, kLastEntryId));
  std::vector<Entry> entries;
  auto rows = TRY(query(*reader,
                        "SELECT e.id, e.bank, b.name, e.name, e.state, e.media, e.created_us,"
                        " e.labels, e.provenance,"
                        " (SELECT sum(1 << kind) FROM own_signals WHERE entry = e.id),"
                        " e.duration_us"
                        " FROM banks b CROSS JOIN entries e INDEXED BY entries_by_bank"
                        " WHERE b.id = ?1 AND e.bank = ?1 AND e.id > ?2"
                        " AND (?3 IS NULL OR e.state = ?3) ORDER BY e.id LIMIT ?4",
                        bank.value, after.value, wanted, limit));
  while (TRY(rows.next())) {
    Entry& entry = entries.emplace_back(TRY(entry_of(rows)));
    TRY(read_signals(*reader, entry));
  }
  return entries;
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

}  // namespace weir::sqlite
