// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/rules/bank.h"
#include "server/rules/log_leaf.h"
#include "weir/base/result.h"
#include "weir/signal/picture_features.h"

namespace weir {

// What add_entries() did with one entry.
enum class Added : uint8_t {
  kNew,      // stored
  kPresent,  // the bank has an active entry with this content key; nothing changed, but that an
             // entry without a picture or track took the one that was given
  kRetired,  // the bank has it retired; nothing changed: bringing it back is a person's choice
};
struct AddedEntry {
  EntryId id;
  Added added = Added::kNew;
};

// One step of the total order of changes, for those who follow banks and entries.
struct Change {
  ChangeSeq seq;
  ChangeKind kind = ChangeKind::kEntryAdded;
  BankId bank;
  EntryId entry;  // zero for a change of the bank itself
};

// A matchable PDQ row of an active entry in an active bank: what the Hamming index holds.
struct PdqRow {
  EntryId entry;
  Hash256 hash;
};

// The local features of an entry's picture.
struct EntryPicture {
  EntryId entry;
  BankId bank;
  PictureFeatures picture;
};

// What an entry's video is recognised by.
struct EntryTrack {
  EntryId entry;
  BankId bank;
  BankKind bank_kind = BankKind::kKnown;
  std::vector<uint8_t> track;  // docs/formats/video-track.md
};

struct ExactHit {
  EntryId entry;
  SignalKind kind = SignalKind::kSha256;
};

struct Job {
  JobId id;
  std::string kind;     // the use case, such as "merge_index"
  std::string key;      // idempotency: one unfinished job a (kind, key)
  std::string payload;  // JSON
  int attempts = 0;     // claims so far, this one included
};

// Where a job is that leaves an outcome.
struct JobRecord {
  Job job;
  bool is_claimed = false;             // by someone whose claim has not run out
  WallTime created;                    // set by the store
  std::optional<std::string> outcome;  // of a finished job, which has no id, payload and attempts
  WallTime finished;
};

// The follow-up of every change that touches what the PDQ index holds; its key is kMergeIndexKey
// and its payload "{}".
constexpr std::string_view kMergeIndexJob = "merge_index";
constexpr std::string_view kMergeIndexKey = "all";

// Entry ids end here, so that an index row can carry one in four bytes.
constexpr int64_t kLastEntryId = (int64_t{1} << 32) - 1;

// Durable records, in verbs of the domain. What returns success has reached the disk. Every change
// writes the record, its row in the log and its follow-up job in one transaction: all, or none.
// All calls are safe from any thread and beside other processes on the same home.
// Errors common to all: unavailable (disk full, database locked too long), corrupt.
class Store {
 public:
  virtual ~Store() = default;

  // Errors: conflict when the name is taken; invalid.
  virtual Result<Bank> create_bank(const Bank& bank) = 0;
  virtual Result<Bank> find_bank(std::string_view name) = 0;  // Errors: not_found
  virtual Result<std::vector<Bank>> list_banks() = 0;         // by name, retired ones too
  // Errors: not_found.
  virtual Result<Bank> set_bank_state(std::string_view name, State state) = 0;
  virtual Result<Bank> set_bank_description(std::string_view name, std::string_view text) = 0;

  // All or none of `entries`, in one transaction; the answers stand in the order asked. Two equal
  // entries in one call: the first is new, the second present. entries[i].id, .bank_name and
  // .created are ignored. Cheapest by some ten thousand a call
  // (docs/decisions/0054-what-an-import-writes.md).
  // Errors: not_found (bank), conflict (the bank is retired), invalid (the message says which
  // entry), limit (no ids are left).
  virtual Result<std::vector<AddedEntry>> add_entries(std::span<const Entry> entries) = 0;
  virtual Result<Entry> find_entry(EntryId id) = 0;  // Errors: not_found
  // The entry of this bank with this content key, in any state; nothing when there is none.
  virtual Result<std::optional<Entry>> find_content(BankId bank,
                                                    std::span<const uint8_t> content_key) = 0;
  // By id, those after `after`, at most `most`, whole; `state` filters. A bank that is not there
  // has no entries.
  virtual Result<std::vector<Entry>> list_entries(BankId bank, EntryId after, size_t most,
                                                  std::optional<State> state) = 0;
  // Errors: not_found. Setting the state it has is no change.
  virtual Result<Entry> set_entry_state(EntryId id, State state) = 0;
  virtual Result<Entry> set_entry_labels(EntryId id, const Labels& labels) = 0;

  // Active entries of active banks that hold exactly one of these signals, by kind and value: for
  // each signal in turn, by id, each entry once a signal.
  virtual Result<std::vector<ExactHit>> find_exact(std::span<const Signal> signals) = 0;

  // For search structures. A PDQ row belongs to the index while entry and bank are active.
  virtual Result<ChangeSeq> last_change() = 0;  // cheap; zero in an empty store
  virtual Result<std::vector<Change>> changes_after(ChangeSeq seq, size_t most) = 0;
  // In the order asked; nothing for entries that are unknown, retired or of a retired bank.
  virtual Result<std::vector<PdqRow>> pdq_rows_of(std::span<const EntryId> entries) = 0;
  // All rows by entry, with the change they stand at, read in one snapshot.
  virtual Result<std::pair<ChangeSeq, std::vector<PdqRow>>> all_pdq_rows() = 0;
  // Pictures of active entries in active banks, in the order asked; nothing for others and for
  // entries that have none. Errors: corrupt.
  virtual Result<std::vector<EntryPicture>> pictures_of(std::span<const EntryId> entries) = 0;
  // All of them by entry, one at a time, read in one snapshot; gives the change they stand at. Ends
  // with the error of `take` when it gives one.
  virtual Result<ChangeSeq> for_each_picture(const std::function<Status(EntryPicture)>& take) = 0;
  // Tracks of active entries in active banks, in the order asked; nothing for others and for
  // entries that have none. They may be large: ask for one at a time.
  virtual Result<std::vector<EntryTrack>> tracks_of(std::span<const EntryId> entries) = 0;
  // The entries whose tracks tracks_of() gives, by id, with the change they stand at.
  virtual Result<std::pair<ChangeSeq, std::vector<EntryId>>> entries_with_tracks() = 0;
  // Active entries in active banks that hold a signal of this kind, vpdq or tmk, by id; those that
  // have no track only, when `without_track`.
  virtual Result<std::vector<EntryId>> entries_with_signal(SignalKind kind, bool without_track) = 0;
  virtual Result<std::vector<EntryId>> entries_of(BankId bank) = 0;  // in any state, by id

  // Jobs: claimed for a time, finished once; a claim that ran out is claimed again, the oldest job
  // first. A job that is added anew while it is claimed is not lost in the one that runs: finishing
  // that one then makes it claimable again.
  virtual Result<JobId> add_job(
      std::string_view kind, std::string_view key,
      std::string_view payload) = 0;  // the unfinished one if there is one
  virtual Result<std::optional<Job>> claim_job(std::string_view kind,
                                               std::chrono::seconds claim) = 0;
  virtual Status finish_job(JobId id) = 0;  // Errors: not_found when it is finished already
  // The claim ends so long from now. Errors: not_found when the job is finished already.
  virtual Status renew_claim(JobId id, std::chrono::seconds claim) = 0;
  // Ends the claim now: the job may be claimed by anyone, and this attempt does not count.
  virtual Status give_up_claim(JobId id) = 0;  // Errors: as renew_claim()
  // Finishes the job and keeps what came of it under its kind and key, until forget_outcomes().
  // Errors: not_found when it is finished already; nothing is kept then.
  virtual Status finish_job(JobId id, std::string_view outcome) = 0;
  // An unfinished job, or what came of it; nothing when it is not known, or forgotten.
  virtual Result<std::optional<JobRecord>> find_job(std::string_view kind,
                                                    std::string_view key) = 0;
  virtual Result<std::vector<Job>> unfinished_jobs(std::string_view kind) = 0;  // oldest first
  // Drops outcomes of jobs that were finished so long ago, or longer. Gives their number.
  virtual Result<int64_t> forget_outcomes(std::string_view kind, std::chrono::seconds age) = 0;

  // Rows of the log so far; for tests and `weir log`.
  virtual Result<int64_t> log_rows() = 0;
  // Recomputes the hash of every log row from the records it speaks of. Gives the number of rows.
  // Errors: corrupt, naming the first row that is missing or differs.
  virtual Result<int64_t> check_log() = 0;
};

}  // namespace weir
