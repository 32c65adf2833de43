// SPDX-License-Identifier: Apache-2.0
#include "server/flow/readiness.h"
#include "server/http/routes/embedded.h"
#include "server/http/routes/handlers.h"
#include "server/http/routes/metrics.h"

namespace weir::http {

// The process lives and reads its sockets; nothing else is asked.
Result<Response> get_health(const Request&, Site&) {
  return json_response(200, {{"status", "ok"}, {"version", WEIR_VERSION}});
}

// Whether requests should be sent here: the store answers, the search structure stands level with
// it, decoders run, and the server is not about to stop.
Result<Response> get_ready(const Request&, Site& site) {
  const auto state = [](const Status& part) {
    return part ? std::string("ok") : std::string(name_of(part.error().code));
  };
  const Readiness parts = readiness_of(site.services);
  const bool stopping = site.stopping;
  const bool ready = parts.is_ready() && !stopping;
  Json body;
  body["status"] = ready ? "ready" : stopping ? "stopping" : "not ready";
  body["store"] = state(parts.store);
  body["snapshot"] = state(parts.snapshot);
  body["decoder"] = parts.has_decoders ? "ok" : "unavailable";
  if (!ready)
    body["error"] =
        shape_of(Error{ErrorCode::kUnavailable, "not ready; the body says what is missing"});
  return json_response(ready ? 200 : 503, body);
}

Result<Response> get_metrics(const Request&, Site& site) {
  Response response;
  response.type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = TRY(site.metrics.page(site.services));
  return response;
}

Result<Response> get_openapi(const Request&, Site&) {
  Response response;
  response.type = "application/yaml";
  response.body = openapi_yaml();
  return response;
}

Result<Response> get_page(const Request&, Site&) {
  Response response;
  response.type = "text/html; charset=utf-8";
  response.body = page_html();
  return response;
}

}  // namespace weir::http
