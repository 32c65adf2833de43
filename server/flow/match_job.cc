// SPDX-License-Identifier: Apache-2.0
#include "server/flow/match_job.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <thread>

#include "server/flow/banks_asked.h"
#include "weir/base/hex.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

constexpr std::string_view kKind = "match_item";
constexpr std::string_view kPrefix = "job-";

// A program that dies keeps its claim for so long; one that lives renews it.
constexpr std::chrono::seconds kClaim{15};
constexpr std::chrono::seconds kRenewal{4};

// A job that takes the whole program down with it is not begun for ever.
constexpr int kMostAttempts = 5;

// An item without a job may be one whose job is being written this moment.
constexpr std::chrono::minutes kOrphanAge{10};

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

Error not_kept(int reason) {
  return {ErrorCode::kUnavailable,
          std::string("the item of a job could not be kept: ") + std::strerror(reason)};
}

// Where the file has no name to link to (a file system without nameless files), it is copied.
Status copy(int from, uint64_t bytes, const std::string& path) {
  const File to(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (to.fd() < 0) return not_kept(errno);
  for (off_t at = 0; static_cast<uint64_t>(at) < bytes;) {
    const ssize_t sent = ::sendfile(to.fd(), from, &at, bytes - static_cast<uint64_t>(at));
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return not_kept(sent == 0 ? EIO : errno);
  }
  return ::fsync(to.fd()) == 0 ? Status{} : not_kept(errno);
}

// The file under a name of its own; name and bytes have reached the disk.
Status keep(int fd, uint64_t bytes, const std::string& folder, const std::string& path) {
  // Its age says whether it is an orphan, and it may have waited for long before it got its name.
  ::futimens(fd, nullptr);
  const std::string self = "/proc/self/fd/" + std::to_string(fd);
  if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0)
    TRY(copy(fd, bytes, path));
  else if (::fsync(fd) != 0)
    return not_kept(errno);
  const File place(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (place.fd() < 0 || (::fsync(place.fd()) != 0 && errno != EINVAL)) return not_kept(errno);
  return {};
}

Result<std::string> fresh_id() {
  std::array<uint8_t, 16> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return Error{ErrorCode::kUnavailable, "the system gives no random numbers"};
  return to_hex(bytes);
}

// Ids of jobs are names of files: nothing else is looked up.
bool is_id(std::string_view id) {
  return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == id.npos;
}

std::string payload_of(const MatchJobRequest& request, uint64_t bytes) {
  return dump({{"name", to_utf8(request.name)}, {"banks", request.banks}, {"bytes", bytes}});
}

struct Asked {
  MatchJobRequest request;
  uint64_t bytes = 0;
};
Asked asked_in(const std::string& payload) {
  const Json json = Json::parse(payload, nullptr, false);
  Asked asked;
  if (!json.is_object()) return asked;
  asked.request.name = json.value("name", "");
  asked.request.banks = json.value("banks", std::vector<std::string>{});
  asked.bytes = json.value("bytes", uint64_t{0});
  return asked;
}

// Renews a claim until it is destroyed.
class ClaimKeeper {
 public:
  ClaimKeeper(Store& store, JobId id)
      : thread_([this, &store, id](std::stop_token stop) {
          std::unique_lock lock(mutex_);
          while (!ended_.wait_for(lock, stop, kRenewal, [] { return false; }) &&
                 !stop.stop_requested())
            if (!store.renew_claim(id, kClaim)) return;
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace

Result<Json> match_file(int fd, const MatchJobRequest& request, Services& services,
                        const DecodeProgress& progress) {
  DecodeWants wants = TRY(wants_to_match(services));
  wants.party = request.party;
  const ItemToMatch item = TRY(item_to_match(TRY(services.decoder.decode(fd, wants, progress))));
  const auto reports = TRY(match_against_banks({&item, 1}, request.banks, services));
  Json json{{"path", to_utf8(request.name)}};
  json.update(shape_of(reports.front()));
  return json;
}

std::string_view name_of(JobState state) {
  switch (state) {
    case JobState::kWaiting:
      return "waiting";
    case JobState::kRunning:
      return "running";
    case JobState::kDone:
      return "done";
    case JobState::kFailed:
      return "failed";
  }
  return "waiting";
}

Json shape_of(const MatchJobView& job) {
  Json json{{"job", job.id},
            {"state", name_of(job.state)},
            {"progress", job.progress},
            {"created", format_time(job.created)}};
  const bool ended = job.state == JobState::kDone || job.state == JobState::kFailed;
  if (ended) json["finished"] = format_time(job.finished);
  if (job.state == JobState::kDone) json["result"] = job.result;
  if (job.state == JobState::kFailed) json["error"] = job.result;
  return json;
}

std::string MatchJobs::path_of(std::string_view id) const {
  return options_.folder + "/" + std::string(kPrefix) + std::string(id);
}

Status MatchJobs::check_room(uint64_t bytes) {
  const auto jobs = TRY(services_.store.unfinished_jobs(kKind));
  for (const Job& job : jobs) bytes += asked_in(job.payload).bytes;
  if (jobs.size() >= options_.waiting)
    return Error{ErrorCode::kUnavailable, "as many jobs wait as jobs.waiting allows, " +
                                              std::to_string(options_.waiting) +
                                              "; ask again when some are done"};
  if (bytes > options_.waiting_bytes)
    return Error{ErrorCode::kUnavailable, "the items of jobs that wait would have " +
                                              std::to_string(bytes) + " bytes, more than the " +
                                              std::to_string(options_.waiting_bytes) +
                                              " that jobs.waiting_mib allows"};
  return {};
}

// The item first: a job whose item is not there could never be done, an item without a job is swept
// away.
Result<std::string> MatchJobs::submit(int fd, const MatchJobRequest& request) {
  TRY(banks_asked(request.banks, services_.store));
  struct stat status;
  if (::fstat(fd, &status) != 0) return not_kept(errno);
  const auto bytes = static_cast<uint64_t>(status.st_size);
  const std::scoped_lock lock(submitting_);
  TRY(check_room(bytes));
  const std::string id = TRY(fresh_id());
  Status kept = keep(fd, bytes, options_.folder, path_of(id));
  if (kept) {
    const auto added = services_.store.add_job(kKind, id, payload_of(request, bytes));
    if (added) return id;
    kept = added.error();
  }
  ::unlink(path_of(id).c_str());
  return kept.error();
}

Result<MatchJobView> MatchJobs::find(std::string_view id) {
  const Error unknown{ErrorCode::kNotFound,
                      "there is no such job, or its result is no longer kept"};
  if (!is_id(id)) return unknown;
  const auto record = TRY(services_.store.find_job(kKind, id));
  if (!record) return unknown;
  MatchJobView view;
  view.id = id;
  view.created = record->created;
  if (record->outcome) {
    Json outcome = Json::parse(*record->outcome, nullptr, false);
    const bool failed = !outcome.is_object() || outcome.contains("error");
    view.state = failed ? JobState::kFailed : JobState::kDone;
    view.progress = 1;
    view.finished = record->finished;
    if (outcome.is_object()) view.result = std::move(outcome[failed ? "error" : "result"]);
    return view;
  }
  view.state = record->is_claimed ? JobState::kRunning : JobState::kWaiting;
  const std::scoped_lock lock(mutex_);
  if (const auto here = progress_.find(id); here != progress_.end()) view.progress = here->second;
  return view;
}

Json MatchJobs::run(const Job& job) {
  Asked asked = asked_in(job.payload);
  asked.request.party = std::string(kPrefix) + job.key;
  const File item(::open(path_of(job.key).c_str(), O_RDONLY | O_CLOEXEC));
  if (item.fd() < 0)
    return {{"error", shape_of(Error{ErrorCode::kNotFound, "the job's item is gone"})}};
  auto result = match_file(item.fd(), asked.request, services_, [&](double share) {
    const std::scoped_lock lock(mutex_);
    progress_[job.key] = std::clamp(share, 0.0, 1.0);
  });
  if (result) return {{"result", std::move(*result)}};
  return {{"error", shape_of(result.error())}};
}

Result<bool> MatchJobs::run_one(const std::stop_token& stop) {
  if (stop.stop_requested()) return false;
  const auto job = TRY(services_.store.claim_job(kKind, kClaim));
  if (!job) return false;
  {
    const std::scoped_lock lock(mutex_);
    progress_[job->key] = 0;
    claimed_.insert(job->id);
  }
  Json outcome;
  if (job->attempts > kMostAttempts) {
    outcome["error"] = shape_of(
        Error{ErrorCode::kCorrupt, "the job was begun " + std::to_string(kMostAttempts) +
                                       " times, and each time the program ended before it"});
  } else {
    const ClaimKeeper claim(services_.store, job->id);
    outcome = run(*job);
  }
  {
    const std::scoped_lock lock(mutex_);
    progress_.erase(job->key);
    claimed_.erase(job->id);
  }
  // What the machine lacks now it may have later: the claim runs out, and the job is begun again.
  const bool may_pass =
      outcome.contains("error") && outcome["error"]["code"] == name_of(ErrorCode::kUnavailable);
  if (may_pass && job->attempts < kMostAttempts) return true;
  const Status finished = services_.store.finish_job(job->id, dump(outcome));
  if (!finished && finished.error().code != ErrorCode::kNotFound) return finished.error();
  ::unlink(path_of(job->key).c_str());
  return true;
}

size_t MatchJobs::running() {
  const std::scoped_lock lock(mutex_);
  return claimed_.size();
}

void MatchJobs::give_up_all() {
  std::set<JobId> claimed;
  {
    const std::scoped_lock lock(mutex_);
    claimed = claimed_;
  }
  for (const JobId id : claimed) (void)services_.store.give_up_claim(id);
}

Status MatchJobs::sweep() {
  TRY(services_.store.forget_outcomes(kKind, options_.kept));
  std::error_code error;
  std::set<std::string> wanted;
  const auto oldest = std::filesystem::file_time_type::clock::now() - kOrphanAge;
  std::vector<std::filesystem::path> items;
  for (const auto& file : std::filesystem::directory_iterator(options_.folder, error)) {
    const std::string name = file.path().filename().string();
    std::error_code gone;
    if (name.starts_with(kPrefix) && is_id(std::string_view(name).substr(kPrefix.size())) &&
        file.last_write_time(gone) < oldest && !gone)
      items.push_back(file.path());
  }
  if (items.empty()) return {};
  for (const Job& job : TRY(services_.store.unfinished_jobs(kKind))) wanted.insert(job.key);
  for (const auto& item : items)
    if (!wanted.contains(item.filename().string().substr(kPrefix.size())))
      std::filesystem::remove(item, error);
  return {};
}

}  // namespace weir
