// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <variant>

#include "server/http/body.h"
#include "server/http/routes/router.h"
#include "server/http/wire.h"

namespace weir::http {

// A request that may go on: where it leads, and what takes its body.
struct Plan {
  const Route* route = nullptr;
  Request request;
  std::unique_ptr<Body> body;
  bool head_only = false;  // HEAD: the answer's body stays here
};

// Decides from a request's head alone what becomes of it, or answers at once: 400 malformed, 403
// asked from a foreign site, 404, 405 with Allow, 413 too large by its own account, 415, 421 a host
// name that is not ours (docs/decisions/0062-who-may-ask-a-loopback-server.md), 417, 501.
std::variant<Plan, Response> plan_request(const Head& head, const ServerOptions& options,
                                          BytesHeld& held);

// localhost, or an address of this machine to itself in whatever form: 127.0.0.1, ::1,
// 0:0:0:0:0:0:0:1, ::ffff:127.0.0.1.
bool is_loopback(std::string_view address);

// Whether a Host field names this machine itself or one of `host_names`, at whatever port.
bool is_own_host(std::string_view host, const std::vector<std::string>& host_names);

// Whether a request that changes something comes from a page of another site, as browsers tell.
bool is_cross_site(const Head& head);

}  // namespace weir::http
