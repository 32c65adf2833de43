// SPDX-License-Identifier: Apache-2.0
#include "server/http/routes/router.h"

#include <optional>

#include "server/http/routes/handlers.h"
#include "server/http/text.h"

namespace weir::http {
namespace {

constexpr Route kRoutes[] = {
    {Method::kPost, "/v1/match", Accepts::kJsonOrFiles, post_match},
    {Method::kPost, "/v1/hash", Accepts::kFiles, post_hash},
    {Method::kGet, "/v1/jobs/{id}", Accepts::kNothing, get_job},
    {Method::kGet, "/v1/jobs/{id}/events", Accepts::kNothing, get_job_events},
    {Method::kGet, "/v1/banks", Accepts::kNothing, get_banks},
    {Method::kPost, "/v1/banks", Accepts::kJson, post_bank},
    {Method::kGet, "/v1/banks/{bank}", Accepts::kNothing, get_bank},
    {Method::kPatch, "/v1/banks/{bank}", Accepts::kJson, patch_bank},
    {Method::kDelete, "/v1/banks/{bank}", Accepts::kNothing, delete_bank},
    {Method::kGet, "/v1/banks/{bank}/entries", Accepts::kNothing, get_entries},
    {Method::kPost, "/v1/banks/{bank}/entries", Accepts::kJsonOrFiles, post_entries},
    {Method::kGet, "/v1/banks/{bank}/entries/{id}", Accepts::kNothing, get_entry},
    {Method::kPatch, "/v1/banks/{bank}/entries/{id}", Accepts::kJson, patch_entry},
    {Method::kDelete, "/v1/banks/{bank}/entries/{id}", Accepts::kNothing, delete_entry},
    {Method::kGet, "/healthz", Accepts::kNothing, get_health, true},
    {Method::kGet, "/readyz", Accepts::kNothing, get_ready},
    {Method::kGet, "/metrics", Accepts::kNothing, get_metrics},
    {Method::kGet, "/openapi.yaml", Accepts::kNothing, get_openapi, true},
    {Method::kGet, "/", Accepts::kNothing, get_page, true},
};

// The part up to the next '/', taken off the front together with it.
std::string_view take_part(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  return part;
}

std::optional<Found> fit(const Route& route, std::string_view path) {
  Found found{&route, {}};
  std::string_view pattern = route.pattern;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view want = take_part(pattern);
    auto part = percent_decode(take_part(path), false);
    if (!part) return std::nullopt;
    if (want.starts_with('{')) {
      if (part->empty()) return std::nullopt;
      found.captures.emplace_back(want.substr(1, want.size() - 2), std::move(*part));
    } else if (*part != want) {
      return std::nullopt;
    }
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return found;
}

}  // namespace

std::string_view name_of(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPost:
      return "POST";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
  }
  return "GET";
}

std::span<const Route> all_routes() {
  return kRoutes;
}

std::variant<Found, NoSuchPath, WrongMethod> find_route(std::string_view method,
                                                        std::string_view path) {
  if (!path.starts_with('/')) return NoSuchPath{};
  std::string allow;
  for (const Route& route : kRoutes) {
    auto found = fit(route, path);
    if (!found) continue;
    const bool head = method == "HEAD" && route.method == Method::kGet;
    if (head || method == name_of(route.method)) return std::move(*found);
    if (!allow.empty()) allow += ", ";
    allow += name_of(route.method);
    if (route.method == Method::kGet) allow += ", HEAD";
  }
  if (allow.empty()) return NoSuchPath{};
  return WrongMethod{std::move(allow)};
}

}  // namespace weir::http
