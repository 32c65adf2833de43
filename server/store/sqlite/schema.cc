// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/schema.h"

#include <array>
#include <cassert>
#include <string>

namespace weir::sqlite {
namespace {

// "WEIR", in the header of every store, so that another program's SQLite file is not taken for one.
constexpr int64_t kApplicationId = 0x57454952;

constexpr const char* kVersion1 = R"sql(
CREATE TABLE banks (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  state       INTEGER NOT NULL,
  created_us  INTEGER NOT NULL,
  entries     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE entries (
  id          INTEGER PRIMARY KEY,
  bank        INTEGER NOT NULL REFERENCES banks (id),
  content_key BLOB NOT NULL,
  state       INTEGER NOT NULL,
  created_us  INTEGER NOT NULL,
  name        TEXT NOT NULL,
  media       TEXT NOT NULL,
  labels      TEXT,
  provenance  TEXT
) STRICT;
CREATE UNIQUE INDEX entries_by_content ON entries (bank, content_key);
CREATE INDEX entries_by_bank ON entries (bank);

CREATE TABLE signals (
  entry         INTEGER NOT NULL REFERENCES entries (id),
  position      INTEGER NOT NULL,
  kind          INTEGER NOT NULL,
  value         BLOB NOT NULL,
  quality       INTEGER,
  time_us       INTEGER,
  region_x      INTEGER,
  region_y      INTEGER,
  region_width  INTEGER,
  region_height INTEGER,
  PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX signals_by_prefix ON signals (substr(value, 1, 8));

CREATE TABLE log (
  seq       INTEGER PRIMARY KEY,
  time_us   INTEGER NOT NULL,
  kind      INTEGER NOT NULL,
  bank      INTEGER NOT NULL REFERENCES banks (id),
  entry     INTEGER REFERENCES entries (id),
  leaf_hash BLOB NOT NULL
) STRICT;

CREATE TABLE jobs (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  kind             TEXT NOT NULL,
  key              TEXT NOT NULL,
  payload          TEXT NOT NULL,
  attempts         INTEGER NOT NULL DEFAULT 0,
  again            INTEGER NOT NULL DEFAULT 0,
  claimed_until_us INTEGER,
  created_us       INTEGER NOT NULL,
  UNIQUE (kind, key)
) STRICT;
)sql";

// Pictures are large, and read seldom: apart from the entries, so that those stay close together.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE banks ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;

CREATE TABLE pictures (
  entry    INTEGER PRIMARY KEY REFERENCES entries (id),
  features BLOB NOT NULL
) STRICT;
)sql";

// A track has some 150 megabytes for an hour of video: the duration stands before it, so that
// reading it leaves the track alone.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE videos (
  entry       INTEGER PRIMARY KEY REFERENCES entries (id),
  duration_us INTEGER NOT NULL,
  track       BLOB NOT NULL
) STRICT;

CREATE INDEX signals_of_videos ON signals (kind, entry) WHERE kind IN (4, 5);

CREATE TABLE outcomes (
  kind        TEXT NOT NULL,
  key         TEXT NOT NULL,
  outcome     TEXT NOT NULL,
  created_us  INTEGER NOT NULL,
  finished_us INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT;
CREATE INDEX outcomes_by_time ON outcomes (finished_us);
)sql";

// Everything that is computed is a signal of a kind. Weir's own are large and never looked up by
// value: apart from the others, and all in one table, so that a new kind needs no new one.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE own_signals (
  entry INTEGER NOT NULL REFERENCES entries (id),
  kind  INTEGER NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (entry, kind)
) STRICT;
INSERT INTO own_signals SELECT entry, 6, features FROM pictures ORDER BY entry;
INSERT INTO own_signals SELECT entry, 7, track FROM videos ORDER BY entry;
CREATE INDEX own_by_kind ON own_signals (kind, entry);

ALTER TABLE entries ADD COLUMN duration_us INTEGER NOT NULL DEFAULT 0;
UPDATE entries SET duration_us = v.duration_us FROM videos v WHERE v.entry = entries.id;

DROP TABLE pictures;
DROP TABLE videos;
DROP INDEX signals_of_videos;
CREATE INDEX large_by_kind ON signals (kind, entry) WHERE length(value) > 32;
)sql";

constexpr std::array<const char*, 4> kSteps{kVersion1, kVersion2, kVersion3, kVersion4};

// PRAGMA takes no bound values, so each version's line stands written out.
constexpr std::array<const char*, 9> kSetVersion{
    "PRAGMA user_version = 0", "PRAGMA user_version = 1", "PRAGMA user_version = 2",
    "PRAGMA user_version = 3", "PRAGMA user_version = 4", "PRAGMA user_version = 5",
    "PRAGMA user_version = 6", "PRAGMA user_version = 7", "PRAGMA user_version = 8"};

Status check_owner(Connection& connection) {
  const int64_t application = TRY(number(connection, "PRAGMA application_id"));
  if (application == kApplicationId) return {};
  const int64_t tables = TRY(number(connection, "SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && tables == 0) return {};  // new
  return Error{ErrorCode::kCorrupt,
               "the file is an SQLite database, but not a store of Weir; choose another --home"};
}

Status check_version(int64_t found, size_t known) {
  if (found >= 0 && static_cast<size_t>(found) <= known) return {};
  return Error{ErrorCode::kInvalid, "the store has schema version " + std::to_string(found) +
                                        ", this program knows " + std::to_string(known) +
                                        " and older: use the newer Weir that wrote it"};
}

}  // namespace

std::span<const char* const> schema_steps() {
  return kSteps;
}

Status migrate(Connection& connection, std::span<const char* const> steps) {
  assert(steps.size() < kSetVersion.size());
  // Mostly there is nothing to do, and then nobody has to wait for the write lock.
  TRY(check_owner(connection));
  const int64_t before = TRY(number(connection, "PRAGMA user_version"));
  TRY(check_version(before, steps.size()));
  if (static_cast<size_t>(before) == steps.size()) return {};
  while (true) {
    auto transaction = TRY(Transaction::begin(connection));
    TRY(check_owner(connection));
    const int64_t version = TRY(number(connection, "PRAGMA user_version"));
    TRY(check_version(version, steps.size()));
    if (static_cast<size_t>(version) == steps.size()) return {};
    TRY(connection.run_script("PRAGMA application_id = 0x57454952"));
    TRY(connection.run_script(steps[static_cast<size_t>(version)]));
    TRY(connection.run_script(kSetVersion[static_cast<size_t>(version) + 1]));
    TRY(transaction.commit());
  }
}

}  // namespace weir::sqlite
