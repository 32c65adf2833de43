// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <thread>

#include "apps/weir/cli.h"
#include "apps/weir/home.h"
#include "apps/weir/run/interrupt.h"
#include "apps/weir/run/output.h"
#include "apps/weir/verbs.h"
#include "server/http/job_pool.h"
#include "server/http/server.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

constexpr std::chrono::seconds kGrace{20};

struct Endpoint {
  std::string address;
  uint16_t port = 0;
};

// "127.0.0.1:8787" or "[::1]:8787".
Result<Endpoint> parse_endpoint(const std::string& text) {
  const Error wrong{ErrorCode::kInvalid,
                    "cannot listen on " + text + ": give ADDRESS:PORT, such as 127.0.0.1:8787"};
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return wrong;
  Endpoint endpoint{text.substr(0, colon), 0};
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + colon + 1, last, endpoint.port);
  if (error != std::errc() || end != last) return wrong;
  if (endpoint.address.starts_with('[') && endpoint.address.ends_with(']'))
    endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
  if (endpoint.address == "localhost") endpoint.address = "127.0.0.1";
  return endpoint;
}

// One event a line on standard error: ids and numbers, never what was submitted.
void log_event(std::string_view event, const Json& fields) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  Json line{{"time", fmt::format("{:%FT%TZ}", now)}, {"event", event}};
  line.update(fields);
  print_message(dump(line));
}

// Keeps the snapshot in shape while the server answers: follows other writers, folds the tail into
// the base, writes a new base file when the old one is far behind.
void tend_snapshot(Home& home, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any tick;
  while (!stop.stop_requested()) {
    CurrentSnapshot& snapshot = home.snapshot();
    Status done = snapshot.catch_up();
    if (done) done = snapshot.merge_if_larger(home.config().tail_rows);
    if (done) {
      const auto saved =
          snapshot.save_if_stale(static_cast<int64_t>(home.config().snapshot_changes));
      if (!saved) done = saved.error();
      if (saved && *saved) log_event("snapshot.saved", {{"rows", snapshot.take()->hashes.size()}});
    }
    if (!done) log_event("snapshot.failed", shape_of(done.error()));
    std::unique_lock lock(mutex);
    tick.wait_for(lock, stop, std::chrono::milliseconds(done ? 250 : 10'000), [] { return false; });
  }
}

// Says how far it is every few seconds: a large archive takes a while.
Status load_and_say(CurrentSnapshot& snapshot) {
  const auto began = std::chrono::steady_clock::now();
  auto said = began;
  size_t videos = 0;
  TRY(snapshot.load_videos([&](size_t done, size_t all) {
    videos = all;
    const auto now = std::chrono::steady_clock::now();
    if (now - said < std::chrono::seconds(5)) return;
    said = now;
    log_event("videos.loading", {{"done", done}, {"all", all}});
  }));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (videos > 0)
    log_event("videos.loaded", {{"videos", videos},
                                {"seconds", took.count()},
                                {"index_bytes", snapshot.take()->videos.memory_bytes}});
  return {};
}

// False when a job still runs after the grace. It is safe in the home, and a program that ends at
// once loses no more of it than one that is killed: nobody waits for the hour it may still take.
bool wait_for_jobs(Server& server) {
  const auto until = std::chrono::steady_clock::now() + kGrace;
  while (server.running_jobs() > 0) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

// Root is more than a server needs. Nothing of the home was opened yet.
Status leave_root(const std::string& name) {
  if (::geteuid() != 0) {
    if (name.empty()) return {};
    const passwd* self = ::getpwuid(::geteuid());
    if (self != nullptr && self->pw_name == name) return {};
    return Error{ErrorCode::kDenied, "only root can become the user " + printable(name)};
  }
  if (name.empty()) {
    print_message(
        "weir: warning: the server runs as root, which it does not need: start it as another user, "
        "or give one with --user or server.user");
    return {};
  }
  const passwd* user = ::getpwnam(name.c_str());
  if (user == nullptr) return Error{ErrorCode::kNotFound, "there is no user " + printable(name)};
  if (::initgroups(name.c_str(), user->pw_gid) != 0 ||
      ::setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
      ::setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
    return Error{ErrorCode::kDenied,
                 "cannot become the user " + printable(name) + ": " + std::strerror(errno)};
  return {};
}

}  // namespace

Result<int> serve_verb(const Common& common, const ServeRequest& request) {
  const Interrupt interrupt;
  TRY(leave_root(request.user.empty() ? TRY(load_config(common)).user : request.user));
  const std::unique_ptr<Home> home = TRY(Home::open(common));
  const Config& config = home->config();
  const Endpoint endpoint =
      TRY(parse_endpoint(request.listen.empty() ? config.listen : request.listen));
  TRY(home->start_services(http::kLongNice));
  Services services = home->services();
  TRY(load_and_say(home->snapshot()));

  ServerOptions options;
  options.address = endpoint.address;
  options.port = endpoint.port;
  options.host_names = config.host_names;
  options.spool_folder = home->folder() + "/spool";
  options.body_bytes = config.request_bytes;
  options.file_bytes = std::max(config.limits.file_bytes, config.limits.video_bytes);
  options.job_bytes = config.job_bytes;
  options.job_kept = std::chrono::seconds(config.job_kept_s);
  options.waiting_jobs = config.waiting_jobs;
  options.waiting_job_bytes = config.waiting_job_bytes;
  options.connections = config.connections;
  options.job_threads = services.decoder.callers() + 1;
  options.log = log_event;
  std::error_code error;
  std::filesystem::create_directories(options.spool_folder, error);
  if (error)
    return Error{ErrorCode::kDenied,
                 "cannot create the spool folder " + options.spool_folder + ": " + error.message()};
  const std::unique_ptr<Server> server = TRY(Server::start(options, services));

  Json layers = Json::object();
  for (const SandboxLayer& layer : services.decoder.layers()) layers[layer.name] = layer.in_force;
  log_event("server.started",
            {{"address", endpoint.address}, {"port", server->port()}, {"sandbox", layers}});
  print_message(fmt::format("weir: listening on http://{}:{}/  (Ctrl-C stops it)", endpoint.address,
                            server->port()));

  std::jthread tender([&](std::stop_token stop) { tend_snapshot(*home, stop); });
  interrupt.wait();
  log_event("server.stopping", {{"grace_s", kGrace.count()}});
  server->stop(kGrace);
  if (!wait_for_jobs(*server)) {
    server->give_up_jobs();
    log_event("server.stopped", {{"jobs_given_up", server->running_jobs()}});
    std::_Exit(kExitDone);
  }
  server->wait();
  log_event("server.stopped", Json::object());
  return kExitDone;
}

}  // namespace weir
