// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <set>
#include <string>

#include "server/http/front_desk.h"
#include "server/http/job_pool.h"
#include "server/http/routes/metrics.h"
#include "server/http/wire.h"

namespace weir::http {

using SteadyTime = std::chrono::steady_clock::time_point;

// What all connections share.
struct Shared {
  const ServerOptions& options;
  Site& site;
  Metrics& metrics;
  JobPool& jobs;   // answers requests
  JobPool& spool;  // writes uploads to disk
  BytesHeld& held;
  std::string id_prefix;  // of X-Request-Id; another one each start
  std::atomic<uint64_t> next_id{1};
};

class Connection;

// One I/O thread. What is in it belongs to that thread.
struct Loop {
  boost::asio::io_context io{1};
  std::set<Connection*> connections;
  std::string date;       // of the Date field, brought up to date by the loop's tick
  bool stopping = false;  // begun requests are finished, no others
  bool closing = false;   // besides, no more connections will come
};

// One client's socket. A coroutine reads a request, has it answered, writes the answer and starts
// again; it never leaves the loop's thread, so nothing here is locked. Time limits are deadlines
// that the loop's tick looks at, which costs nothing on the way of a request.
class Connection {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Loop& loop, Shared& shared);
  ~Connection();

  // Serves the client to the end. The connection outlives it.
  boost::asio::awaitable<void> run();

  // Called by the loop's tick. `crowded`: idle clients must make room.
  void look_at_clock(SteadyTime now, bool crowded);
  void stop(SteadyTime now);  // ends it once it is idle
  void kill();                // ends it now

 private:
  struct Exchange;  // one request and its answer

  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<bool> read_head(Exchange& exchange);
  boost::asio::awaitable<bool> read_body(Exchange& exchange);
  boost::asio::awaitable<void> take_piece(Exchange& exchange);
  boost::asio::awaitable<void> answer(Exchange& exchange);
  boost::asio::awaitable<bool> reply(Exchange& exchange);
  boost::asio::awaitable<bool> write_events(Exchange& exchange);
  boost::asio::awaitable<void> linger();

  boost::asio::awaitable<bool> read_some(SteadyTime deadline);
  boost::asio::awaitable<bool> write_all(std::string_view first, std::string_view second);
  boost::asio::awaitable<bool> run_on(JobPool& pool, Lane lane, std::function<void()> work);
  void run_spool_later(std::unique_ptr<Body> body);

  std::string_view unread() const;
  void consume(size_t bytes) { begin_ += bytes; }
  void make_room(size_t capacity);
  std::string head_of(const Exchange& exchange, bool keep_alive) const;

  boost::asio::ip::tcp::socket socket_;
  const std::string caller_;
  Loop& loop_;
  Shared& shared_;
  std::string buffer_;  // what was read and not yet consumed lies in [begin_, end_)
  size_t begin_ = 0;
  size_t end_ = 0;
  SteadyTime deadline_ = SteadyTime::max();  // of the socket operation under way
  SteadyTime idle_since_;
  bool idle_ = false;  // waits for the first byte of a request
  bool fresh_ = true;  // has sent no request yet
  bool timed_out_ = false;
};

}  // namespace weir::http
