// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/store/sqlite/sqlite.h"
#include "server/store/store.h"
#include "weir/base/clock.h"

namespace weir::sqlite {

// Connections that only read. take() waits while all are lent.
class Readers {
 public:
  class Lease {
   public:
    Lease(Readers& readers, std::unique_ptr<Connection> connection)
        : readers_(&readers), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    ~Lease() {
      if (connection_) readers_->give_back(std::move(connection_));
    }
    Connection& operator*() { return *connection_; }

   private:
    Readers* readers_;
    std::unique_ptr<Connection> connection_;
  };

  explicit Readers(std::string path) : path_(std::move(path)) {}
  Result<Lease> take();

 private:
  void give_back(std::unique_ptr<Connection> connection);

  std::string path_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  size_t opened_ = 0;
};

// Appends rows to the log within one write transaction, which it must not outlive.
class LogWriter {
 public:
  static Result<LogWriter> begin(Connection& connection, WallTime time);
  // The fields seq and time of `leaf` are set here.
  Status append(LogLeaf leaf);

 private:
  LogWriter(Connection& connection, WallTime time, int64_t last_seq)
      : connection_(&connection), time_(time), last_seq_(last_seq) {}
  Connection* connection_;
  WallTime time_;
  int64_t last_seq_;
};

// The store of sqlite_store.h. Its verbs stand in banks.cc, entries.cc, search_rows.cc and jobs.cc.
class SqliteStore final : public Store {
 public:
  SqliteStore(const std::string& path, const Clock& clock, std::unique_ptr<Connection> writer,
              std::unique_ptr<Connection> watcher);

  Result<Bank> create_bank(const Bank& bank) override;
  Result<Bank> find_bank(std::string_view name) override;
  Result<std::vector<Bank>> list_banks() override;
  Result<Bank> set_bank_state(std::string_view name, State state) override;
  Result<Bank> set_bank_description(std::string_view name, std::string_view text) override;

  Result<std::vector<AddedEntry>> add_entries(std::span<const Entry> entries) override;
  Result<Entry> find_entry(EntryId id) override;
  Result<std::optional<Entry>> find_content(BankId bank,
                                            std::span<const uint8_t> content_key) override;
  Result<std::vector<Entry>> list_entries(BankId bank, EntryId after, size_t most,
                                          std::optional<State> state) override;
  Result<Entry> set_entry_state(EntryId id, State state) override;
  Result<Entry> set_entry_labels(EntryId id, const Labels& labels) override;

  Result<std::vector<ExactHit>> find_exact(std::span<const Signal> signals) override;
  Result<ChangeSeq> last_change() override;
  Result<std::vector<Change>> changes_after(ChangeSeq seq, size_t most) override;
  Result<std::vector<PdqRow>> pdq_rows_of(std::span<const EntryId> entries) override;
  Result<std::pair<ChangeSeq, std::vector<PdqRow>>> all_pdq_rows() override;
  Result<std::vector<EntryPicture>> pictures_of(std::span<const EntryId> entries) override;
  Result<ChangeSeq> for_each_picture(const std::function<Status(EntryPicture)>& take) override;
  Result<std::vector<EntryTrack>> tracks_of(std::span<const EntryId> entries) override;
  Result<std::pair<ChangeSeq, std::vector<EntryId>>> entries_with_tracks() override;
  Result<std::vector<EntryId>> entries_with_signal(SignalKind kind, bool without_track) override;
  Result<std::vector<EntryId>> entries_of(BankId bank) override;

  Result<JobId> add_job(std::string_view kind, std::string_view key,
                        std::string_view payload) override;
  Result<std::optional<Job>> claim_job(std::string_view kind, std::chrono::seconds claim) override;
  Status finish_job(JobId id) override;
  Status renew_claim(JobId id, std::chrono::seconds claim) override;
  Status give_up_claim(JobId id) override;
  Status finish_job(JobId id, std::string_view outcome) override;
  Result<std::optional<JobRecord>> find_job(std::string_view kind, std::string_view key) override;
  Result<std::vector<Job>> unfinished_jobs(std::string_view kind) override;
  Result<int64_t> forget_outcomes(std::string_view kind, std::chrono::seconds age) override;

  Result<int64_t> log_rows() override;
  Result<int64_t> check_log() override;

 private:
  WallTime now() const;

  const Clock& clock_;
  Readers readers_;

  std::mutex writing_;  // held for the whole of a write transaction
  std::unique_ptr<Connection> writer_;

  std::mutex watching_;
  std::unique_ptr<Connection> watcher_;  // asks last_change() only, and never writes
  int64_t seen_version_ = -1;
  ChangeSeq seen_change_;
};

// Within a write transaction: adds the job, or marks the unfinished one as wanted again.
Result<JobId> put_job(Connection& connection, std::string_view kind, std::string_view key,
                      std::string_view payload, WallTime now);
// The follow-up job of a change to what the PDQ index holds.
Status put_merge_job(Connection& connection, WallTime now);

// Within any transaction. Errors: not_found.
Result<Bank> read_bank(Connection& connection, std::string_view name);
Result<Entry> read_entry(Connection& connection, EntryId id);

// JSON of labels or provenance; nothing when there are none.
std::optional<std::string> to_json_text(const Labels& pairs);
Result<Labels> parse_json_text(std::string_view text);  // Errors: corrupt

// Times are stored as microseconds since 1970 in UTC.
int64_t to_us(WallTime time);
WallTime from_us(int64_t time_us);

}  // namespace weir::sqlite
