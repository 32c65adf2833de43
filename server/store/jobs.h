// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/rules/bank.h"
#include "weir/base/result.h"

namespace weir {

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

// Claimed for a time, finished once; a claim that ran out is claimed again, the oldest job first. A
// job that is added anew while it is claimed is not lost in the one that runs: finishing that one
// then makes it claimable again.
class Jobs {
 public:
  virtual ~Jobs() = default;

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
};

}  // namespace weir
