// SPDX-License-Identifier: Apache-2.0
//
// Kinds that are exchanged stand in `signals`, where they are looked up by value; Weir's own, which
// are large, in `own_signals`. To those who ask that is no difference.
#include <cassert>

#include "server/store/sqlite/store_impl.h"

namespace weir::sqlite {
namespace {

bool is_exchanged(SignalKind kind) {
  return row_of(kind).is_exchanged;
}

// The columns of every SELECT of signals below, after the entry.
EntrySignalView view_of(const Rows& rows) {
  return {EntryId{rows.integer(0)}, BankId{rows.integer(1)}, static_cast<BankKind>(rows.integer(2)),
          rows.is_null(3) ? std::nullopt : std::optional(static_cast<int>(rows.integer(3))),
          rows.blob(4)};
}

// Only the size: a whole check of a track takes as long as reading it, which follows.
Status check_size(SignalKind kind, const EntrySignalView& view) {
  const size_t bytes = value_bytes(kind);
  if (bytes == 0 ? !view.value.empty() : view.value.size() == bytes) return {};
  return Error{ErrorCode::kCorrupt, "the stored " + std::string(name_of(kind)) + " of entry " +
                                        std::to_string(view.entry.value) +
                                        " is damaged; restore the store's backup"};
}

constexpr Sql kExchangedOfEntry =
    "SELECT e.id, e.bank, b.kind, s.quality, s.value FROM entries e CROSS JOIN banks b"
    " CROSS JOIN signals s WHERE e.id = ?2 AND e.state = 1 AND b.id = e.bank AND b.state = 1"
    " AND s.entry = e.id AND s.kind = ?1 ORDER BY s.position";
constexpr Sql kOwnOfEntry =
    "SELECT e.id, e.bank, b.kind, NULL, s.value FROM entries e CROSS JOIN banks b"
    " CROSS JOIN own_signals s WHERE e.id = ?2 AND e.state = 1 AND b.id = e.bank AND b.state = 1"
    " AND s.entry = e.id AND s.kind = ?1";
// Signals lie in the order of their entries, and so do the entries: two tables are read from front
// to back, side by side.
constexpr Sql kAllExchanged =
    "SELECT e.id, e.bank, b.kind, s.quality, s.value FROM signals s CROSS JOIN entries e"
    " CROSS JOIN banks b WHERE s.kind = ?1 AND e.id = s.entry AND e.state = 1 AND b.id = e.bank"
    " AND b.state = 1 ORDER BY s.entry, s.position";
constexpr Sql kAllOwn =
    "SELECT e.id, e.bank, b.kind, NULL, s.value FROM own_signals s INDEXED BY own_by_kind"
    " CROSS JOIN entries e CROSS JOIN banks b WHERE s.kind = ?1 AND e.id = s.entry AND e.state = 1"
    " AND b.id = e.bank AND b.state = 1 ORDER BY s.entry";

// `without` is 0 for none.
constexpr Sql kExchangedEntries =
    "SELECT DISTINCT s.entry FROM signals s CROSS JOIN entries e CROSS JOIN banks b"
    " WHERE s.kind = ?1 AND e.id = s.entry AND e.state = 1 AND b.id = e.bank AND b.state = 1"
    " AND NOT EXISTS (SELECT 1 FROM own_signals o WHERE o.entry = s.entry AND o.kind = ?2)"
    " ORDER BY s.entry";
// The same for kinds whose values differ in size, all of which are longer than any hash: of those
// there is an index.
constexpr Sql kLargeEntries =
    "SELECT DISTINCT s.entry FROM signals s INDEXED BY large_by_kind CROSS JOIN entries e"
    " CROSS JOIN banks b WHERE s.kind = ?1 AND length(s.value) > 32 AND e.id = s.entry"
    " AND e.state = 1 AND b.id = e.bank AND b.state = 1 AND NOT EXISTS"
    " (SELECT 1 FROM own_signals o WHERE o.entry = s.entry AND o.kind = ?2) ORDER BY s.entry";
constexpr Sql kOwnEntries =
    "SELECT s.entry FROM own_signals s INDEXED BY own_by_kind CROSS JOIN entries e"
    " CROSS JOIN banks b WHERE s.kind = ?1 AND e.id = s.entry AND e.state = 1 AND b.id = e.bank"
    " AND b.state = 1 AND NOT EXISTS"
    " (SELECT 1 FROM own_signals o WHERE o.entry = s.entry AND o.kind = ?2) ORDER BY s.entry";

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

Result<std::vector<EntrySignal>> SqliteStore::signals_of(SignalKind kind,
                                                         std::span<const EntryId> entries) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  std::vector<EntrySignal> found;
  for (const EntryId entry : entries) {
    auto rows = TRY(query(*reader, is_exchanged(kind) ? kExchangedOfEntry : kOwnOfEntry,
                          static_cast<int>(kind), entry.value));
    while (TRY(rows.next())) {
      const EntrySignalView one = view_of(rows);
      TRY(check_size(kind, one));
      found.push_back(
          {one.entry, one.bank, one.bank_kind, one.quality, {one.value.begin(), one.value.end()}});
    }
  }
  return found;
}

Result<ChangeSeq> SqliteStore::each_signal(
    SignalKind kind, const std::function<Status(const EntrySignalView&)>& take) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  const ChangeSeq last = TRY(read_last_change(*reader));
  auto rows =
      TRY(query(*reader, is_exchanged(kind) ? kAllExchanged : kAllOwn, static_cast<int>(kind)));
  while (TRY(rows.next())) {
    const EntrySignalView one = view_of(rows);
    TRY(check_size(kind, one));
    TRY(take(one));
  }
  return last;
}

Result<std::vector<EntryId>> SqliteStore::entries_with(SignalKind kind,
                                                       std::optional<SignalKind> without) {
  assert((!without || !is_exchanged(*without)) && "only own kinds are looked for so");
  auto reader = TRY(readers_.take());
  const Sql entries = !is_exchanged(kind)      ? kOwnEntries
                      : value_bytes(kind) == 0 ? kLargeEntries
                                               : kExchangedEntries;
  auto rows = TRY(
      query(*reader, entries, static_cast<int>(kind), without ? static_cast<int>(*without) : 0));
  std::vector<EntryId> ids;
  while (TRY(rows.next())) ids.push_back(EntryId{rows.integer(0)});
  return ids;
}

}  // namespace weir::sqlite
