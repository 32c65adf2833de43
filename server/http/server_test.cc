// SPDX-License-Identifier: Apache-2.0
//
// The server against clients that are slow, rude, many or gone.
#include <fcntl.h>

#include <atomic>
#include <latch>
#include <thread>

#include "server/http/front_desk.h"
#include "server/http/server_for_test.h"
#include "server/http/spool.h"

namespace weir::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What ends by itself ends within this on a busy machine, too.
constexpr int kPatience = 30'000;  // milliseconds

class ServerTest : public RealServer {
 protected:
  static bool eventually(const std::function<bool()>& holds) {
    const auto until = steady_clock::now() + milliseconds(kPatience);
    while (!holds()) {
      if (steady_clock::now() > until) return false;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return true;
  }
};

// The head of a form upload whose body will have `length` bytes.
std::string upload_head(uint64_t length, std::string_view more = {}) {
  return "POST /v1/hash HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + std::string(kFormType) +
         "\r\nContent-Length: " + std::to_string(length) + "\r\n" + std::string(more) + "\r\n";
}

TEST_F(ServerTest, AConnectionCarriesManyRequests) {
  start();
  Client client(port());
  for (int i = 0; i < 50; ++i) ASSERT_EQ(client.ask(get("/healthz")).status, 200);
  EXPECT_EQ(client.ask(get("/none")).status, 404);  // an error with nothing unread ends nothing
  const Answer last = client.ask(get("/healthz", "Connection: close\r\n"));
  EXPECT_EQ(last.fields.at("Connection"), "close");
  EXPECT_TRUE(client.closed_within(kPatience));
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  start();
  Client client(port());
  client.send(get("/healthz") + get("/v1/banks") + "\r\n" + get("/none") +
              with_json("POST", "/v1/banks", {{"name", "A"}}) + get("/v1/banks/A"));
  for (const int status : {200, 200, 404, 201, 200}) EXPECT_EQ(client.receive().status, status);
}

TEST_F(ServerTest, HeadHasTheLengthButNotTheBody) {
  start();
  Client client(port());
  const Answer whole = client.ask(get("/openapi.yaml"));
  const Answer head = client.ask("HEAD /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.fields.at("Content-Length"), std::to_string(whole.body.size()));
  EXPECT_EQ(client.ask(get("/healthz")).status, 200);
}

TEST_F(ServerTest, OldClientsAreServed) {
  start();
  Client client(port());
  EXPECT_EQ(
      client.ask("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").fields.at("Connection"),
      "keep-alive");
  EXPECT_EQ(client.ask("GET /healthz HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(client.closed_within(kPatience));
}

TEST_F(ServerTest, EveryAnswerHasAnIdOfItsOwnAndSafeFields) {
  start();
  const Answer one = ask(get("/healthz")), two = ask("rubbish\r\n\r\n");
  EXPECT_EQ(two.status, 400);
  EXPECT_NE(one.fields.at("X-Request-Id"), two.fields.at("X-Request-Id"));
  for (const Answer& answer : {one, two}) {
    EXPECT_EQ(answer.fields.at("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.fields.count("Access-Control-Allow-Origin"), 0u);
    EXPECT_TRUE(answer.json().is_object());
  }
}

TEST(OwnHost, HasManyForms) {
  for (const char* own :
       {"localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:8787", "[::1]", "[::1]:8787",
        "[0:0:0:0:0:0:0:1]", "[0:0:0:0:0:0:0:1]:80", "[::ffff:127.0.0.1]:8787", "weir.example:1"})
    EXPECT_TRUE(is_own_host(own, {"weir.example"})) << own;
  for (const char* other : {"evil.example", "[::2]", "[::1", "::1", "128.0.0.1", "127.0.0.1.evil",
                            "[::ffff:8.8.8.8]", "", "[]", "localhost.evil"})
    EXPECT_FALSE(is_own_host(other, {"weir.example"})) << other;
  for (const char* address :
       {"127.0.0.1", "127.8.9.1", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "localhost"})
    EXPECT_TRUE(is_loopback(address)) << address;
  for (const char* address : {"0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1", "127.evil"})
    EXPECT_FALSE(is_loopback(address)) << address;
}

TEST_F(ServerTest, MalformedRequestsEndTheConnectionWithAReason) {
  start();
  const std::string host = "Host: localhost\r\n";
  const std::string json = host + "Content-Type: application/json\r\n";
  const std::pair<std::string, int> cases[] = {
      {"GET / HTTP/2.0\r\n" + host + "\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
      {"POST /v1/banks HTTP/1.1\r\n" + json + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
       400},
      {"POST /v1/banks HTTP/1.1\r\n" + json +
           "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"POST /v1/banks HTTP/1.1\r\n" + json + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {"POST /v1/banks HTTP/1.1\r\n" + json + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "X: " + std::string(20'000, 'x') + "\r\n\r\n", 431},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: 1\r\n\r\nx", 400},
  };
  for (const auto& [request, status] : cases) {
    Client client(port());
    EXPECT_EQ(client.ask(request).status, status) << request.substr(0, 200);
  }
}

TEST_F(ServerTest, ChunkedBodiesAreRead) {
  start();
  const std::string head =
      "POST /v1/banks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  Client client(port());
  EXPECT_EQ(
      client.ask(head + "8;x=\"y\"\r\n{\"name\":\r\n4\r\n\"AB\"\r\n1\r\n}\r\n0\r\nT: x\r\n\r\n")
          .status,
      201);
  EXPECT_EQ(client.ask(get("/v1/banks/AB")).status, 200);
}

TEST_F(ServerTest, ExpectIsAnsweredBeforeTheBodyOrRefusedWithoutIt) {
  options_.file_bytes = 1000;
  start();
  const std::string body = form(file_part("a.bmp", "x"));
  Client client(port());
  client.send(upload_head(body.size(), "Expect: 100-continue\r\n"));
  EXPECT_EQ(client.receive().status, 100);
  EXPECT_EQ(client.ask(body).status, 400);  // one byte is no picture
  Client refused(port());
  refused.send(
      "POST /none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(refused.receive().status, 404);
  EXPECT_TRUE(refused.closed_within(kPatience));
}

TEST_F(ServerTest, LimitsAreNamed) {
  options_.file_bytes = 100'000;
  options_.body_bytes = 500'000;
  options_.json_bytes = 1000;
  options_.files = 3;
  start();
  const auto limit = [&](const std::string& request) {
    const Answer answer = ask(request);
    EXPECT_EQ(answer.status, 413);
    return answer.body;
  };
  const auto sent = [](const std::string& body) {
    return with_body("POST", "/v1/hash", kFormType, body);
  };
  const std::string large(100'001, 'x');
  EXPECT_NE(limit(sent(form(file_part("a", large)))).find("100000 bytes"), std::string::npos);
  EXPECT_NE(limit(with_body("POST", "/v1/hash", "image/png", large)).find("100000 bytes"),
            std::string::npos);
  std::string many;
  for (int i = 0; i < 4; ++i) many += file_part("a", "x");
  EXPECT_NE(limit(sent(form(many))).find("the form has more than 3 files"), std::string::npos);
  EXPECT_NE(limit(upload_head(500'001)).find("500000 bytes that server.request_mib allows"),
            std::string::npos);
  EXPECT_NE(limit(with_body("POST", "/v1/match", "application/json",
                            "{\"x\":\"" + std::string(1000, 'x') + "\"}"))
                .find("the JSON body has more than"),
            std::string::npos);
  EXPECT_NE(limit(sent(form(field_part("bank", std::string(70'000, 'x')))))
                .find("a field without a file name has more than"),
            std::string::npos);
  std::string chunked =
      "POST /v1/hash HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + std::string(kFormType) +
      "\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string parts;
  for (int i = 0; i < 3; ++i) parts += file_part("a", std::string(99'000, 'x'));
  parts += std::string(250'000, 'e');  // without a length, counted as it comes
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", parts.size());
  EXPECT_EQ(ask(chunked + size + parts + "\r\n").status, 413);
  EXPECT_TRUE(eventually([&] { return spool_is_empty(); }));
}

TEST_F(ServerTest, JsonHeldByAllRequestsTogetherIsBounded) {
  options_.json_bytes_held = 50'000;
  start();
  std::vector<std::unique_ptr<Client>> holders;
  for (int i = 0; i < 2; ++i) {
    holders.push_back(std::make_unique<Client>(port()));
    holders.back()->send(
        "POST /v1/match HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 30000\r\n\r\n" +
        std::string(20'000, ' '));
  }
  const std::string one =
      with_body("POST", "/v1/match", "application/json", std::string(20'000, ' '));
  EXPECT_TRUE(eventually([&] { return ask(one).status == 503; }));
  holders.clear();
  EXPECT_TRUE(eventually([&] { return ask(one).status == 400; }));
}

TEST_F(ServerTest, SlowClientsAreTimedOut) {
  options_.header_timeout = milliseconds(400);
  options_.idle_timeout = milliseconds(800);
  options_.stall_timeout = milliseconds(400);
  start();
  Client half_head(port()), silent(port()), half_body(port()), dripping(port());
  half_head.send("GET /healthz HTTP/1.1\r\nHos");
  half_body.send(upload_head(1000) + file_part("a", "x"));
  dripping.send(upload_head(1000));
  std::jthread drip([&](std::stop_token stop) {  // always some progress, far below the pace
    while (!stop.stop_requested() && dripping.send("-"))
      std::this_thread::sleep_for(milliseconds(50));
  });
  EXPECT_EQ(half_head.receive(kPatience).status, 408);
  EXPECT_EQ(half_body.receive(kPatience).status, 408);
  EXPECT_TRUE(silent.closed_within(kPatience));
  EXPECT_EQ(dripping.receive(kPatience).status, 408);
  EXPECT_TRUE(eventually([&] { return metric("weir_http_connections") == 1; }));
}

TEST_F(ServerTest, AnAnswerNobodyReadsIsGivenUp) {
  options_.stall_timeout = milliseconds(300);
  start();
  Client client(port());
  for (int i = 0; i < 2000; ++i)
    if (!client.send(get("/openapi.yaml") + get("/openapi.yaml"))) break;
  EXPECT_TRUE(eventually([&] { return metric("weir_http_connections") == 1; }));
}

TEST_F(ServerTest, AHalfClosedClientStillGetsItsAnswer) {
  start();
  Client client(port());
  client.send(with_body("POST", "/v1/hash", kFormType, form(file_part("a.bmp", picture(1)))));
  client.end_of_requests();
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_TRUE(client.closed_within(kPatience));
}

TEST_F(ServerTest, AbortedUploadsLeaveNothing) {
  start();
  for (int i = 0; i < 20; ++i) {
    Client client(port());
    client.send(upload_head(50'000'000) + file_part("a", std::string(1'000'000, 'x')));
    if (i % 2)
      client.abort();
    else
      client.close();
  }
  EXPECT_TRUE(eventually([&] {
    return spool_is_empty() && metric("weir_http_connections") == 1 &&
           metric("weir_http_requests_in_flight") == 1;
  }));
}

TEST_F(ServerTest, AMissingClosingBoundaryIsRefused) {
  start();
  EXPECT_EQ(ask(with_body("POST", "/v1/hash", kFormType, file_part("a.bmp", picture(1)))).status,
            400);
}

TEST_F(ServerTest, LargeUploadsStayOutOfMemory) {
  const uint64_t size = kSanitized ? 40'000'000 : 300'000'000;
  options_.file_bytes = 1ull << 30;
  start();
  const std::string before = "--xyz\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n";
  const std::string after = "\r\n--xyz--\r\n";
  const std::string block(1 << 20, '\r');  // the byte the scanner looks at hardest
  const uint64_t resident = status_bytes("VmRSS");
  Client client(port());
  client.send(upload_head(before.size() + size + after.size()) + before);
  uint64_t most = 0;
  for (uint64_t sent = 0; sent < size; sent += block.size()) {
    client.send(std::string_view(block).substr(0, std::min<uint64_t>(block.size(), size - sent)));
    most = std::max(most, status_bytes("VmRSS"));
  }
  client.send(after);
  EXPECT_EQ(client.receive().status, 400);  // not a picture
  EXPECT_LT(most, resident + (kSanitized ? 64'000'000 : 16'000'000));
}

TEST_F(ServerTest, ManyClientsAtOnceAreAllAnswered) {
  options_.io_threads = 2;
  start();
  ask(with_json("POST", "/v1/banks", {{"name", "A"}}));
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> clients;
    for (unsigned c = 0; c < 8; ++c)
      clients.emplace_back([&, c] {
        Client client(port());
        for (unsigned i = 0; i < 6; ++i) {
          const std::string bmp = file_part("a.bmp", picture(c * 10 + i, 32));
          right +=
              client.ask(with_body("POST", "/v1/banks/A/entries", kFormType, form(bmp))).status ==
              201;
          const Answer match = client.ask(with_body("POST", "/v1/match", kFormType, form(bmp)));
          right += match.status == 200 && !match.json()["matches"].empty();
          right += client.ask(get("/v1/banks/A/entries")).status == 200;
        }
      });
  }
  EXPECT_EQ(right, 8 * 6 * 3);
  EXPECT_EQ(ask(get("/v1/banks/A")).json()["entries"], 48);
}

TEST_F(ServerTest, MoreClientsThanConnectionsAreServedInTurn) {
  options_.connections = 2;
  start();
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 2; ++i) {
    idle.push_back(std::make_unique<Client>(port()));
    EXPECT_EQ(idle.back()->ask(get("/healthz")).status, 200);
  }
  EXPECT_EQ(ask(get("/healthz")).status, 200);  // an idle one had to make room
}

TEST_F(ServerTest, AFullQueueSaysComeLater) {
  options_.queued_jobs = 1;
  options_.job_threads = 1;
  start();
  std::atomic<int> later = 0, done = 0;
  {
    std::vector<std::jthread> clients;
    for (unsigned c = 0; c < 12; ++c)
      clients.emplace_back([&, c] {
        const Answer answer = ask(
            with_body("POST", "/v1/hash", kFormType, form(file_part("a.bmp", picture(c, 512)))));
        if (answer.status == 200) ++done;
        if (answer.status == 503 && answer.fields.count("Retry-After")) ++later;
      });
  }
  EXPECT_EQ(done + later, 12);
  EXPECT_GT(done, 0);
  EXPECT_GT(later, 0);
}

TEST_F(ServerTest, StoppingAnswersWhatHasBegun) {
  start();
  Client idle(port()), half(port()), fresh(port());
  EXPECT_EQ(idle.ask(get("/healthz")).status, 200);
  const std::string request =
      with_body("POST", "/v1/hash", kFormType, form(file_part("a", picture(1))));
  half.send(request.substr(0, request.size() / 2));
  EXPECT_TRUE(eventually([&] { return metric("weir_http_requests_in_flight") == 2; }));
  server_->stop(std::chrono::seconds(20));
  EXPECT_TRUE(idle.closed_within(kPatience));
  EXPECT_EQ(fresh.ask(get("/readyz")).status, 503);
  half.send(request.substr(request.size() / 2));
  const Answer answer = half.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.fields.at("Connection"), "close");
  server_->wait();
  EXPECT_FALSE(Client(port()).connected());
}

TEST_F(ServerTest, StoppingEndsWithTheGrace) {
  start();
  Client stuck(port());
  stuck.send(upload_head(1000));
  EXPECT_TRUE(eventually([&] { return metric("weir_http_requests_in_flight") == 2; }));
  const auto before = steady_clock::now();
  server_->stop(std::chrono::seconds(1));
  server_->wait();
  const auto took = steady_clock::now() - before;
  EXPECT_GT(took, milliseconds(900));
  EXPECT_LT(took, milliseconds(5000));
}

// Whatever was acknowledged before and during the stop is in the store.
TEST_F(ServerTest, StoppingLosesNothingAcknowledged) {
  start();
  ask(with_json("POST", "/v1/banks", {{"name", "A"}}));
  std::atomic<int64_t> acknowledged = 0;
  std::latch busy(4);
  std::vector<std::jthread> clients;
  for (int c = 0; c < 4; ++c)
    clients.emplace_back([&, c] {
      Client client(port());
      for (int i = 0;; ++i) {
        if (i == 5) busy.count_down();
        char hex[65];
        std::snprintf(hex, sizeof hex, "%064x", c * 100'000 + i);
        const Json body = {{"signals", {{{"kind", "sha256"}, {"value", hex}}}}};
        if (client.ask(with_json("POST", "/v1/banks/A/entries", body)).status != 201) break;
        ++acknowledged;
      }
      if (busy.try_wait()) return;
    });
  busy.wait();
  server_->stop(std::chrono::seconds(10));
  server_->wait();
  clients.clear();
  EXPECT_GE(store_->find_bank("A")->entries, acknowledged);
  EXPECT_LE(store_->find_bank("A")->entries, acknowledged + 4);
}

TEST_F(ServerTest, WrongOptionsAreRefused) {
  start();
  ServerOptions options = options_;
  options.port = port();
  EXPECT_EQ(Server::start(options, *services_).error().code, ErrorCode::kConflict);
  options = options_;
  options.address = "nowhere";
  EXPECT_EQ(Server::start(options, *services_).error().code, ErrorCode::kInvalid);
  options = options_;
  options.spool_folder = folder_ + "/none";
  EXPECT_EQ(Server::start(options, *services_).error().code, ErrorCode::kUnavailable);
  options = options_;
  options.io_threads = 0;
  EXPECT_EQ(Server::start(options, *services_).error().code, ErrorCode::kInvalid);
}

TEST(SpoolFile, SaysThatTheDiskIsFull) {
  SpoolFile file(open("/dev/full", O_WRONLY | O_CLOEXEC));
  const Status status = file.append("x");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(status.error().message.find("disk is full"), std::string::npos);
}

}  // namespace
}  // namespace weir::http
