// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <thread>

#include "apps/weir/cli.h"
#include "apps/weir/home.h"
#include "apps/weir/interrupt.h"
#include "apps/weir/output.h"
#include "apps/weir/verbs.h"
#include "server/http/server.h"

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
      if (saved && *saved) log_event("snapshot.saved", {{"rows", snapshot.index().size()}});
    }
    if (!done) log_event("snapshot.failed", shape_of(done.error()));
    std::unique_lock lock(mutex);
    tick.wait_for(lock, stop, std::chrono::milliseconds(done ? 250 : 10'000), [] { return false; });
  }
}

}  // namespace

Result<int> serve_verb(const Common& common, const ServeRequest& request) {
  const Interrupt interrupt;
  const std::unique_ptr<Home> home = TRY(Home::open(common));
  const Config& config = home->config();
  const Endpoint endpoint =
      TRY(parse_endpoint(request.listen.empty() ? config.listen : request.listen));
  TRY(home->start_services());
  Services services = home->services();

  ServerOptions options;
  options.address = endpoint.address;
  options.port = endpoint.port;
  options.spool_folder = home->folder() + "/spool";
  options.body_bytes = config.request_bytes;
  options.file_bytes = config.limits.file_bytes;
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
  server->wait();
  log_event("server.stopped", Json::object());
  return kExitDone;
}

}  // namespace weir
