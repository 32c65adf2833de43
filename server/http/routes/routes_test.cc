// SPDX-License-Identifier: Apache-2.0
//
// What each route answers, over real sockets with the real store and decoder.
#include "server/http/server_for_test.h"
#include "weir/base/hex.h"

namespace weir::http {
namespace {

class Routes : public RealServer {
 protected:
  void SetUp() override {
    RealServer::SetUp();
    start();
    ASSERT_EQ(ask(with_json("POST", "/v1/banks", {{"name", "A"}})).status, 201);
  }
  Answer form_to(std::string_view path, const std::string& parts) {
    return ask(with_body("POST", path, kFormType, form(parts)));
  }
  Answer json_to(std::string_view method, std::string_view path, const Json& body) {
    return ask(with_json(method, path, body));
  }
};

std::string code_of(const Answer& answer) {
  const Json json = answer.json();
  return json.is_object() && json.contains("error") ? json["error"]["code"].get<std::string>() : "";
}
Json sha256_signal(char digit) {
  return {{"kind", "sha256"}, {"value", std::string(64, digit)}};
}

TEST_F(Routes, AnAddedPictureIsFoundAtOnce) {
  const Answer added = form_to("/v1/banks/A/entries", field_part("labels", R"({"case":"7"})") +
                                                          file_part("dir/one.bmp", picture(1)));
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(added.json()["status"], "new");
  EXPECT_EQ(added.json()["name"], "one.bmp");
  EXPECT_EQ(added.json()["labels"]["case"], "7");
  const Json id = added.json()["id"];

  const Answer again = form_to("/v1/banks/A/entries", file_part("copy.bmp", picture(1)));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.json()["status"], "present");
  EXPECT_EQ(again.json()["id"], id);

  const Answer match = form_to("/v1/match?bank=A", file_part("q.bmp", picture(1)));
  ASSERT_EQ(match.status, 200) << match.body;
  EXPECT_EQ(match.json()["path"], "q.bmp");
  EXPECT_EQ(match.json()["media"], "image");
  EXPECT_EQ(match.json()["matches"].at(0)["entry"], id);
  EXPECT_EQ(match.json()["matches"].at(0)["kind"], "exact");
  EXPECT_EQ(form_to("/v1/match", file_part("q.bmp", picture(2))).json()["matches"].size(), 0u);
}

TEST_F(Routes, SeveralFilesAreAnsweredInOrderWithErrorsInTheirPlace) {
  form_to("/v1/banks/A/entries", file_part("one.bmp", picture(1)));
  const Answer match = form_to("/v1/match", file_part("none.bmp", picture(2)) +
                                                file_part("bad.bmp", "not a picture") +
                                                file_part("one.bmp", picture(1)));
  ASSERT_EQ(match.status, 200) << match.body;
  const Json results = match.json()["results"];
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0]["matches"].size(), 0u);
  EXPECT_EQ(results[1]["path"], "bad.bmp");
  EXPECT_EQ(results[1]["error"]["code"], "invalid");
  EXPECT_EQ(results[2]["matches"].size(), 1u);

  const Answer alone = form_to("/v1/match", file_part("bad.bmp", "not a picture"));
  EXPECT_EQ(alone.status, 400);
  EXPECT_EQ(code_of(alone), "invalid");
  EXPECT_GE(metric("weir_decoder_failures_total{code=\"invalid\"}"), 2);
}

TEST_F(Routes, RawBodiesAreFiles) {
  const std::string bmp = picture(3);
  const Answer raw = ask(with_body("POST", "/v1/hash?name=x%20y.bmp", "image/bmp", bmp));
  const Answer sent = form_to("/v1/hash", file_part("x y.bmp", bmp));
  ASSERT_EQ(raw.status, 200) << raw.body;
  EXPECT_EQ(raw.body, sent.body);
  EXPECT_EQ(raw.json()["path"], "x y.bmp");
  EXPECT_EQ(raw.json()["bytes"], bmp.size());
  EXPECT_EQ(ask(with_body("POST", "/v1/hash", "application/octet-stream", "")).status, 400);
  EXPECT_EQ(ask(with_body("POST", "/v1/hash", "text/plain", bmp)).status, 415);
  EXPECT_EQ(form_to("/v1/hash", field_part("x", "no file")).status, 400);
  const Answer nameless =
      form_to("/v1/hash",
              "--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Type: image/bmp"
              "\r\n\r\n" +
                  bmp + "\r\n");
  ASSERT_EQ(nameless.status, 200) << nameless.body;
  EXPECT_EQ(nameless.json()["sha256"], sent.json()["sha256"]);
  EXPECT_EQ(form_to("/v1/hash", "").status, 400);
}

TEST_F(Routes, SignalsMatchWithoutAFile) {
  const Json hashed = form_to("/v1/hash", file_part("x.bmp", picture(4))).json();
  form_to("/v1/banks/A/entries", file_part("x.bmp", picture(4)));
  const Json signals = hashed["signals"];
  const Answer one = json_to("POST", "/v1/match", {{"signals", signals}, {"banks", {"A"}}});
  ASSERT_EQ(one.status, 200) << one.body;
  EXPECT_EQ(one.json()["matches"].size(), 1u);
  const Json several = {
      {"items", {{{"signals", signals}}, {{"signals", Json::array({sha256_signal('0')})}}}}};
  const Answer two = json_to("POST", "/v1/match", several);
  ASSERT_EQ(two.status, 200) << two.body;
  EXPECT_EQ(two.json()["results"][0]["matches"].size(), 1u);
  EXPECT_EQ(two.json()["results"][1]["matches"].size(), 0u);

  EXPECT_EQ(json_to("POST", "/v1/match", {{"signals", signals}, {"banks", {"NONE"}}}).status, 404);
  EXPECT_EQ(json_to("POST", "/v1/match", Json::object()).status, 400);
  EXPECT_EQ(json_to("POST", "/v1/match", {{"signals", Json::array()}}).status, 400);
  EXPECT_EQ(json_to("POST", "/v1/match", {{"signals", {{{"kind", "pdq"}, {"value", "0"}}}}}).status,
            400);
  EXPECT_EQ(json_to("POST", "/v1/match", {{"signals", signals}, {"bank", "A"}}).status, 400);
}

TEST_F(Routes, BanksAreMadeChangedAndRetired) {
  const Answer made = json_to("POST", "/v1/banks", {{"name", "B"}, {"description", "text"}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.fields.at("Location"), "/v1/banks/B");
  EXPECT_EQ(json_to("POST", "/v1/banks", {{"name", "B"}}).status, 409);
  EXPECT_EQ(json_to("POST", "/v1/banks", {{"name", "lower"}}).status, 400);
  EXPECT_EQ(json_to("POST", "/v1/banks", {{"nam", "C"}}).status, 400);
  EXPECT_EQ(ask(get("/v1/banks/B")).json(), made.json());
  EXPECT_EQ(ask(get("/v1/banks")).json()["banks"].size(), 2u);
  EXPECT_EQ(ask(get("/v1/banks/NONE")).status, 404);
  EXPECT_EQ(ask(get("/v1/banks/B?x=1")).status, 400);

  EXPECT_EQ(json_to("PATCH", "/v1/banks/B", {{"description", "new"}}).json()["description"], "new");
  EXPECT_EQ(json_to("PATCH", "/v1/banks/B", {{"state", "gone"}}).status, 400);
  EXPECT_EQ(json_to("PATCH", "/v1/banks/B", {{"state", 1}}).status, 400);
  const std::string erase = "DELETE /v1/banks/B HTTP/1.1\r\nHost: localhost\r\n\r\n";
  EXPECT_EQ(ask(erase).json()["state"], "retired");
  EXPECT_EQ(ask(erase).status, 200);
  EXPECT_EQ(json_to("POST", "/v1/banks/B/entries", {{"signals", {sha256_signal('1')}}}).status,
            409);
  EXPECT_EQ(json_to("POST", "/v1/match?bank=B", {{"signals", {sha256_signal('1')}}}).status, 409);
  EXPECT_EQ(json_to("PATCH", "/v1/banks/B", {{"state", "active"}}).json()["state"], "active");
}

TEST_F(Routes, EntriesComeInPages) {
  Json entries = Json::array();
  for (int i = 0; i < 7; ++i)
    entries.push_back({{"signals", {sha256_signal(static_cast<char>('0' + i))}},
                       {"name", "n" + std::to_string(i)}});
  const Answer added = json_to("POST", "/v1/banks/A/entries", {{"entries", entries}});
  ASSERT_EQ(added.status, 201) << added.body;
  ASSERT_EQ(added.json()["results"].size(), 7u);
  EXPECT_EQ(json_to("POST", "/v1/banks/A/entries", {{"entries", entries}}).status, 200);

  std::vector<std::string> names;
  std::string after;
  for (int page = 0; page < 9; ++page) {
    const Json got = ask(get("/v1/banks/A/entries?limit=3" + after)).json();
    for (const Json& entry : got["entries"]) names.push_back(entry["name"]);
    if (got["next"].is_null()) break;
    EXPECT_EQ(got["entries"].size(), 3u);
    after = "&after=" + std::to_string(got["next"].get<int>());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"n0", "n1", "n2", "n3", "n4", "n5", "n6"}));

  for (const char* bad :
       {"limit=0", "limit=1001", "limit=x", "after=-1", "state=gone", "limit=1&limit=2"})
    EXPECT_EQ(ask(get("/v1/banks/A/entries?" + std::string(bad))).status, 400) << bad;
}

TEST_F(Routes, AMalformedEntryLeavesTheBankAsItWas) {
  const Json entries = {{{"signals", {sha256_signal('1')}}}, {{"signals", {sha256_signal('x')}}}};
  EXPECT_EQ(json_to("POST", "/v1/banks/A/entries", {{"entries", entries}}).status, 400);
  EXPECT_EQ(ask(get("/v1/banks/A")).json()["entries"], 0);
}

TEST_F(Routes, AnEntryBelongsToItsBank) {
  json_to("POST", "/v1/banks", {{"name", "B"}});
  const Json id = json_to("POST", "/v1/banks/A/entries",
                          {{"signals", {sha256_signal('1')}}, {"labels", {{"k", "v"}}}})
                      .json()["id"];
  const std::string place = "/entries/" + std::to_string(id.get<int>());
  EXPECT_EQ(ask(get("/v1/banks/A" + place)).json()["labels"]["k"], "v");
  EXPECT_EQ(ask(get("/v1/banks/B" + place)).status, 404);
  EXPECT_EQ(json_to("PATCH", "/v1/banks/B" + place, {{"state", "retired"}}).status, 404);
  for (const char* other : {"/entries/0", "/entries/99", "/entries/x", "/entries/4294967296"})
    EXPECT_EQ(ask(get("/v1/banks/A" + std::string(other))).status, 404) << other;

  EXPECT_EQ(json_to("PATCH", "/v1/banks/A" + place, {{"labels", {{"k", 1}}}}).status, 400);
  EXPECT_EQ(
      json_to("PATCH", "/v1/banks/A" + place, {{"labels", Json::object()}}).json()["labels"].size(),
      0u);
  const Json query = {{"signals", {sha256_signal('1')}}};
  EXPECT_EQ(json_to("POST", "/v1/match", query).json()["matches"].size(), 1u);
  EXPECT_EQ(
      ask("DELETE /v1/banks/A" + place + " HTTP/1.1\r\nHost: localhost\r\n\r\n").json()["state"],
      "retired");
  EXPECT_EQ(json_to("POST", "/v1/match", query).json()["matches"].size(), 0u);
  EXPECT_EQ(json_to("POST", "/v1/banks/A/entries", query).json()["status"], "retired");
  EXPECT_EQ(ask(get("/v1/banks/A/entries?state=active")).json()["entries"].size(), 0u);
  EXPECT_EQ(json_to("PATCH", "/v1/banks/A" + place, {{"state", "active"}}).json()["state"],
            "active");
  EXPECT_EQ(json_to("POST", "/v1/match", query).json()["matches"].size(), 1u);
}

TEST_F(Routes, TheServiceDescribesItself) {
  EXPECT_EQ(ask(get("/healthz")).json()["status"], "ok");
  EXPECT_EQ(ask(get("/readyz")).status, 200);
  const Answer page = ask(get("/"));
  EXPECT_TRUE(page.fields.at("Content-Type").starts_with("text/html"));
  EXPECT_NE(page.fields.at("Content-Security-Policy").find("default-src 'none'"),
            std::string::npos);
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
  EXPECT_TRUE(ask(get("/openapi.yaml")).body.find("openapi: 3") != std::string::npos);
  json_to("POST", "/v1/banks/A/entries", {{"signals", {sha256_signal('1')}}});
  EXPECT_EQ(metric("weir_bank_entries{bank=\"A\",kind=\"known\",state=\"active\"}"), 1);
  EXPECT_EQ(metric("weir_http_requests_total{route=\"/healthz\",method=\"GET\",class=\"2xx\"}"), 1);
  EXPECT_EQ(metric("weir_http_request_seconds_count{route=\"/\",method=\"GET\"}"), 1);
}

// Every line is a comment, or NAME{LABELS} NUMBER, as the exposition format wants it.
TEST_F(Routes, MetricsAreWellFormed) {
  std::istringstream page(ask(get("/metrics")).body);
  size_t lines = 0;
  for (std::string line; std::getline(page, line); ++lines) {
    if (line.starts_with("# HELP weir_") || line.starts_with("# TYPE weir_")) continue;
    EXPECT_TRUE(line.starts_with("weir_")) << line;
    const size_t blank = line.rfind(' ');
    ASSERT_NE(blank, line.npos) << line;
    EXPECT_NO_THROW((void)std::stod(line.substr(blank))) << line;
    EXPECT_EQ(line.find('{') == line.npos, line.find('}') == line.npos) << line;
  }
  EXPECT_GT(lines, 30u);
}

}  // namespace
}  // namespace weir::http
