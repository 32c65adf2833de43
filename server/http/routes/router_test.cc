// SPDX-License-Identifier: Apache-2.0
#include "server/http/routes/router.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "server/http/front_desk.h"
#include "server/http/json_body.h"
#include "server/http/routes/embedded.h"

namespace weir::http {
namespace {

std::string found(std::string_view method, std::string_view path) {
  auto place = find_route(method, path);
  if (std::holds_alternative<NoSuchPath>(place)) return "404";
  if (const auto* wrong = std::get_if<WrongMethod>(&place)) return "405 " + wrong->allow;
  const Found& route = std::get<Found>(place);
  std::string text(route.route->pattern);
  for (const auto& [name, value] : route.captures) text += " " + std::string(name) + "=" + value;
  return text;
}

TEST(Router, FindsEveryRouteByItsOwnPattern) {
  for (const Route& route : all_routes()) {
    auto place = find_route(name_of(route.method), route.pattern);
    ASSERT_TRUE(std::holds_alternative<Found>(place)) << route.pattern;
    EXPECT_EQ(std::get<Found>(place).route, &route);
  }
}

TEST(Router, TakesPathsApart) {
  EXPECT_EQ(found("GET", "/v1/banks/A%20B"), "/v1/banks/{bank} bank=A B");
  EXPECT_EQ(found("HEAD", "/v1/banks/A/entries/7"), "/v1/banks/{bank}/entries/{id} bank=A id=7");
  EXPECT_EQ(found("GET", "/"), "/");
  EXPECT_EQ(found("GET", "/%76%31/banks"), "/v1/banks");
  for (const char* path : {"", "*", "//", "/v1", "/v1/banks/", "/v1/banks//entries", "/v1/match/x",
                           "/v1/banks/%zz", "/../v1/banks", "/V1/banks", "v1/banks"})
    EXPECT_EQ(found("GET", path), "404") << path;
}

TEST(Router, SaysWhichMethodsAPathHas) {
  EXPECT_EQ(found("PUT", "/v1/banks"), "405 GET, HEAD, POST");
  EXPECT_EQ(found("GET", "/v1/match"), "405 POST");
  EXPECT_EQ(found("HEAD", "/v1/match"), "405 POST");
  EXPECT_EQ(found("get", "/healthz"), "405 GET, HEAD");
  EXPECT_EQ(found("OPTIONS", "/v1/banks/A"), "405 GET, HEAD, PATCH, DELETE");
}

// What the page says of each method of each path, as "/v1/match post", told without a YAML parser:
// paths stand at two blanks, their methods at four.
std::map<std::string, std::string> described_routes() {
  std::map<std::string, std::string> described;
  std::string path, route;
  std::string_view text = openapi_yaml();
  text = text.substr(text.find("\npaths:\n"));
  text = text.substr(0, text.find("\ncomponents:\n"));
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.starts_with("  /") && line.ends_with(":")) path = line.substr(2, line.size() - 3);
    for (const char* method : {"get", "post", "patch", "delete", "put"})
      if (line == "    " + std::string(method) + ":") route = path + " " + method;
    if (!route.empty()) described[route] += std::string(line) + "\n";
  }
  return described;
}

std::string name_on_page(const Route& route) {
  std::string method(name_of(route.method));
  for (char& c : method) c = static_cast<char>(std::tolower(c));
  return std::string(route.pattern) + " " + method;
}

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != text.npos;
}

TEST(OpenApi, DescribesExactlyTheRoutes) {
  std::set<std::string> described, routed;
  for (const auto& [route, text] : described_routes()) described.insert(route);
  for (const Route& route : all_routes()) routed.insert(name_on_page(route));
  EXPECT_EQ(described, routed);
}

// By the names of the schemas: bodies.h and shapes.h read and write what these describe, and the
// system tests hold every answer against them.
TEST(OpenApi, NamesOfEachRouteWhatTheTableNames) {
  const auto described = described_routes();
  for (const Route& route : all_routes()) {
    const std::string& text = described.at(name_on_page(route));
    const auto refers_to = [&](std::string_view name) {
      return says(text, "'#/components/schemas/" + std::string(name) + "'") ||
             says(text, "'#/components/responses/" + std::string(name) + "'");
    };
    EXPECT_TRUE(says(text, "x-permission: " + std::string(name_of(route.permission)) + "\n"))
        << name_on_page(route);
    EXPECT_EQ(route.body.empty(), !says(text, "\n          application/json: {schema"))
        << name_on_page(route);
    EXPECT_TRUE(route.body.empty() || refers_to(route.body)) << name_on_page(route);
    EXPECT_TRUE(says(route.answer.data(), "/") ? says(text, route.answer) : refers_to(route.answer))
        << name_on_page(route);
    EXPECT_EQ(route.accepts != Accepts::kNothing, says(text, "requestBody:"))
        << name_on_page(route);
  }
}

TEST(Errors, HaveTheirStatuses) {
  EXPECT_EQ(status_of(ErrorCode::kInvalid), 400);
  EXPECT_EQ(status_of(ErrorCode::kNotFound), 404);
  EXPECT_EQ(status_of(ErrorCode::kConflict), 409);
  EXPECT_EQ(status_of(ErrorCode::kDenied), 403);
  EXPECT_EQ(status_of(ErrorCode::kCorrupt), 422);
  EXPECT_EQ(status_of(ErrorCode::kLimit), 413);
  EXPECT_EQ(status_of(ErrorCode::kUnavailable), 503);
  const Response response = error_response(Error{ErrorCode::kUnavailable, "no \xff"});
  EXPECT_TRUE(Json::accept(response.body));
  EXPECT_EQ(response.headers.at(0).first, "Retry-After");
}

struct Asked {
  int status = 0;  // 0: it may go on
  std::string body;
};
Asked ask(const Head& head, ServerOptions options = {}) {
  BytesHeld held{0};
  auto decision = plan_request(head, options, held);
  const auto* response = std::get_if<Response>(&decision);
  return response ? Asked{response->status, response->body} : Asked{};
}
Head head(std::string method, std::string target) {
  Head result;
  result.method = std::move(method);
  result.target = std::move(target);
  result.host = "localhost:8787";
  result.hosts = 1;
  return result;
}

TEST(FrontDesk, AsksForOneHostThatIsOurs) {
  Head request = head("GET", "/healthz");
  EXPECT_EQ(ask(request).status, 0);
  for (const char* own :
       {"127.0.0.1", "127.0.0.1:1", "[::1]:8787", "[::1]", "LOCALHOST", "localhost:8787"}) {
    request.host = own;
    EXPECT_EQ(ask(request).status, 0) << own;
  }
  for (const char* foreign : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80",
                              "[::2]", "[::1", "10.0.0.1", "localhost@evil"}) {
    request.host = foreign;
    EXPECT_EQ(ask(request).status, 421) << foreign;
  }
  ServerOptions options;
  options.host_names = {"weir.test"};
  request.host = "Weir.Test:80";
  EXPECT_EQ(ask(request, options).status, 0);
  request.host = "evil.example";
  options.address = "0.0.0.0";
  EXPECT_EQ(ask(request, options).status, 0);
  request.hosts = 2;
  EXPECT_EQ(ask(request, options).status, 400);
  request.hosts = 0;
  EXPECT_EQ(ask(request, options).status, 400);
  request.version = 10;
  request.host = "";
  EXPECT_EQ(ask(request, options).status, 0);
  request = head("GET", "http://evil.example/healthz");
  EXPECT_EQ(ask(request).status, 421);
  request.target = "http://localhost:8787/healthz?";
  EXPECT_EQ(ask(request).status, 0);
}

TEST(FrontDesk, RefusesPagesOfOtherSites) {
  Head request = head("POST", "/v1/banks");
  request.content_type = "application/json";
  EXPECT_EQ(ask(request).status, 0);
  request.origin = "http://localhost:8787";
  EXPECT_EQ(ask(request).status, 0);
  for (const char* origin :
       {"http://evil.example", "null", "http://localhost:1", "https://localhost"}) {
    request.origin = origin;
    EXPECT_EQ(ask(request).status, 403) << origin;
  }
  request.fetch_site = "same-origin";
  EXPECT_EQ(ask(request).status, 0);
  request.origin = "http://localhost:8787";
  for (const char* site : {"cross-site", "same-site", "x"}) {
    request.fetch_site = site;
    EXPECT_EQ(ask(request).status, 403) << site;
  }
  request.method = "GET";
  EXPECT_EQ(ask(request).status, 0);
}

TEST(FrontDesk, RefusesBodiesThatItWouldNotRead) {
  Head request = head("POST", "/v1/banks");
  EXPECT_EQ(ask(request).status, 415);
  request.content_type = "text/plain";
  EXPECT_EQ(ask(request).status, 415);
  request.content_type = "application/json; charset=utf-8";
  EXPECT_EQ(ask(request).status, 0);
  request.content_length = 5ull << 30;
  EXPECT_EQ(ask(request).status, 413);
  EXPECT_NE(ask(request).body.find("server.request_mib"), std::string::npos);
  request.content_length = 5;
  request.content_encoding = "gzip";
  EXPECT_EQ(ask(request).status, 415);
  EXPECT_NE(ask(request).body.find("without compression"), std::string::npos);
  request.content_encoding = "Identity";
  EXPECT_EQ(ask(request).status, 0);
  request.content_encoding = "";
  request.transfer_encoding = "gzip, chunked";
  EXPECT_EQ(ask(request).status, 501);
  request.transfer_encoding = "Chunked";
  EXPECT_EQ(ask(request).status, 0);
  request.expect = "200-ok";
  EXPECT_EQ(ask(request).status, 417);
  request = head("POST", "/v1/hash");
  request.content_type = "application/json";
  EXPECT_EQ(ask(request).status, 415);
  request.content_type = "multipart/form-data";
  EXPECT_EQ(ask(request).status, 400);
  request.content_type = "image/png";
  EXPECT_EQ(ask(request).status, 0);
  request.target = "/v1/hash?name=%";
  EXPECT_EQ(ask(request).status, 400);
}

TEST(JsonBodies, AreObjectsOfBoundedDepth) {
  EXPECT_TRUE(parse_json_object("{\"a\":\"[[[[{\\\"\"}"));
  EXPECT_TRUE(parse_json_object("{\"a\":" + std::string(31, '[') + std::string(31, ']') + "}"));
  EXPECT_FALSE(parse_json_object("{\"a\":" + std::string(32, '[') + std::string(32, ']') + "}"));
  EXPECT_FALSE(parse_json_object(std::string(1'000'000, '[')));
  for (const char* bad :
       {"", "[]", "1", "{", "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}", "{} {}", "{'a':1}"})
    EXPECT_FALSE(parse_json_object(bad)) << bad;
}

TEST(JsonBodies, AreReadStrictly) {
  const Json body = *parse_json_object(R"({"t":"x","n":1,"l":["a","b"],"e":[]})");
  EXPECT_EQ(**text_under(body, "t"), "x");
  EXPECT_EQ(*text_under(body, "none"), std::nullopt);
  EXPECT_FALSE(text_under(body, "n"));
  EXPECT_EQ(texts_under(body, "l")->size(), 2u);
  EXPECT_FALSE(texts_under(body, "t"));
  EXPECT_EQ(*array_under(body, "none", 1), nullptr);
  EXPECT_EQ(array_under(body, "l", 1).error().code, ErrorCode::kLimit);
  EXPECT_FALSE(array_under(body, "e", 1));
  EXPECT_TRUE(only_keys(body, {"t", "n", "l", "e"}));
  EXPECT_FALSE(only_keys(body, {"t", "n", "l"}));
}

}  // namespace
}  // namespace weir::http
