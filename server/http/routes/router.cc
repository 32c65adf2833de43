// SPDX-License-Identifier: Apache-2.0
#include "server/http/routes/router.h"

#include <optional>

#include "server/http/json_body.h"
#include "server/http/routes/handlers.h"
#include "server/http/text.h"

namespace weir::http {
namespace {

std::vector<std::string_view> words_in(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// Reads a JSON body with `read` before `act` sees it.
template <auto read, auto act>
Result<Response> json(const Request& request, Site& site) {
  return act(request, TRY(read(TRY(parse_json_object(request.json)))), site);
}
// The same where a body may be files instead.
template <auto read, auto act, Handler act_on_files>
Result<Response> json_or_files(const Request& request, Site& site) {
  return request.is_json ? json<read, act>(request, site) : act_on_files(request, site);
}

constexpr auto kGet = Method::kGet, kPost = Method::kPost, kPatch = Method::kPatch,
               kDelete = Method::kDelete;
constexpr auto kOpen = Permission::kOpen;
constexpr auto kNothing = Accepts::kNothing, kJson = Accepts::kJson, kFiles = Accepts::kFiles,
               kJsonOrFiles = Accepts::kJsonOrFiles;

// What checks a service from outside may put anything behind the path.
constexpr std::string_view kAnyQuery = "*";

// clang-format off
constexpr Route kRoutes[] = {
    {kPost, "/v1/match", kOpen, "bank name async", kJsonOrFiles, "MatchRequest", "Matched",
     json_or_files<match_request_from, post_match, post_match_files>, false},
    {kPost, "/v1/hash", kOpen, "name", kFiles, "", "Hashed", post_hash, false},
    {kGet, "/v1/jobs/{id}", kOpen, "", kNothing, "", "Job", get_job, false},
    {kGet, "/v1/jobs/{id}/events", kOpen, "", kNothing, "", "text/event-stream",
     get_job_events, false},
    {kGet, "/v1/banks", kOpen, "", kNothing, "", "Banks", get_banks, false},
    {kPost, "/v1/banks", kOpen, "", kJson, "NewBank", "Bank",
     json<new_bank_from, post_bank>, false},
    {kGet, "/v1/banks/{bank}", kOpen, "", kNothing, "", "Bank", get_bank, false},
    {kPatch, "/v1/banks/{bank}", kOpen, "", kJson, "BankChange", "Bank",
     json<bank_change_from, patch_bank>, false},
    {kDelete, "/v1/banks/{bank}", kOpen, "", kNothing, "", "Bank", delete_bank, false},
    {kGet, "/v1/banks/{bank}/entries", kOpen, "limit after state", kNothing, "", "EntryPage",
     get_entries, false},
    {kPost, "/v1/banks/{bank}/entries", kOpen, "name", kJsonOrFiles, "NewEntries", "Added",
     json_or_files<new_entries_from, post_entries, post_files_as_entries>, false},
    {kGet, "/v1/banks/{bank}/entries/{id}", kOpen, "", kNothing, "", "Entry", get_entry, false},
    {kPatch, "/v1/banks/{bank}/entries/{id}", kOpen, "", kJson, "EntryChange", "Entry",
     json<entry_change_from, patch_entry>, false},
    {kDelete, "/v1/banks/{bank}/entries/{id}", kOpen, "", kNothing, "", "Entry",
     delete_entry, false},
    {kGet, "/healthz", kOpen, kAnyQuery, kNothing, "", "Health", get_health, true},
    {kGet, "/readyz", kOpen, kAnyQuery, kNothing, "", "Readiness", get_ready, false},
    {kGet, "/metrics", kOpen, kAnyQuery, kNothing, "", "text/plain", get_metrics, false},
    {kGet, "/openapi.yaml", kOpen, kAnyQuery, kNothing, "", "application/yaml", get_openapi, true},
    {kGet, "/", kOpen, kAnyQuery, kNothing, "", "text/html", get_page, true},
};
// clang-format on

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

std::string_view name_of(Permission permission) {
  switch (permission) {
    case Permission::kOpen:
      return "open";
  }
  return "open";
}

Result<Response> handle(const Route& route, const Request& request, Site& site) {
  if (route.query != kAnyQuery) TRY(request.query.only(words_in(route.query)));
  return route.handler(request, site);
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
