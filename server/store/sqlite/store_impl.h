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

// The store of sqlite_store.h. Its verbs stand in banks.cc,
// add_entries.cc, read_entries.cc, signals.cc, changes.cc and jobs.cc.
class SqliteStore final : public Store {
 public:
  SqliteStore(const std::string& path, const Clock& clock, std::unique_ptr<Connection> writer,
              std::unique_ptr<Connection> watcher);

  Result<Bank> create_bank(const Bank& bank) override;
  Result<Bank> find_bank(std::string_view name) override;
  Result<std::vector<Bank>> list_banks() override;
  Result<Bank> change_bank(std::string_view name, const BankChange& change) override;

  Result<std::vector<AddedEntry>> add_entries(std::span<const Entry> entries) override;
  Result<Entry> find_entry(EntryId id) override;
  Result<std::optional<Entry>> find_content(BankId bank,
                                            std::span<const uint8_t> content_key) override;
  Result<std::vector<Entry>> list_entries(BankId bank, EntryId after, size_t most,
                                          std::optional<State> state) override;
  Result<std::vector<EntryId>> entries_of(BankId bank) override;
  Result<Entry> change_entry(EntryId id, const EntryChange& change) override;

  Result<std::vector<ExactHit>> find_exact(std::span<const Signal> signals) override;
  Result<std::vector<EntrySignal>> signals_of(SignalKind kind,
                                              std::span<const EntryId> entries) override;
  Result<ChangeSeq> each_signal(SignalKind kind,
                                const std::function<Status(const EntrySignalView&)>& take) override;
  Result<std::vector<EntryId>> entries_with(SignalKind kind,
                                            std::optional<SignalKind> without) override;

  Result<ChangeSeq> last_change() override;
  Result<std::vector<Change>> changes_after(ChangeSeq seq, size_t most) override;
  Result<int64_t> log_rows() override;
  Result<int64_t> check_log() override;

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

Result<ChangeSeq> read_last_change(Connection& connection);
// Within any transaction. Errors: not_found.
Result<Bank> read_bank(Connection& connection, std::string_view name);
Result<Entry> read_entry(Connection& connection, EntryId id);

// Where the entry of this content is, in a bank: the one that was added as it, or that has it as
// its SHA-256 by now. No id when there is none.
struct FoundContent {
  EntryId entry;
  State state = State::kActive;
  std::vector<uint8_t> content_key;  // as it is stored
};
Result<FoundContent> find_content_row(Connection& connection, BankId bank,
                                      std::span<const uint8_t> content_key);

// JSON of labels or provenance; nothing when there are none.
std::optional<std::string> to_json_text(const Labels& pairs);
Result<Labels> parse_json_text(std::string_view text);  // Errors: corrupt

// Times are stored as microseconds since 1970 in UTC.
int64_t to_us(WallTime time);
WallTime from_us(int64_t time_us);

}  // namespace weir::sqlite
