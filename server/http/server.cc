// SPDX-License-Identifier: Apache-2.0
#include "server/http/server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <random>

#include "server/http/connection.h"

namespace weir {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using http::Connection;
using http::Loop;
using http::Shared;
using http::SteadyTime;
using std::chrono::steady_clock;

constexpr auto kAccepting = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kTick{200};
constexpr std::chrono::milliseconds kStoppingTick{10};
constexpr std::chrono::milliseconds kJobPause{100};  // between looks for a job
constexpr std::chrono::milliseconds kTroubled{5'000};
constexpr std::chrono::seconds kSweep{60};

std::string http_date(std::time_t now) {
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return text;
}

std::string random_prefix() {
  char text[16];
  std::snprintf(text, sizeof text, "%08x-", static_cast<unsigned>(std::random_device{}()));
  return text;
}

asio::awaitable<void> serve(tcp::socket socket, Loop& loop, Shared& shared) {
  Connection connection(std::move(socket), loop, shared);
  co_await connection.run();
}

}  // namespace

struct Server::Impl {
  Impl(const ServerOptions& given, Services& services, unsigned job_threads)
      : options(given),
        match_jobs({options.spool_folder, options.waiting_jobs, options.waiting_job_bytes,
                    options.job_kept},
                   services),
        site{options, services, match_jobs, metrics, stopping},
        jobs(job_threads, options.queued_jobs, services.decoder.workers()),
        spool(2, options.connections * 2 + 16),  // at most a write and a farewell a connection
        shared{options, site, metrics, jobs, spool, held, random_prefix()} {
    for (unsigned i = 0; i < options.io_threads; ++i) loops.push_back(std::make_unique<Loop>());
  }

  Status listen();
  void run();
  asio::awaitable<void> accept();
  asio::awaitable<void> tick(Loop& loop);
  void welcome(tcp::socket socket, Loop& loop);
  void run_match_jobs(const std::stop_token& stop);
  void pause(std::chrono::milliseconds time, const std::stop_token& stop);

  const ServerOptions options;
  http::Metrics metrics;
  std::atomic<bool> stopping{false};
  std::atomic<steady_clock::rep> kill_at{SteadyTime::max().time_since_epoch().count()};
  http::BytesHeld held{0};
  MatchJobs match_jobs;
  http::Site site;
  http::JobPool jobs;
  http::JobPool spool;
  Shared shared;
  std::vector<std::unique_ptr<Loop>> loops;
  std::optional<tcp::acceptor> acceptor;  // of the first loop
  uint16_t port = 0;
  std::mutex wait_mutex;
  std::vector<std::jthread> threads;
  std::mutex pause_mutex;
  std::condition_variable_any pause_ended;
  std::vector<std::jthread> runners;  // of match_jobs
};

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& given, Services& services) {
  ServerOptions options = given;
  if (options.spool_folder.empty()) options.spool_folder = "/tmp";
  if (options.io_threads < 1 || options.io_threads > 64 || options.job_threads > 1024)
    return Error{ErrorCode::kInvalid, "io_threads must be 1 to 64, job_threads at most 1024"};
  if (options.connections < 1 || options.files < 1 || options.queued_jobs < 1 ||
      options.header_bytes < 1024 || options.header_bytes > (1u << 20))
    return Error{
        ErrorCode::kInvalid,
        "connections, files and queued_jobs must be at least 1, header_bytes 1024 to 1 MiB"};
  TRY(http::SpoolFile::create(options.spool_folder));
  unsigned job_threads = options.job_threads;
  if (job_threads == 0) job_threads = services.decoder.workers() + 1;
  if (options.job_runners == 0) options.job_runners = std::max(1u, services.decoder.workers() - 1);

  auto impl = std::make_unique<Impl>(options, services, job_threads);
  TRY(impl->listen());
  impl->run();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  stop(std::chrono::seconds(0));
  wait();
}

uint16_t Server::port() const {
  return impl_->port;
}

void Server::stop(std::chrono::seconds grace) {
  const SteadyTime kill_at = steady_clock::now() + grace;
  impl_->kill_at = kill_at.time_since_epoch().count();
  if (impl_->stopping.exchange(true)) return;
  Impl* impl = impl_.get();
  for (std::jthread& runner : impl->runners) runner.request_stop();
  asio::post(impl->loops.front()->io, [impl] {
    boost::system::error_code ignored;
    impl->acceptor->cancel(ignored);
  });
}

void Server::wait() {
  const std::scoped_lock lock(impl_->wait_mutex);
  impl_->threads.clear();
  impl_->runners.clear();
}

size_t Server::running_jobs() {
  return impl_->match_jobs.running();
}

void Server::give_up_jobs() {
  impl_->match_jobs.give_up_all();
}

Status Server::Impl::listen() {
  boost::system::error_code error;
  const auto address =
      asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, error);
  if (error)
    return Error{ErrorCode::kInvalid,
                 "'" + options.address + "' is not an IP address to listen on"};
  const tcp::endpoint endpoint(address, options.port);
  acceptor.emplace(loops.front()->io);
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (!error) port = acceptor->local_endpoint(error).port();
  if (!error) acceptor->non_blocking(true, error);
  if (!error) return {};
  const std::string place = options.address + " port " + std::to_string(options.port);
  if (error == asio::error::address_in_use)
    return Error{ErrorCode::kConflict, place + " is taken by another program; choose another port"};
  const bool denied = error == asio::error::access_denied;
  return Error{denied ? ErrorCode::kDenied : ErrorCode::kUnavailable,
               "cannot listen on " + place + ": " + error.message()};
}

void Server::Impl::run() {
  asio::co_spawn(loops.front()->io, accept(), asio::detached);
  for (const auto& loop : loops) {
    loop->date = http_date(std::time(nullptr));
    asio::co_spawn(loop->io, tick(*loop), asio::detached);
  }
  for (const auto& loop : loops) threads.emplace_back([io = &loop->io] { io->run(); });
  for (unsigned i = 0; i < options.job_runners; ++i)
    runners.emplace_back([this](const std::stop_token& stop) { run_match_jobs(stop); });
}

void Server::Impl::pause(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::unique_lock lock(pause_mutex);
  pause_ended.wait_for(lock, stop, time, [] { return false; });
}

// Looks for jobs now and then instead of being told: they may also come from another program on
// the same home, or from one that died.
void Server::Impl::run_match_jobs(const std::stop_token& stop) {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), http::kLongNice);
  auto sweep_at = steady_clock::now();
  while (!stop.stop_requested()) {
    Result<bool> ran = false;
    try {
      ran = match_jobs.run_one(stop);
      if (steady_clock::now() >= sweep_at) {
        sweep_at = steady_clock::now() + kSweep;
        if (const Status swept = match_jobs.sweep(); !swept) ran = swept.error();
      }
    } catch (const std::exception& exception) {
      ran = Error{ErrorCode::kUnavailable, exception.what()};
    }
    if (!ran && options.log) options.log("job.failed", shape_of(ran.error()));
    if (!ran || !*ran) pause(ran ? kJobPause : kTroubled, stop);
  }
}

void Server::Impl::welcome(tcp::socket socket, Loop& loop) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  ++metrics.connections;
  asio::co_spawn(loop.io, serve(std::move(socket), loop, shared), asio::detached);
}

// Runs on the first loop and hands connections to all of them in turn.
asio::awaitable<void> Server::Impl::accept() {
  asio::steady_timer pause(loops.front()->io);
  size_t turn = 0;
  while (!stopping) {
    Loop& loop = *loops[turn++ % loops.size()];
    while (!stopping && metrics.connections >= static_cast<int64_t>(options.connections)) {
      pause.expires_after(std::chrono::milliseconds(5));
      co_await pause.async_wait(kAccepting);
    }
    if (stopping) break;
    auto [error, socket] = co_await acceptor->async_accept(loop.io, kAccepting);
    if (!error) {
      welcome(std::move(socket), loop);
    } else if (!stopping) {  // out of descriptors, or the client left: breathe, then go on
      pause.expires_after(std::chrono::milliseconds(20));
      co_await pause.async_wait(kAccepting);
    }
  }
  // Closing resets connections that the kernel took and nobody accepted: accept those first.
  for (bool more = true; more;) {
    Loop& loop = *loops[turn++ % loops.size()];
    boost::system::error_code error;
    tcp::socket socket(loop.io);
    acceptor->accept(socket, error);
    more = !error;
    if (more) welcome(std::move(socket), loop);
  }
  boost::system::error_code ignored;
  acceptor->close(ignored);
  for (const auto& loop : loops) {
    Loop* each = loop.get();
    asio::post(each->io, [each] { each->closing = true; });
  }
}

// Looks at every deadline of the loop, and keeps it running until it has nothing left to do.
asio::awaitable<void> Server::Impl::tick(Loop& loop) {
  asio::steady_timer timer(loop.io);
  while (!loop.closing || !loop.connections.empty()) {
    timer.expires_after(stopping ? kStoppingTick : kTick);
    co_await timer.async_wait(kAccepting);
    const SteadyTime now = steady_clock::now();
    loop.date = http_date(std::time(nullptr));
    const bool crowded = metrics.connections >= static_cast<int64_t>(options.connections);
    for (Connection* connection : loop.connections) connection->look_at_clock(now, crowded);
    if (!stopping) continue;
    loop.stopping = true;
    for (Connection* connection : loop.connections) connection->stop(now);
    if (now.time_since_epoch().count() < kill_at) continue;
    jobs.abandon_queued();
    for (Connection* connection : loop.connections) connection->kill();
  }
}

}  // namespace weir
