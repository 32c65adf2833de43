// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "server/store/sqlite/store_impl.h"

namespace weir::sqlite {
namespace {

// What one entry becomes, made before the write lock is taken.
struct Prepared {
  std::vector<uint8_t> key;
  std::optional<std::string> labels;
  std::optional<std::string> provenance;
};

Result<std::vector<Prepared>> prepare_all(std::span<const Entry> entries) {
  std::vector<Prepared> prepared;
  prepared.reserve(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    if (const Status checked = check_entry(entries[i]); !checked)
      return Error{checked.error().code, "entry " + std::to_string(i + 1) + " of " +
                                             std::to_string(entries.size()) +
                                             " cannot be added: " + checked.error().message};
    prepared.push_back({content_key(entries[i]), to_json_text(entries[i].labels),
                        to_json_text(entries[i].provenance)});
  }
  return prepared;
}

// One add_entries() call within its transaction.
struct Adding {
  struct BankRow {
    std::string name;
    int64_t new_active = 0;
  };

  Connection& connection;
  WallTime now;
  LogWriter log;
  int64_t last_id;
  std::map<BankId, BankRow> banks{};
  bool has_changed = false;
};

Result<Adding::BankRow*> open_bank(Adding& adding, BankId id) {
  if (const auto found = adding.banks.find(id); found != adding.banks.end()) return &found->second;
  auto rows = TRY(query(adding.connection, "SELECT name, state FROM banks WHERE id = ?", id.value));
  if (!TRY(rows.next()))
    return Error{ErrorCode::kNotFound, "there is no bank with id " + std::to_string(id.value)};
  const std::string name(rows.text(0));
  if (static_cast<State>(rows.integer(1)) != State::kActive)
    return Error{ErrorCode::kConflict,
                 "the bank " + name + " is retired; restore it before adding entries"};
  return &adding.banks.emplace(id, Adding::BankRow{name}).first->second;
}

Status insert_signals(Connection& connection, int64_t entry, std::span<const Signal> signals) {
  for (size_t i = 0; i < signals.size(); ++i) {
    const Signal& s = signals[i];
    const auto part = [&](uint32_t Rect::*side) {
      return s.region ? std::optional<int64_t>((*s.region).*side) : std::nullopt;
    };
    const std::optional<int64_t> time_us =
        s.time ? std::optional<int64_t>(s.time->count()) : std::nullopt;
    TRY(run(connection,
            "INSERT INTO signals (entry, position, kind, value, quality, time_us, region_x,"
            " region_y, region_width, region_height) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            entry, i, static_cast<int>(s.kind), std::span<const uint8_t>(s.value), s.quality,
            time_us, part(&Rect::x), part(&Rect::y), part(&Rect::width), part(&Rect::height)));
  }
  return {};
}

Result<AddedEntry> find_present(Connection& connection, BankId bank, std::span<const uint8_t> key) {
  auto rows =
      TRY(query(connection, "SELECT id, state FROM entries WHERE bank = ? AND content_key = ?",
                bank.value, key));
  if (!TRY(rows.next()))
    return Error{ErrorCode::kCorrupt, "the index of content keys is damaged; restore a backup"};
  const bool active = static_cast<State>(rows.integer(1)) == State::kActive;
  return AddedEntry{EntryId{rows.integer(0)}, active ? Added::kPresent : Added::kRetired};
}

Status insert_picture(Connection& connection, EntryId entry, std::span<const uint8_t> picture) {
  if (picture.empty()) return {};
  TRY(run(connection, "INSERT INTO pictures (entry, features) VALUES (?, ?)", entry.value,
          picture));
  return {};
}

Status insert_track(Connection& connection, EntryId id, const Entry& entry) {
  if (entry.track.empty()) return {};
  TRY(run(connection, "INSERT INTO videos (entry, duration_us, track) VALUES (?, ?, ?)", id.value,
          entry.duration.count(), std::span<const uint8_t>(entry.track)));
  return {};
}

// An entry that is there already takes the picture or track if it has none: one that was added by
// an older version, or as a hash alone.
Result<AddedEntry> complete(Adding& adding, const Entry& entry, const Prepared& prepared) {
  const AddedEntry present = TRY(find_present(adding.connection, entry.bank, prepared.key));
  if (present.added != Added::kPresent) return present;
  const int64_t id = present.id.value;
  const bool takes_picture =
      !entry.picture.empty() &&
      TRY(number(adding.connection, "SELECT count(*) FROM pictures WHERE entry = ?", id)) == 0;
  const bool takes_track =
      !entry.track.empty() &&
      TRY(number(adding.connection, "SELECT count(*) FROM videos WHERE entry = ?", id)) == 0;
  if (!takes_picture && !takes_track) return present;
  if (takes_picture) TRY(insert_picture(adding.connection, present.id, entry.picture));
  if (takes_track) TRY(insert_track(adding.connection, present.id, entry));
  const Adding::BankRow* bank = TRY(open_bank(adding, entry.bank));
  TRY(adding.log.append({.seq = {},
                         .time = {},
                         .kind = ChangeKind::kEntryUpdated,
                         .bank = entry.bank,
                         .bank_name = bank->name,
                         .entry = present.id,
                         .content_key = prepared.key}));
  adding.has_changed = true;
  return present;
}

Result<AddedEntry> add_one(Adding& adding, const Entry& entry, const Prepared& prepared) {
  Adding::BankRow* bank = TRY(open_bank(adding, entry.bank));
  // Ids follow on each other: the write lock is held, and entries are never deleted.
  const int64_t id = adding.last_id + 1;
  if (id > kLastEntryId) {
    // Where no id is left, what is present can still be answered.
    const int64_t present = TRY(
        number(adding.connection, "SELECT count(*) FROM entries WHERE bank = ? AND content_key = ?",
               entry.bank.value, std::span<const uint8_t>(prepared.key)));
    if (present == 0)
      return Error{ErrorCode::kLimit, "the store holds its most, " + std::to_string(kLastEntryId) +
                                          " entries; begin another --home"};
    return complete(adding, entry, prepared);
  }
  const int64_t inserted = TRY(run(
      adding.connection,
      "INSERT INTO entries (id, bank, content_key, state, created_us, name, media, labels,"
      " provenance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (bank, content_key) DO NOTHING",
      id, entry.bank.value, std::span<const uint8_t>(prepared.key), static_cast<int>(entry.state),
      to_us(adding.now), entry.name, entry.media, prepared.labels, prepared.provenance));
  if (inserted == 0) return complete(adding, entry, prepared);

  adding.last_id = id;
  adding.has_changed = true;
  TRY(insert_signals(adding.connection, id, entry.signals));
  TRY(insert_picture(adding.connection, EntryId{id}, entry.picture));
  TRY(insert_track(adding.connection, EntryId{id}, entry));
  LogLeaf leaf{.seq = {},
               .time = {},
               .kind = ChangeKind::kEntryAdded,
               .bank = entry.bank,
               .bank_name = bank->name,
               .entry = EntryId{id},
               .content_key = prepared.key};
  TRY(adding.log.append(leaf));
  if (entry.state == State::kActive) {
    ++bank->new_active;
  } else {  // such as one that a list already gives as retired: the log must say both
    leaf.kind = ChangeKind::kEntryRetired;
    TRY(adding.log.append(std::move(leaf)));
  }
  return AddedEntry{EntryId{id}, Added::kNew};
}

Status log_entry_change(Connection& connection, ChangeKind kind, const Entry& entry,
                        WallTime time) {
  auto log = TRY(LogWriter::begin(connection, time));
  return log.append({.seq = {},
                     .time = {},
                     .kind = kind,
                     .bank = entry.bank,
                     .bank_name = entry.bank_name,
                     .entry = entry.id,
                     .content_key = content_key(entry)});
}

}  // namespace

Result<std::vector<AddedEntry>> SqliteStore::add_entries(std::span<const Entry> entries) {
  const std::vector<Prepared> prepared = TRY(prepare_all(entries));
  std::vector<AddedEntry> added;
  if (entries.empty()) return added;
  added.reserve(entries.size());

  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));
  const WallTime time = now();
  Adding adding{.connection = *writer_,
                .now = time,
                .log = TRY(LogWriter::begin(*writer_, time)),
                .last_id = TRY(number(*writer_, "SELECT max(id) FROM entries"))};
  for (size_t i = 0; i < entries.size(); ++i)
    added.push_back(TRY(add_one(adding, entries[i], prepared[i])));
  if (!adding.has_changed) return added;

  for (const auto& [id, bank] : adding.banks)
    TRY(run(*writer_, "UPDATE banks SET entries = entries + ? WHERE id = ?", bank.new_active,
            id.value));
  TRY(put_merge_job(*writer_, time));
  TRY(transaction.commit());
  return added;
}

Result<Entry> SqliteStore::set_entry_state(EntryId id, State state) {
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));

  Entry entry = TRY(read_entry(*writer_, id));
  if (entry.state == state) return entry;
  entry.state = state;
  TRY(run(*writer_, "UPDATE entries SET state = ? WHERE id = ?", static_cast<int>(state),
          id.value));
  TRY(run(*writer_, "UPDATE banks SET entries = entries + ? WHERE id = ?",
          state == State::kActive ? 1 : -1, entry.bank.value));
  const WallTime time = now();
  TRY(log_entry_change(
      *writer_, state == State::kRetired ? ChangeKind::kEntryRetired : ChangeKind::kEntryRestored,
      entry, time));
  TRY(put_merge_job(*writer_, time));

  TRY(transaction.commit());
  return entry;
}

Result<Entry> SqliteStore::set_entry_labels(EntryId id, const Labels& labels) {
  TRY(check_labels(labels));
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));

  Entry entry = TRY(read_entry(*writer_, id));
  if (entry.labels == labels) return entry;
  entry.labels = labels;
  TRY(run(*writer_, "UPDATE entries SET labels = ? WHERE id = ?", to_json_text(labels), id.value));
  TRY(log_entry_change(*writer_, ChangeKind::kEntryUpdated, entry, now()));

  TRY(transaction.commit());
  return entry;
}

}  // namespace weir::sqlite
