// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/flow/services.h"
#include "server/flow/shapes.h"

namespace weir {

// Where to listen and what clients may cost. Reaching a limit answers 413 (or 431 for the head) and
// names the option; nothing is cut off silently.
struct ServerOptions {
  std::string address = "127.0.0.1";  // an IP address; 0.0.0.0 or :: for every interface
  uint16_t port = 8787;               // 0: any free one, see Server::port()
  // Names besides localhost, 127.0.0.1 and [::1] that a Host header may have while `address` is a
  // loopback one; docs/decisions/0062-who-may-ask-a-loopback-server.md. Ignored otherwise.
  std::vector<std::string> host_names;

  unsigned io_threads = 1;   // sockets and parsing only
  unsigned job_threads = 0;  // where requests are answered; 0: one a decoder worker, and one more
  size_t queued_jobs =
      1024;  // requests waiting for a job thread; more are told 503 and Retry-After

  // Uploads lie here, unlinked, while they are worked on; those of jobs under the job's name.
  // Empty: /tmp.
  std::string spool_folder;
  uint64_t body_bytes = 4ull << 30;         // a request's body
  uint64_t file_bytes = 256ull << 20;       // one file of it
  size_t files = 100;                       // files of one request
  uint64_t json_bytes = 8ull << 20;         // a JSON body
  uint64_t json_bytes_held = 128ull << 20;  // JSON bodies of all requests together; more: 503
  size_t header_bytes = 16 * 1024;          // request line and header fields
  size_t connections = 1024;                // more wait in the kernel's backlog

  // Uploads to match that are larger are answered by a job, at once with 202, as are those that ask
  // for it.
  uint64_t job_bytes = 64ull << 20;
  unsigned job_runners = 0;  // jobs at once; 0: one fewer than decoder workers, but at least one
  size_t waiting_jobs = 100;
  uint64_t waiting_job_bytes = 64ull << 30;
  std::chrono::seconds job_kept{24 * 3600};  // what came of a job, from its end

  std::chrono::milliseconds header_timeout{10'000};  // first to last byte of a request's head
  std::chrono::milliseconds idle_timeout{60'000};    // between requests of a connection
  std::chrono::milliseconds stall_timeout{30'000};   // no byte of a body, or of an answer, moved
  uint64_t slowest_bytes_per_second = 1024;  // of a body, on average, once stall_timeout has passed

  // One call an event, such as ("http.request", {"route", "status", "ms", ...}): ids and numbers,
  // never what was submitted. Called from several threads at once. Empty: silence.
  std::function<void(std::string_view event, const Json& fields)> log;
};

// Weir over HTTP/1.1: the routes of openapi.yaml, answered by the use cases of server/flow.
//
// Sockets belong to `io_threads` threads that never block; a request is answered on a pool of job
// threads, and its connection is not read from meanwhile. Uploads go to unlinked files, so memory
// does not grow with them and nothing is left behind.
class Server {
 public:
  // Listens and answers from now on. `services` is borrowed until wait() has returned.
  // Errors: invalid (not an address, a number out of range), conflict (the port is taken), denied,
  // unavailable (spool folder).
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Services& services);
  // stop(0 s), then wait().
  ~Server();

  uint16_t port() const;

  // Takes no more connections and ends those that are idle; a request that has begun to arrive is
  // answered, with "Connection: close", if that takes no longer than `grace`. Returns at once, may
  // be called again with another grace, from any thread, not from a signal handler.
  void stop(std::chrono::seconds grace);

  // Jobs that run now; those that a client was told to look for later. One that runs when the
  // server is to end can be given up: it is begun again by whoever serves the same home next.
  size_t running_jobs();
  void give_up_jobs();

  // Returns once stop() was called and everything has ended. What a client was told has been done
  // is done: a request that is answered when the grace is over still finishes here, only its answer
  // is lost; and so does a job that runs.
  void wait();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
