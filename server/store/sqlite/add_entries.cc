// SPDX-License-Identifier: Apache-2.0
//
// Adding: what is new, what is there already, and what an entry takes when its file comes again.
#include <algorithm>
#include <map>

#include "server/store/sqlite/store_impl.h"
#include "server/store/sqlite/unit_of_work.h"

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

Result<std::vector<uint8_t>> stored_key(Connection& connection, EntryId entry) {
  auto rows = TRY(query(connection, "SELECT content_key FROM entries WHERE id = ?", entry.value));
  if (!TRY(rows.next()))
    return Error{ErrorCode::kNotFound, "there is no entry " + std::to_string(entry.value)};
  const auto key = rows.blob(0);
  return std::vector<uint8_t>(key.begin(), key.end());
}

// One add_entries() call within its transaction.
struct Adding {
  struct BankRow {
    std::string name;
    int64_t new_active = 0;
  };

  UnitOfWork& unit;
  Connection& connection;
  int64_t last_id;
  bool has_files;  // whether any entry has signals of Weir's own, which a list alone never has
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

Status insert_signals(Connection& connection, EntryId entry, std::span<const Signal> signals) {
  int64_t position =
      TRY(number(connection, "SELECT count(*) FROM signals WHERE entry = ?", entry.value));
  for (const Signal& s : signals) {
    const auto part = [&](uint32_t Rect::*side) {
      return s.region ? std::optional<int64_t>((*s.region).*side) : std::nullopt;
    };
    const std::optional<int64_t> time_us =
        s.time ? std::optional<int64_t>(s.time->count()) : std::nullopt;
    TRY(run(connection,
            "INSERT INTO signals (entry, position, kind, value, quality, time_us, region_x,"
            " region_y, region_width, region_height) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            entry.value, position++, static_cast<int>(s.kind), std::span<const uint8_t>(s.value),
            s.quality, time_us, part(&Rect::x), part(&Rect::y), part(&Rect::width),
            part(&Rect::height)));
  }
  return {};
}

// Gives how many of these the entry did not have.
Result<int64_t> insert_own(Connection& connection, EntryId entry, std::span<const Signal> own) {
  int64_t inserted = 0;
  for (const Signal& signal : own)
    inserted += TRY(run(connection,
                        "INSERT INTO own_signals (entry, kind, value) VALUES (?, ?, ?)"
                        " ON CONFLICT DO NOTHING",
                        entry.value, static_cast<int>(signal.kind),
                        std::span<const uint8_t>(signal.value)));
  return inserted;
}

Status log_update(Adding& adding, EntryId id, BankId bank, std::span<const uint8_t> key) {
  Entry entry;
  entry.id = id;
  entry.bank = bank;
  entry.bank_name = TRY(open_bank(adding, bank))->name;
  adding.has_changed = true;
  adding.unit.signals_changed();
  return adding.unit.record(ChangeKind::kEntryUpdated, entry, key);
}

// An entry that is there already takes what it has not yet of Weir's own signals: one that was
// added by an older version, or as a hash alone.
Result<AddedEntry> complete(Adding& adding, const Entry& entry, const FoundContent& present) {
  if (present.state != State::kActive) return AddedEntry{present.entry, Added::kRetired};
  const AddedEntry out{present.entry, Added::kPresent};
  if (TRY(insert_own(adding.connection, present.entry, entry.own)) == 0) return out;
  TRY(run(adding.connection,
          "UPDATE entries SET duration_us = max(duration_us, ?),"
          " media = iif(media = '', ?, media) WHERE id = ?",
          entry.duration.count(), entry.media, present.entry.value));
  TRY(log_update(adding, present.entry, entry.bank, present.content_key));
  return out;
}

bool has_signal(const Entry& entry, const Signal& signal) {
  return std::any_of(entry.signals.begin(), entry.signals.end(), [&](const Signal& one) {
    return one.kind == signal.kind && one.value == signal.value;
  });
}

// The active entry of the bank that a list knows by no more than hashes, all of which this file
// has; no id when there is none. A PDQ of too little detail names no picture.
Result<EntryId> find_listed(Connection& connection, const Entry& entry) {
  for (const Signal& signal : entry.signals) {
    if (!is_matchable(signal)) continue;
    std::vector<EntryId> candidates;
    {
      auto rows = TRY(query(
          connection,
          "SELECT DISTINCT s.entry FROM signals s INDEXED BY signals_by_prefix"
          " CROSS JOIN entries e WHERE substr(s.value, 1, 8) = substr(?2, 1, 8)"
          " AND s.kind = ?1 AND s.value = ?2 AND e.id = s.entry AND e.bank = ?3"
          " AND e.state = 1 AND NOT EXISTS (SELECT 1 FROM own_signals WHERE entry = e.id)"
          " ORDER BY s.entry",
          static_cast<int>(signal.kind), std::span<const uint8_t>(signal.value), entry.bank.value));
      while (TRY(rows.next())) candidates.push_back(EntryId{rows.integer(0)});
    }
    for (const EntryId candidate : candidates) {
      const Entry listed = TRY(read_entry(connection, candidate));
      const bool is_it = std::all_of(listed.signals.begin(), listed.signals.end(),
                                     [&](const Signal& one) { return has_signal(entry, one); });
      if (is_it) return candidate;
    }
  }
  return EntryId{};
}

// A list's entry becomes the file that its hashes are of.
Result<AddedEntry> complete_listed(Adding& adding, const Entry& entry, EntryId id) {
  const Entry listed = TRY(read_entry(adding.connection, id));
  std::vector<Signal> missing;
  for (const Signal& signal : entry.signals)
    if (!has_signal(listed, signal)) missing.push_back(signal);
  TRY(insert_signals(adding.connection, id, missing));
  TRY(insert_own(adding.connection, id, entry.own));
  TRY(run(adding.connection,
          "UPDATE entries SET duration_us = ?, media = ?, name = iif(name = '', ?, name)"
          " WHERE id = ?",
          entry.duration.count(), entry.media, entry.name, id.value));
  // What it was added as stays its content key.
  TRY(log_update(adding, id, entry.bank, TRY(stored_key(adding.connection, id))));
  return AddedEntry{id, Added::kPresent};
}

Result<AddedEntry> add_one(Adding& adding, const Entry& entry, const Prepared& prepared) {
  Adding::BankRow* bank = TRY(open_bank(adding, entry.bank));
  adding.has_files |= !entry.own.empty();
  // While there are lists only, what is there already has this very content key, and inserting says
  // so: an import need not look first.
  if (adding.has_files) {
    const FoundContent present = TRY(find_content_row(adding.connection, entry.bank, prepared.key));
    if (present.entry.value != 0) return complete(adding, entry, present);
  }
  if (!entry.own.empty()) {
    const EntryId listed = TRY(find_listed(adding.connection, entry));
    if (listed.value != 0) return complete_listed(adding, entry, listed);
  }
  // Ids follow on each other: the write lock is held, and entries are never deleted.
  Entry added;
  added.id = EntryId{adding.last_id + 1};
  added.bank = entry.bank;
  added.bank_name = bank->name;
  if (added.id.value > kLastEntryId) {
    // Where no id is left, what is present can still be answered.
    const auto found = TRY(find_content_row(adding.connection, entry.bank, prepared.key));
    if (found.entry.value != 0) return complete(adding, entry, found);
    return Error{ErrorCode::kLimit, "the store holds its most, " + std::to_string(kLastEntryId) +
                                        " entries; begin another --home"};
  }
  const int64_t inserted =
      TRY(run(adding.connection,
              "INSERT INTO entries (id, bank, content_key, state, created_us, name, media, labels,"
              " provenance, duration_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
              " ON CONFLICT (bank, content_key) DO NOTHING",
              added.id.value, entry.bank.value, std::span<const uint8_t>(prepared.key),
              static_cast<int>(entry.state), to_us(adding.unit.now()), entry.name, entry.media,
              prepared.labels, prepared.provenance, entry.duration.count()));
  if (inserted == 0) {
    const auto found = TRY(find_content_row(adding.connection, entry.bank, prepared.key));
    if (found.entry.value != 0) return complete(adding, entry, found);
    return Error{ErrorCode::kCorrupt, "the index of content keys is damaged; restore a backup"};
  }
  adding.last_id = added.id.value;
  adding.has_changed = true;
  TRY(insert_signals(adding.connection, added.id, entry.signals));
  TRY(insert_own(adding.connection, added.id, entry.own));
  TRY(adding.unit.record(ChangeKind::kEntryAdded, added, prepared.key));
  if (entry.state == State::kActive) {
    ++bank->new_active;
  } else {  // such as one that a list already gives as retired: the log must say both
    TRY(adding.unit.record(ChangeKind::kEntryRetired, added, prepared.key));
  }
  return AddedEntry{added.id, Added::kNew};
}

}  // namespace

Result<std::vector<AddedEntry>> SqliteStore::add_entries(std::span<const Entry> entries) {
  const std::vector<Prepared> prepared = TRY(prepare_all(entries));
  std::vector<AddedEntry> added;
  if (entries.empty()) return added;
  added.reserve(entries.size());

  const std::lock_guard lock(writing_);
  auto unit = TRY(UnitOfWork::begin(*writer_, now()));
  Adding adding{
      .unit = unit,
      .connection = *writer_,
      .last_id = TRY(number(*writer_, "SELECT max(id) FROM entries")),
      .has_files = TRY(number(*writer_, "SELECT EXISTS (SELECT 1 FROM own_signals)")) != 0};
  for (size_t i = 0; i < entries.size(); ++i)
    added.push_back(TRY(add_one(adding, entries[i], prepared[i])));
  if (!adding.has_changed) return added;

  for (const auto& [id, bank] : adding.banks)
    TRY(run(*writer_, "UPDATE banks SET entries = entries + ? WHERE id = ?", bank.new_active,
            id.value));
  TRY(unit.commit());
  return added;
}

Result<Entry> SqliteStore::change_entry(EntryId id, const EntryChange& change) {
  if (change.labels) TRY(check_labels(*change.labels));
  const std::lock_guard lock(writing_);
  auto unit = TRY(UnitOfWork::begin(*writer_, now()));

  Entry entry = TRY(read_entry(*writer_, id));
  const bool relabels = change.labels && *change.labels != entry.labels;
  const bool moves = change.state && *change.state != entry.state;
  if (!relabels && !moves) return entry;
  const std::vector<uint8_t> key = TRY(stored_key(*writer_, id));
  if (relabels) {
    entry.labels = *change.labels;
    TRY(run(*writer_, "UPDATE entries SET labels = ? WHERE id = ?", to_json_text(entry.labels),
            id.value));
    TRY(unit.record(ChangeKind::kEntryUpdated, entry, key));
  }
  if (moves) {
    entry.state = *change.state;
    TRY(run(*writer_, "UPDATE entries SET state = ? WHERE id = ?", static_cast<int>(entry.state),
            id.value));
    TRY(run(*writer_, "UPDATE banks SET entries = entries + ? WHERE id = ?",
            entry.state == State::kActive ? 1 : -1, entry.bank.value));
    TRY(unit.record(entry_became(entry.state), entry, key));
  }
  TRY(unit.commit());
  return entry;
}

}  // namespace weir::sqlite
