// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "server/http/request.h"

namespace weir::http {

enum class Method : uint8_t { kGet, kPost, kPatch, kDelete };
std::string_view name_of(Method method);  // "GET", ...

// What a route's body may be.
enum class Accepts : uint8_t { kNothing, kJson, kFiles, kJsonOrFiles };

// Who may ask. There is no sign-in yet: all that reaches the server may ask for everything.
enum class Permission : uint8_t { kOpen };
std::string_view name_of(Permission permission);  // "open"

using Handler = Result<Response> (*)(const Request& request, Site& site);

// A row says all that is known of a route before its handler runs. None has a default, so that a
// route without a permission does not compile.
struct Route {
  Method method;
  std::string_view pattern;  // "/v1/banks/{bank}": a part in braces stands for one part of a path
  Permission permission;
  // The parameters that the address may have, with blanks between; "*" for any.
  std::string_view query;
  Accepts accepts;
  std::string_view body;    // schema of a JSON body on the page, "NewBank"; empty: it takes none
  std::string_view answer;  // schema of what is answered, "Bank"; or its type, "text/plain"
  Handler handler;
  // Answered on the I/O thread itself, however busy the job threads are: only what cannot block.
  bool at_once;
};

// Every route, once: openapi.yaml says the same, and a test holds the two together.
std::span<const Route> all_routes();

// What the route's handler says. Errors: invalid for a parameter that the route does not take; of
// its handler.
Result<Response> handle(const Route& route, const Request& request, Site& site);

struct Found {
  const Route* route = nullptr;
  std::vector<std::pair<std::string_view, std::string>> captures;
};
struct NoSuchPath {};
struct WrongMethod {
  std::string allow;  // the methods that the path has, for the Allow field
};

// `path` is as it was sent, percent-encoded; HEAD finds the route of GET.
std::variant<Found, NoSuchPath, WrongMethod> find_route(std::string_view method,
                                                        std::string_view path);

}  // namespace weir::http
