// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "server/http/request.h"
#include "server/http/routes/router.h"

namespace weir::http {

// Takes the bytes of one request's body as they arrive and turns them into what a handler reads.
class Body {
 public:
  virtual ~Body() = default;
  // Errors: limit, invalid, unavailable (disk full). After an error only destruction is allowed.
  virtual Status take(std::string_view bytes) = 0;
  // The body is complete: moves it into `request`. Errors: invalid when it ended too early.
  virtual Status finish(Request& request) = 0;
  // True when take() writes to disk, and so may block.
  virtual bool writes() const { return false; }
};

// JSON bodies that lie in memory now, of all requests.
using BytesHeld = std::atomic<uint64_t>;

// The body for a route and a Content-Type; nothing when that type is not taken there (415).
// `options` and `held` outlive it. Errors: invalid (multipart without a boundary).
Result<std::unique_ptr<Body>> body_for(Accepts accepts, std::string_view content_type,
                                       const ServerOptions& options, BytesHeld& held);

// The types that a route takes, for people: "application/json, multipart/form-data, ...".
std::string_view types_of(Accepts accepts);

}  // namespace weir::http
