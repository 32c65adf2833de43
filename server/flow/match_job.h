// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "server/flow/match.h"
#include "server/flow/shapes.h"

namespace weir {

struct MatchJobOptions {
  std::string folder;                    // where items wait, as job-ID; exists
  size_t waiting = 100;                  // unfinished jobs
  uint64_t waiting_bytes = 64ull << 30;  // of their items
  std::chrono::seconds kept{24 * 3600};  // what came of a job, from its end
};

// What is asked about an item.
struct MatchJobRequest {
  std::string name;                // of the file, as the client gave it
  std::vector<std::string> banks;  // empty: all active ones
  std::string party;               // as DecodeWants has it; a job is its own
};

// The answer about one item, as `weir match` and POST /v1/match give it: {"path","media",...}.
// `progress` is called by the thread that waits. Errors: as Decoder::decode() and
// match_against_banks().
Result<Json> match_file(int fd, const MatchJobRequest& request, Services& services,
                        const DecodeProgress& progress = {});

enum class JobState : uint8_t { kWaiting, kRunning, kDone, kFailed };
std::string_view name_of(JobState state);  // "waiting", "running", "done", "failed"

struct MatchJobView {
  std::string id;
  JobState state = JobState::kWaiting;
  double progress = 0;  // 0 to 1; of what this program runs itself
  WallTime created;
  WallTime finished;  // of one that is done or failed
  Json result;        // of one that is done; {"code","message"} of one that failed
};
Json shape_of(const MatchJobView& job);  // {"job","state","progress","created",...}

// Matching that takes its time. The item is kept in the folder and the job in the store until it is
// done, so that whoever opens the same home next finishes what a program that died left behind.
// Thread-safe.
class MatchJobs {
 public:
  MatchJobs(const MatchJobOptions& options, Services& services)
      : options_(options), services_(services) {}

  // Keeps the bytes that `fd` is open on, and the request; gives the job's id, which cannot be
  // guessed. On return both have reached the disk. Errors: not_found, conflict (a bank);
  // unavailable when too many jobs wait, or the disk is full.
  Result<std::string> submit(int fd, const MatchJobRequest& request);

  // Errors: not_found for an id that is not known, or whose result is no longer kept.
  Result<MatchJobView> find(std::string_view id);

  // Finishes one job, the oldest that nobody works on. False when there is none. Errors: of the
  // store; then, and when `stop` is asked for before it began, the job stays.
  Result<bool> run_one(const std::stop_token& stop);

  // Jobs that this program works on now.
  size_t running();
  // Says that this program works on none any more: the next one need not wait to go on with them.
  // For a program that ends now.
  void give_up_all();

  // Drops results that are old enough, and items that no job asks for. Errors: of the store.
  Status sweep();

 private:
  std::string path_of(std::string_view id) const;
  Status check_room(uint64_t bytes);
  Json run(const Job& job);

  const MatchJobOptions options_;
  Services& services_;
  std::mutex submitting_;  // one after the other, so that the limits hold
  std::mutex mutex_;
  std::map<std::string, double, std::less<>> progress_;  // of jobs that run here
  std::set<JobId> claimed_;
};

}  // namespace weir
