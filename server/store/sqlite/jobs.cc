// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/store_impl.h"

namespace weir::sqlite {
namespace {

Error no_such_job(JobId id) {
  return {ErrorCode::kNotFound, "there is no unfinished job " + std::to_string(id.value)};
}

}  // namespace

// A claimed job may have read its input before this change: `again` makes it run once more.
Result<JobId> put_job(Connection& connection, std::string_view kind, std::string_view key,
                      std::string_view payload, WallTime now) {
  auto rows = TRY(query(connection,
                        "INSERT INTO jobs (kind, key, payload, created_us) VALUES (?, ?, ?, ?)"
                        " ON CONFLICT (kind, key) DO UPDATE"
                        " SET again = claimed_until_us IS NOT NULL RETURNING id",
                        kind, key, payload, to_us(now)));
  if (!TRY(rows.next()))
    return Error{ErrorCode::kCorrupt, "the table of jobs is damaged; restore the store's backup"};
  const JobId id{rows.integer(0)};
  while (TRY(rows.next())) {
  }
  return id;
}

Result<JobId> SqliteStore::add_job(std::string_view kind, std::string_view key,
                                   std::string_view payload) {
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));
  const JobId id = TRY(put_job(*writer_, kind, key, payload, now()));
  TRY(transaction.commit());
  return id;
}

Result<std::optional<Job>> SqliteStore::claim_job(std::string_view kind,
                                                  std::chrono::seconds claim) {
  const int64_t now_us = to_us(now());
  {  // Workers ask often, and mostly there is nothing: that must not take the write lock.
    auto reader = TRY(readers_.take());
    const int64_t claimable = TRY(number(*reader,
                                         "SELECT 1 FROM jobs WHERE kind = ? AND"
                                         " (claimed_until_us IS NULL OR claimed_until_us <= ?)"
                                         " LIMIT 1",
                                         kind, now_us));
    if (claimable == 0) return std::optional<Job>();
  }
  const int64_t until_us = now_us + std::chrono::microseconds(claim).count();
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));
  std::optional<Job> job;
  {
    auto rows = TRY(query(*writer_,
                          "UPDATE jobs SET claimed_until_us = ?1, attempts = attempts + 1,"
                          " again = 0 WHERE id = (SELECT id FROM jobs WHERE kind = ?2 AND"
                          " (claimed_until_us IS NULL OR claimed_until_us <= ?3)"
                          " ORDER BY id LIMIT 1) RETURNING id, kind, key, payload, attempts",
                          until_us, kind, now_us));
    while (TRY(rows.next()))
      job = Job{.id = JobId{rows.integer(0)},
                .kind = std::string(rows.text(1)),
                .key = std::string(rows.text(2)),
                .payload = std::string(rows.text(3)),
                .attempts = static_cast<int>(rows.integer(4))};
  }
  TRY(transaction.commit());
  return job;
}

Status SqliteStore::finish_job(JobId id) {
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));
  const int64_t requeued =
      TRY(run(*writer_,
              "UPDATE jobs SET again = 0, claimed_until_us = NULL, attempts = 0"
              " WHERE id = ? AND again = 1",
              id.value));
  const int64_t finished =
      requeued != 0 ? requeued : TRY(run(*writer_, "DELETE FROM jobs WHERE id = ?", id.value));
  if (finished == 0) return no_such_job(id);
  return transaction.commit();
}

Status SqliteStore::renew_claim(JobId id, std::chrono::seconds claim) {
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));
  const int64_t until_us = to_us(now()) + std::chrono::microseconds(claim).count();
  if (TRY(run(*writer_, "UPDATE jobs SET claimed_until_us = ? WHERE id = ?", until_us, id.value)) ==
      0)
    return no_such_job(id);
  return transaction.commit();
}

Status SqliteStore::give_up_claim(JobId id) {
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));
  if (TRY(run(*writer_,
              "UPDATE jobs SET claimed_until_us = NULL, attempts = max(attempts - 1, 0)"
              " WHERE id = ?",
              id.value)) == 0)
    return no_such_job(id);
  return transaction.commit();
}

Status SqliteStore::finish_job(JobId id, std::string_view outcome) {
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));
  const int64_t kept =
      TRY(run(*writer_,
              "INSERT OR REPLACE INTO outcomes (kind, key, outcome, created_us, finished_us)"
              " SELECT kind, key, ?, created_us, ? FROM jobs WHERE id = ?",
              outcome, to_us(now()), id.value));
  if (kept == 0) return no_such_job(id);
  TRY(run(*writer_, "DELETE FROM jobs WHERE id = ?", id.value));
  return transaction.commit();
}

Result<std::optional<JobRecord>> SqliteStore::find_job(std::string_view kind,
                                                       std::string_view key) {
  auto reader = TRY(readers_.take());
  auto view = TRY(Transaction::begin_read(*reader));
  JobRecord record;
  record.job.kind = kind;
  record.job.key = key;
  {
    auto rows = TRY(query(*reader,
                          "SELECT id, payload, attempts, claimed_until_us, created_us FROM jobs"
                          " WHERE kind = ? AND key = ?",
                          kind, key));
    if (TRY(rows.next())) {
      record.job.id = JobId{rows.integer(0)};
      record.job.payload = rows.text(1);
      record.job.attempts = static_cast<int>(rows.integer(2));
      record.is_claimed = rows.integer(3) > to_us(now());
      record.created = from_us(rows.integer(4));
      return std::optional(std::move(record));
    }
  }
  auto rows = TRY(query(*reader,
                        "SELECT outcome, created_us, finished_us FROM outcomes"
                        " WHERE kind = ? AND key = ?",
                        kind, key));
  if (!TRY(rows.next())) return std::optional<JobRecord>();
  record.outcome = rows.text(0);
  record.created = from_us(rows.integer(1));
  record.finished = from_us(rows.integer(2));
  return std::optional(std::move(record));
}

Result<std::vector<Job>> SqliteStore::unfinished_jobs(std::string_view kind) {
  auto reader = TRY(readers_.take());
  auto rows = TRY(query(
      *reader, "SELECT id, key, payload, attempts FROM jobs WHERE kind = ? ORDER BY id", kind));
  std::vector<Job> jobs;
  while (TRY(rows.next()))
    jobs.push_back({JobId{rows.integer(0)}, std::string(kind), std::string(rows.text(1)),
                    std::string(rows.text(2)), static_cast<int>(rows.integer(3))});
  return jobs;
}

Result<int64_t> SqliteStore::forget_outcomes(std::string_view kind, std::chrono::seconds age) {
  const int64_t until_us = to_us(now()) - std::chrono::microseconds(age).count();
  {  // Asked often, and mostly for nothing: that must not take the write lock.
    auto reader = TRY(readers_.take());
    const int64_t some =
        TRY(number(*reader, "SELECT 1 FROM outcomes WHERE kind = ? AND finished_us <= ? LIMIT 1",
                   kind, until_us));
    if (some == 0) return int64_t{0};
  }
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));
  const int64_t forgotten = TRY(
      run(*writer_, "DELETE FROM outcomes WHERE kind = ? AND finished_us <= ?", kind, until_us));
  TRY(transaction.commit());
  return forgotten;
}

}  // namespace weir::sqlite
