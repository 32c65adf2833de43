// SPDX-License-Identifier: Apache-2.0
//
// GCC 12 destroys some temporaries of a co_await expression twice: lambdas with captures and
// aggregates are therefore named before they are awaited, and coroutines take their state by
// reference to an object that outlives them.
#include "server/http/connection.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

#include "server/sandbox/still_look.h"

namespace weir::http {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr size_t kIdleBytes = 4 * 1024;   // of buffer, while little is expected
constexpr size_t kBodyBytes = 64 * 1024;  // larger ones made uploads no faster
constexpr std::chrono::seconds kLinger{2};
constexpr std::chrono::seconds kFreshGrace{1};  // for a first request to come while stopping
constexpr std::chrono::seconds kCrowdedIdle{1};
constexpr std::chrono::milliseconds kBetweenEvents{500};

constexpr size_t kFewFiles = 8;
constexpr size_t kShortJson = 256 * 1024;

// By the work that is asked for, so that small questions are never behind large ones.
Lane lane_of(const Request& request) {
  if (request.files.empty()) return request.json.size() > kShortJson ? Lane::kLong : Lane::kQuick;
  const bool is_short = request.files.size() <= kFewFiles &&
                        std::ranges::all_of(request.files, [](const UploadedFile& file) {
                          return is_surely_still(file.bytes.fd(), file.bytes.size());
                        });
  return is_short ? Lane::kSlow : Lane::kLong;
}

// As Request::caller has it. A client that has gone already is nobody.
std::string caller_of(const asio::ip::tcp::socket& socket) {
  boost::system::error_code gone;
  asio::ip::address address = socket.remote_endpoint(gone).address();
  if (gone) return {};
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  if (address.is_v4()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

// What moving so many bytes may take at the slowest pace allowed.
std::chrono::microseconds longest_time(size_t bytes, const ServerOptions& options) {
  const uint64_t pace = std::max<uint64_t>(1, options.slowest_bytes_per_second);
  return std::chrono::microseconds(bytes * 1'000'000 / pace);
}

}  // namespace

struct Connection::Exchange {
  explicit Exchange(const ServerOptions& options) : parser(options.header_bytes) {}
  WireParser parser;
  Plan plan;
  Response response;
  std::string id;
  SteadyTime began = steady_clock::now();
  uint64_t body_bytes = 0;
  SteadyTime paid_until;  // the body may take this long: the slowest pace allowed
  bool refused = false;   // `response` was made before the request was handled

  void refuse(const Error& error) { refuse(status_of(error.code), error); }
  void refuse(int status, const Error& error) {
    response = error_response(status, error);
    refused = true;
  }
};

Connection::Connection(asio::ip::tcp::socket socket, Loop& loop, Shared& shared)
    : socket_(std::move(socket)),
      caller_(caller_of(socket_)),
      loop_(loop),
      shared_(shared),
      idle_since_(steady_clock::now()) {
  loop_.connections.insert(this);
}

Connection::~Connection() {
  loop_.connections.erase(this);
  --shared_.metrics.connections;
}

asio::awaitable<void> Connection::run() {
  bool more = true;
  while (more) {
    more = co_await serve_one();
    fresh_ = false;
    idle_since_ = steady_clock::now();
  }
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Connection::look_at_clock(SteadyTime now, bool crowded) {
  SteadyTime limit = deadline_;
  if (idle_ && crowded) limit = std::min(limit, idle_since_ + kCrowdedIdle);
  if (now < limit) return;
  timed_out_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Connection::stop(SteadyTime now) {
  if (!idle_) return;
  deadline_ = std::min(deadline_, fresh_ ? now + kFreshGrace : now);
  look_at_clock(now, false);
}

void Connection::kill() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

// One request, answered; true when the connection may carry another.
asio::awaitable<bool> Connection::serve_one() {
  Exchange exchange(shared_.options);
  if (!co_await read_head(exchange)) co_return false;
  ++shared_.metrics.in_flight;
  exchange.id = shared_.id_prefix + std::to_string(shared_.next_id++);
  bool there = true;
  if (!exchange.refused) there = co_await read_body(exchange);
  if (there && !exchange.refused) co_await answer(exchange);
  bool more = false;
  if (there) more = co_await reply(exchange);
  if (exchange.plan.body && exchange.plan.body->writes())
    run_spool_later(std::move(exchange.plan.body));
  --shared_.metrics.in_flight;
  co_return more;
}

// Reads up to the end of a request's head and plans what becomes of it. False when there is no
// client to talk to any more; a malformed head is a refusal.
asio::awaitable<bool> Connection::read_head(Exchange& exchange) {
  for (;;) {
    while (unread().starts_with("\r\n")) consume(2);  // empty lines before a request are tolerated
    if (!unread().empty()) {
      auto taken = exchange.parser.take(unread());
      if (!taken) {
        const bool too_long = taken.error().code == ErrorCode::kLimit;
        exchange.refuse(too_long ? 431 : 400, taken.error());
        co_return true;
      }
      consume(*taken);
      if (exchange.parser.head_done()) break;
    }
    const auto now = steady_clock::now();
    idle_ = unread().empty();
    if (idle_) exchange.began = now;
    SteadyTime deadline = idle_ ? idle_since_ + shared_.options.idle_timeout
                                : exchange.began + shared_.options.header_timeout;
    if (idle_ && loop_.stopping) deadline = fresh_ ? now + kFreshGrace : now;
    make_room(idle_ ? kIdleBytes : shared_.options.header_bytes + kIdleBytes);
    const bool was_idle = idle_;
    const bool got = co_await read_some(deadline);
    idle_ = false;
    if (got && was_idle) exchange.began = steady_clock::now();
    if (got) continue;
    if (was_idle || !timed_out_) co_return false;
    exchange.refuse(408, {ErrorCode::kLimit, "the request's head took longer than header_timeout"});
    co_return true;
  }
  auto decision = plan_request(exchange.parser.head(), shared_.options, shared_.held);
  if (auto* refusal = std::get_if<Response>(&decision)) {
    exchange.response = std::move(*refusal);
    exchange.refused = true;
    exchange.plan.head_only = exchange.parser.head().method == "HEAD";
  } else {
    exchange.plan = std::move(std::get<Plan>(decision));
    exchange.plan.request.caller = caller_;
  }
  co_return true;
}

// Reads the body into the plan's sink. False when the client has gone.
asio::awaitable<bool> Connection::read_body(Exchange& exchange) {
  const ServerOptions& options = shared_.options;
  WireParser& parser = exchange.parser;
  if (!parser.done() && !parser.head().expect.empty() && unread().empty()) {
    if (!co_await write_all("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return false;
  }
  exchange.paid_until = steady_clock::now() + options.stall_timeout;
  bool starved = unread().empty();
  while (!parser.done() && !exchange.refused) {
    if (starved) {
      if (unread().size() >= kBodyBytes) {
        exchange.refuse(
            {ErrorCode::kInvalid, "the request is malformed: a chunk's head is too long"});
        break;
      }
      make_room(kBodyBytes);
      const auto stalls_at = steady_clock::now() + options.stall_timeout;
      if (!co_await read_some(std::min(stalls_at, exchange.paid_until))) {
        if (!timed_out_) co_return false;
        exchange.refuse(408, {ErrorCode::kLimit, "the body came too slowly; see stall_timeout"});
        break;
      }
    }
    const auto taken = parser.take(unread());
    if (!taken) {
      exchange.refuse(taken.error());
      break;
    }
    consume(*taken);
    starved = *taken == 0 || unread().empty();
    if (!parser.piece().empty()) co_await take_piece(exchange);
  }
  if (exchange.refused) co_return true;
  if (const Status whole = exchange.plan.body->finish(exchange.plan.request); !whole)
    exchange.refuse(whole.error());
  co_return true;
}

// Hands the piece of the body that was just parsed to its sink; what writes to disk does so
// elsewhere.
asio::awaitable<void> Connection::take_piece(Exchange& exchange) {
  const uint64_t limit = shared_.options.body_bytes;
  const std::string_view piece = exchange.parser.piece();
  Body& body = *exchange.plan.body;
  exchange.body_bytes += piece.size();
  if (exchange.body_bytes > limit) {
    exchange.refuse({ErrorCode::kLimit, "the body has more than the " + std::to_string(limit) +
                                            " bytes that server.request_mib allows"});
    co_return;
  }
  Status status = Error{ErrorCode::kUnavailable, "too much is being uploaded; ask again later"};
  const auto before = steady_clock::now();
  if (body.writes()) {
    shared_.metrics.upload_bytes += piece.size();
    std::function<void()> work = [&body, piece, &status] { status = body.take(piece); };
    co_await run_on(shared_.spool, Lane::kQuick, std::move(work));
  } else {
    status = body.take(piece);
  }
  if (!status) exchange.refuse(status.error());
  // The client pays for its own pace, not for the disk's.
  exchange.paid_until += steady_clock::now() - before;
  exchange.paid_until += longest_time(piece.size(), shared_.options);
}

// Has the request answered: at once, or on a job thread while this connection waits.
asio::awaitable<void> Connection::answer(Exchange& exchange) {
  std::function<void()> work = [this, &exchange] {
    Plan& plan = exchange.plan;
    try {
      auto result = handle(*plan.route, plan.request, shared_.site);
      exchange.response = result ? std::move(*result) : error_response(result.error());
    } catch (const std::exception& exception) {
      exchange.response = error_response(
          500, {ErrorCode::kUnavailable, "the request failed inside the server; see its log"});
      if (shared_.options.log)
        shared_.options.log("http.exception", {{"id", exchange.id}, {"what", exception.what()}});
    }
    plan.request.files.clear();  // giving back large files takes time, and this thread has it
  };
  if (exchange.plan.route->at_once) {
    work();
    co_return;
  }
  const Lane lane = lane_of(exchange.plan.request);
  if (co_await run_on(shared_.jobs, lane, std::move(work))) co_return;
  ++shared_.metrics.refused_jobs;
  exchange.response = error_response(
      {ErrorCode::kUnavailable, "the server is busy or about to stop; ask again later"});
}

// Writes the answer. True when another request may follow.
asio::awaitable<bool> Connection::reply(Exchange& exchange) {
  const WireParser& parser = exchange.parser;
  const bool read_whole = parser.done();
  const bool keep_alive =
      read_whole && parser.head().keep_alive && !loop_.stopping && !exchange.response.next_event;
  const std::string head = head_of(exchange, keep_alive);
  const auto took = steady_clock::now() - exchange.began;
  shared_.metrics.count_request(exchange.plan.route, exchange.response.status, took);
  const std::string_view body =
      exchange.plan.head_only ? std::string_view() : std::string_view(exchange.response.body);
  bool written = co_await write_all(head, body);
  if (written && exchange.response.next_event && !exchange.plan.head_only)
    written = co_await write_events(exchange);
  if (shared_.options.log) {
    const Json fields{
        {"id", exchange.id},
        {"route", exchange.plan.route ? exchange.plan.route->pattern : "none"},
        {"method", exchange.plan.route ? name_of(exchange.plan.route->method) : "any"},
        {"status", exchange.response.status},
        {"body_bytes", exchange.body_bytes},
        {"ms", std::chrono::duration<double, std::milli>(took).count()}};
    shared_.options.log("http.request", fields);
  }
  if (written && !read_whole) co_await linger();
  co_return written&& keep_alive;
}

// Writes pieces as there are any, until the last, until the client has gone or the server stops.
// The end of the connection is the end of the body.
asio::awaitable<bool> Connection::write_events(Exchange& exchange) {
  asio::steady_timer timer(loop_.io);
  while (!loop_.stopping) {
    std::optional<std::string> piece = std::string();
    std::function<void()> work = [&exchange, &piece] { piece = exchange.response.next_event(); };
    // A job thread that is not free now may be free the next time.
    const bool asked = co_await run_on(shared_.jobs, Lane::kQuick, std::move(work));
    if (!piece) co_return true;
    if (asked && !piece->empty() && !co_await write_all(*piece, {})) co_return false;
    timer.expires_after(kBetweenEvents);
    co_await timer.async_wait(kToken);
  }
  co_return true;
}

// Closing while bytes still arrive would reset the connection, and the client might never read the
// answer. So the end is announced, and what comes for a short while is thrown away.
asio::awaitable<void> Connection::linger() {
  boost::system::error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  const auto until = steady_clock::now() + kLinger;
  bool more = !error;
  while (more && steady_clock::now() < until) {
    begin_ = end_ = 0;
    more = co_await read_some(until);
  }
}

// Appends what the socket has to the buffer. False at the end, on an error, or after `deadline`,
// when timed_out_ is set.
asio::awaitable<bool> Connection::read_some(SteadyTime deadline) {
  timed_out_ = false;
  deadline_ = deadline;
  const auto room = asio::buffer(buffer_.data() + end_, buffer_.size() - end_);
  const auto [error, bytes] = co_await socket_.async_read_some(room, kToken);
  deadline_ = SteadyTime::max();
  end_ += bytes;
  if (!error) timed_out_ = false;
  co_return !error && bytes > 0;
}

// False when the client is gone or takes the bytes too slowly.
asio::awaitable<bool> Connection::write_all(std::string_view first, std::string_view second) {
  const ServerOptions& options = shared_.options;
  SteadyTime paid_until = steady_clock::now() + options.stall_timeout;
  while (!first.empty() || !second.empty()) {
    timed_out_ = false;
    deadline_ = std::min(steady_clock::now() + options.stall_timeout, paid_until);
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(first.data(), first.size()),
                                                       asio::buffer(second.data(), second.size())};
    const auto [error, bytes] = co_await socket_.async_write_some(buffers, kToken);
    deadline_ = SteadyTime::max();
    if (error) co_return false;
    const size_t of_first = std::min(bytes, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(bytes - of_first);
    paid_until += longest_time(bytes, options);
  }
  co_return true;
}

// Runs `work` on a pool and waits for it. False, without having run it, when the pool gave it up.
asio::awaitable<bool> Connection::run_on(JobPool& pool, Lane lane, std::function<void()> work) {
  struct Bell {
    explicit Bell(asio::io_context& io) : timer(io, SteadyTime::max()) {}
    asio::steady_timer timer;
    bool rung = false;
    bool ran = false;
  } bell(loop_.io);
  // The bell is rung on this loop's thread, so either before the wait below begins or during it.
  const auto executor = loop_.io.get_executor();
  JobPool::Job job = [&work, &bell, executor](bool abandoned) {
    if (!abandoned) work();
    asio::post(executor, [&bell, abandoned] {
      bell.rung = true;
      bell.ran = !abandoned;
      bell.timer.cancel();
    });
  };
  if (!pool.submit(lane, std::move(job))) co_return false;
  while (!bell.rung) co_await bell.timer.async_wait(kToken);
  co_return bell.ran;
}

// Lets a body that was not handed on go where closing large files holds up nobody.
void Connection::run_spool_later(std::unique_ptr<Body> body) {
  std::shared_ptr<Body> kept = std::move(body);
  (void)shared_.spool.submit(Lane::kQuick,
                             [kept = std::move(kept)](bool) mutable { kept.reset(); });
}

std::string_view Connection::unread() const {
  return std::string_view(buffer_).substr(begin_, end_ - begin_);
}

// Moves what is unread to the front and gives the buffer `capacity` bytes, or what is unread needs.
void Connection::make_room(size_t capacity) {
  const std::string rest(unread());
  capacity = std::max(capacity, rest.size() + 1);
  if (buffer_.size() != capacity) std::string(capacity, '\0').swap(buffer_);
  std::memcpy(buffer_.data(), rest.data(), rest.size());
  begin_ = 0;
  end_ = rest.size();
}

std::string Connection::head_of(const Exchange& exchange, bool keep_alive) const {
  const Response& response = exchange.response;
  std::string head;
  head.reserve(512);
  const auto field = [&head](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  const bool page = response.type.starts_with("text/html");
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(reason_of(response.status)).append("\r\n");
  field("Date", loop_.date);
  field("X-Request-Id", exchange.id);
  field("Content-Type", response.type);
  if (!response.next_event) field("Content-Length", std::to_string(response.body.size()));
  field("Cache-Control", "no-store");
  field("X-Content-Type-Options", "nosniff");
  field("Referrer-Policy", "same-origin");  // "no-referrer" would hide the Origin of our own form
  field(
      "Content-Security-Policy",
      page ? "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-src 'self'; "
             "frame-ancestors 'none'; base-uri 'none'"
           : "default-src 'none'; frame-ancestors 'self'");
  for (const auto& [name, value] : response.headers) field(name, value);
  if (!keep_alive) field("Connection", "close");
  if (keep_alive && exchange.parser.head().version == 10) field("Connection", "keep-alive");
  head.append("\r\n");
  return head;
}

}  // namespace weir::http
