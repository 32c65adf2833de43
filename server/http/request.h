// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/flow/match_job.h"
#include "server/flow/services.h"
#include "server/flow/shapes.h"
#include "server/http/query.h"
#include "server/http/server.h"
#include "server/http/spool.h"

namespace weir::http {

class Metrics;

struct UploadedFile {
  std::string name;  // as the client gave it; may be empty
  SpoolFile bytes;
};

// A request that has arrived whole, as its handler sees it.
struct Request {
  // Who asks: the client's address, of IPv6 its first 64 bits, which one client has to itself.
  std::string caller;
  std::vector<std::pair<std::string_view, std::string>> captures;  // of the route, by name
  Query query;
  bool prefers_async = false;       // Prefer: respond-async
  bool is_json = false;             // which of the two kinds of body came
  std::string json;                 // the body, when it is JSON
  std::vector<UploadedFile> files;  // otherwise: in the order they came
  Query fields;                     // and what else the form said

  // The text that stood for {name} in the address.
  const std::string& capture(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // When there is one, the body is what it gives, piece by piece, until it gives nothing; asked
  // twice a second on a job thread. An empty piece sends nothing.
  std::function<std::optional<std::string>()> next_event;
};

// What handlers stand on besides the request.
struct Site {
  const ServerOptions& options;
  Services& services;
  MatchJobs& jobs;
  Metrics& metrics;
  const std::atomic<bool>& stopping;
};

Response json_response(int status, const Json& body);

// The one place where an ErrorCode becomes a status: invalid 400, not_found 404, conflict 409,
// denied 403, corrupt 422, limit 413, unavailable 503.
int status_of(ErrorCode code);
// {"error":{"code","message"}}; 503 also says when to ask again.
Response error_response(const Error& error);
Response error_response(int status, const Error& error);

// The standard phrase of a status, such as "Not Found".
std::string_view reason_of(int status);

}  // namespace weir::http
