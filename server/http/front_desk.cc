// SPDX-License-Identifier: Apache-2.0
#include "server/http/front_desk.h"

#include <boost/asio/ip/address.hpp>

#include "server/http/text.h"
#include "weir/base/utf8.h"

namespace weir::http {
namespace {

Response refuse(int status, std::string message, ErrorCode code = ErrorCode::kInvalid) {
  return error_response(status, {code, std::move(message)});
}

// "http://host:1/path" is split as a proxy would send it; others have no authority of their own.
struct Target {
  std::string_view authority;
  std::string_view path;
  std::string_view query;
};
Target split(std::string_view target) {
  Target result;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    result.authority = target.substr(0, target.find_first_of("/?"));
    target.remove_prefix(result.authority.size());
    if (!target.starts_with('/')) result.path = "/";
    break;
  }
  const size_t question = target.find('?');
  if (result.path.empty()) result.path = target.substr(0, question);
  if (question != target.npos) result.query = target.substr(question + 1);
  return result;
}

// What the head itself must be, whatever the route.
std::optional<Response> check_head(const Head& head, const Target& target,
                                   const ServerOptions& options) {
  if (head.hosts > 1 || (head.version == 11 && head.hosts == 0))
    return refuse(400, "an HTTP/1.1 request has exactly one Host field");
  if (!head.transfer_encoding.empty() && !equal_ignoring_case(head.transfer_encoding, "chunked"))
    return refuse(501, "Transfer-Encoding other than chunked is not known here");
  if (!head.content_encoding.empty() && !equal_ignoring_case(head.content_encoding, "identity"))
    return refuse(415, "the body's Content-Encoding is " + printable(head.content_encoding) +
                           ", which is not undone here: send it without compression");
  if (!head.expect.empty() && !equal_ignoring_case(head.expect, "100-continue"))
    return refuse(417, "Expect other than 100-continue is not known here");
  const std::string_view host = target.authority.empty() ? head.host : target.authority;
  if (is_loopback(options.address) && !host.empty() && !is_own_host(host, options.host_names))
    return refuse(421,
                  "this server listens on a loopback address and is not asked under that name; use "
                  "localhost, or put the name into server.host_names",
                  ErrorCode::kDenied);
  if (is_cross_site(head))
    return refuse(403, "a page of another site may not send this request", ErrorCode::kDenied);
  if (head.content_length.value_or(0) > options.body_bytes)
    return refuse(413,
                  "the body has more than the " + std::to_string(options.body_bytes) +
                      " bytes that server.request_mib allows",
                  ErrorCode::kLimit);
  return std::nullopt;
}

// RFC 7240: tokens with commas between them, each perhaps with parameters.
bool prefers_async(std::string_view prefer) {
  while (!prefer.empty()) {
    const size_t comma = prefer.find(',');
    std::string_view one = prefer.substr(0, comma);
    prefer = comma == prefer.npos ? std::string_view() : prefer.substr(comma + 1);
    one = one.substr(0, one.find(';'));
    const size_t first = one.find_first_not_of(" \t");
    if (first == one.npos) continue;
    one = one.substr(first, one.find_last_not_of(" \t") + 1 - first);
    if (equal_ignoring_case(one, "respond-async")) return true;
  }
  return false;
}

}  // namespace

std::variant<Plan, Response> plan_request(const Head& head, const ServerOptions& options,
                                          BytesHeld& held) {
  const Target target = split(head.target);
  if (auto refusal = check_head(head, target, options)) return std::move(*refusal);

  auto place = find_route(head.method, target.path);
  if (std::holds_alternative<NoSuchPath>(place))
    return refuse(404, "no such path; /openapi.yaml lists them", ErrorCode::kNotFound);
  if (const auto* wrong = std::get_if<WrongMethod>(&place)) {
    Response response = refuse(405, "this path answers " + wrong->allow);
    response.headers.emplace_back("Allow", wrong->allow);
    return response;
  }
  auto& found = std::get<Found>(place);

  Plan plan;
  plan.route = found.route;
  plan.request.captures = std::move(found.captures);
  plan.head_only = head.method == "HEAD";
  plan.request.prefers_async = prefers_async(head.prefer);
  auto query = Query::parse(target.query);
  if (!query) return error_response(query.error());
  plan.request.query = std::move(*query);
  auto body = body_for(plan.route->accepts, head.content_type, options, held);
  if (!body) return error_response(body.error());
  if (!*body) return refuse(415, "this path takes " + std::string(types_of(plan.route->accepts)));
  plan.body = std::move(*body);
  return plan;
}

bool is_loopback(std::string_view address) {
  if (equal_ignoring_case(address, "localhost")) return true;
  boost::system::error_code none;
  const auto parsed = boost::asio::ip::make_address(std::string(address), none);
  if (none) return false;
  if (parsed.is_v4()) return parsed.is_loopback();
  const auto v6 = parsed.to_v6();
  return v6.is_loopback() ||
         (v6.is_v4_mapped() &&
          boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6).is_loopback());
}

bool is_own_host(std::string_view host, const std::vector<std::string>& host_names) {
  const bool has_bracket = host.starts_with('[');
  const size_t bracket = has_bracket ? host.find(']') : 0;
  if (bracket == host.npos) return false;
  const std::string_view name = host.substr(0, host.find(':', bracket));
  if (has_bracket ? name.ends_with(']') && is_loopback(name.substr(1, name.size() - 2))
                  : name.find(':') == name.npos && is_loopback(name))
    return true;
  for (const std::string& own : host_names)
    if (equal_ignoring_case(name, own)) return true;
  return false;
}

bool is_cross_site(const Head& head) {
  if (head.method == "GET" || head.method == "HEAD") return false;
  if (!head.fetch_site.empty())
    return head.fetch_site != "same-origin" && head.fetch_site != "none";
  if (head.origin.empty()) return false;
  const size_t scheme = head.origin.find("://");
  return scheme == head.origin.npos ||
         !equal_ignoring_case(std::string_view(head.origin).substr(scheme + 3), head.host);
}

}  // namespace weir::http
