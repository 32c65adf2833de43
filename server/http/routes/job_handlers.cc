// SPDX-License-Identifier: Apache-2.0
#include "server/flow/match_job.h"
#include "server/http/routes/handlers.h"

namespace weir::http {
namespace {

// So often a client hears that nothing has changed, which also shows whether it is still there.
constexpr std::chrono::seconds kSilence{10};

bool has_ended(const MatchJobView& job) {
  return job.state == JobState::kDone || job.state == JobState::kFailed;
}

// What a client that listens to one job is told next.
class JobEvents {
 public:
  JobEvents(std::string id, MatchJobs& jobs) : id_(std::move(id)), jobs_(jobs) {}

  // The text of the next event, empty when there is nothing to say, nothing after the last.
  std::optional<std::string> next() {
    if (ended_) return std::nullopt;
    const auto job = jobs_.find(id_);
    if (!job && job.error().code == ErrorCode::kUnavailable) return "";
    if (!job) {
      ended_ = true;
      return event("failed", {{"job", id_}, {"error", shape_of(job.error())}});
    }
    ended_ = has_ended(*job);
    const Json shape = shape_of(*job);
    const auto now = std::chrono::steady_clock::now();
    if (!ended_ && shape == said_) {
      if (now - said_at_ < kSilence) return "";
      said_at_ = now;
      return ": still here\n\n";
    }
    said_ = shape;
    said_at_ = now;
    return event(ended_ ? name_of(job->state) : "progress", shape);
  }

 private:
  static std::string event(std::string_view name, const Json& shape) {
    return "event: " + std::string(name) + "\ndata: " + dump(shape) + "\n\n";
  }

  std::string id_;
  MatchJobs& jobs_;
  Json said_;
  std::chrono::steady_clock::time_point said_at_;
  bool ended_ = false;
};

}  // namespace

Result<Response> get_job(const Request& request, Site& site) {
  return json_response(200, shape_of(TRY(site.jobs.find(request.capture("id")))));
}

Result<Response> get_job_events(const Request& request, Site& site) {
  TRY(site.jobs.find(request.capture("id")));
  Response response;
  response.type = "text/event-stream";
  auto events = std::make_shared<JobEvents>(request.capture("id"), site.jobs);
  response.next_event = [events] { return events->next(); };
  return response;
}

}  // namespace weir::http
