// SPDX-License-Identifier: Apache-2.0
//
// Jobs over real sockets: what is answered later is the same, and what was promised is kept.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "server/flow/match_job.h"
#include "server/http/server_for_test.h"

namespace weir::http {
namespace {

using std::chrono::steady_clock;

class Jobs : public RealServer {
 protected:
  void SetUp() override {
    RealServer::SetUp();
    Bank bank;
    bank.name = "A";
    ASSERT_TRUE(store_->create_bank(bank));
  }
  // One question about a picture, as it is sent.
  static std::string question(std::string_view query, const std::string& bytes,
                              std::string_view more = {}) {
    return "POST /v1/match?name=q.bmp" + std::string(query) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/bmp\r\n" + std::string(more) +
           "Content-Length: " + std::to_string(bytes.size()) + "\r\n\r\n" + bytes;
  }
  std::string begin(const std::string& bytes) {
    const Answer answer = ask(question("&async=1", bytes));
    EXPECT_EQ(answer.status, 202) << answer.body;
    const std::string id = answer.json().value("job", "");
    EXPECT_EQ(answer.fields.at("Location"), "/v1/jobs/" + id);
    return id;
  }
  Json job(const std::string& id) { return ask(get("/v1/jobs/" + id)).json(); }
  Json ended(const std::string& id) {
    const auto until = steady_clock::now() + std::chrono::seconds(60);
    Json now = job(id);
    while (steady_clock::now() < until &&
           (now["state"] == "waiting" || now["state"] == "running")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      now = job(id);
    }
    return now;
  }
};

TEST_F(Jobs, AJobAnswersAsTheRequestItselfWould) {
  start();
  ask(with_body("POST", "/v1/banks/A/entries", "image/bmp", picture(1)));
  const Json at_once = ask(question("", picture(1))).json();
  ASSERT_EQ(at_once["matches"].size(), 1u);
  const Json done = ended(begin(picture(1)));
  EXPECT_EQ(done["state"], "done");
  EXPECT_EQ(done["progress"], 1);
  EXPECT_EQ(done["result"], at_once);
  EXPECT_TRUE(spool_is_empty());
}

TEST_F(Jobs, AFileThatCannotBeDecodedIsAFailedJob) {
  start();
  const Json failed = ended(begin("no picture"));
  EXPECT_EQ(failed["state"], "failed");
  EXPECT_EQ(failed["error"]["code"], "invalid");
  EXPECT_TRUE(spool_is_empty());
}

TEST_F(Jobs, PreferenceAndSizeDecideAndAsyncHasTheLastWord) {
  options_.job_bytes = 100'000;
  start();
  const std::string small = picture(1), large = picture(1, 256);
  ASSERT_LT(small.size(), options_.job_bytes);
  ASSERT_GT(large.size(), options_.job_bytes);
  EXPECT_EQ(ask(question("", small)).status, 200);
  EXPECT_EQ(ask(question("", large)).status, 202);
  EXPECT_EQ(ask(question("&async=0", large)).status, 200);
  const Answer preferred = ask(question("", small, "Prefer: wait=10, Respond-Async; x=1\r\n"));
  EXPECT_EQ(preferred.status, 202);
  EXPECT_EQ(preferred.fields.at("Preference-Applied"), "respond-async");
  EXPECT_EQ(ask(question("&async=0", small, "Prefer: respond-async\r\n")).status, 200);
  EXPECT_EQ(ask(question("", small, "Prefer: respond-asynchronously\r\n")).status, 200);
  EXPECT_EQ(ask(question("&async=yes", small)).status, 400);
}

TEST_F(Jobs, WhatCannotBeAJobIsSaidAtOnce) {
  start();
  EXPECT_EQ(ask(question("&async=1&bank=NONE", picture(1))).status, 404);
  const std::string two = form(file_part("a", picture(1)) + file_part("b", picture(2)));
  EXPECT_EQ(ask(with_body("POST", "/v1/match?async=1", kFormType, two)).status, 400);
  EXPECT_EQ(ask(get("/v1/jobs/" + std::string(32, 'a'))).status, 404);
  EXPECT_EQ(ask(get("/v1/jobs/..%2Fweir.db")).status, 404);
  EXPECT_EQ(ask(get("/v1/jobs/" + std::string(32, 'a') + "/events")).status, 404);
}

TEST_F(Jobs, OnlySoManyWait) {
  options_.waiting_jobs = 2;
  // Somebody else holds the oldest two: this server's runner finds nothing to do.
  for (const char* key : {"1", "2"}) ASSERT_TRUE(store_->add_job("match_item", key, "{}"));
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(store_->claim_job("match_item", std::chrono::hours(1)).value());
  start();
  const Answer refused = ask(question("&async=1", picture(1)));
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.fields.contains("Retry-After"));
  EXPECT_TRUE(spool_is_empty());
}

TEST_F(Jobs, OnlySoManyBytesWait) {
  options_.waiting_job_bytes = 1'000;
  start();
  EXPECT_EQ(ask(question("&async=1", picture(1))).status, 503);
  EXPECT_TRUE(spool_is_empty());
}

// What a program that died leaves: the file in the folder, the job in the store.
TEST_F(Jobs, AJobOfAServerThatDiedIsFinishedByTheNext) {
  start();
  ask(with_body("POST", "/v1/banks/A/entries", "image/bmp", picture(1)));
  const Json at_once = ask(question("", picture(1))).json();
  server_.reset();
  const std::string id(32, '7');
  std::ofstream(options_.spool_folder + "/job-" + id) << picture(1);
  ASSERT_TRUE(store_->add_job("match_item", id, R"({"name":"q.bmp","banks":[],"bytes":9})"));
  ASSERT_TRUE(store_->claim_job("match_item", std::chrono::seconds(1)).value());
  start();
  EXPECT_EQ(job(id)["state"], "running");  // as far as anyone can tell
  const Json done = ended(id);
  EXPECT_EQ(done["state"], "done");
  EXPECT_EQ(done["result"], at_once);
  EXPECT_TRUE(spool_is_empty());
}

// An upload may wait for long before it becomes a job. Its file is then old and must not be taken
// for one that a dead program left, by a sweep that comes before the job is in the store.
TEST_F(Jobs, TheFileOfAJobIsAsYoungAsTheJob) {
  MatchJobs jobs({options_.spool_folder}, *services_);
  const int upload = open(options_.spool_folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  ASSERT_GE(upload, 0);
  const timespec hours_ago[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
  ASSERT_EQ(futimens(upload, hours_ago), 0);
  const auto id = jobs.submit(upload, {});
  close(upload);
  ASSERT_TRUE(id) << id.error().message;
  const auto written = std::filesystem::last_write_time(options_.spool_folder + "/job-" + *id);
  EXPECT_GT(written, std::filesystem::file_time_type::clock::now() - std::chrono::minutes(5));
}

TEST_F(Jobs, AJobBegunTooOftenIsGivenUp) {
  const std::string id(32, '7');
  std::ofstream(options_.spool_folder + "/job-" + id) << picture(1);
  ASSERT_TRUE(store_->add_job("match_item", id, "{}"));
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(store_->claim_job("match_item", std::chrono::seconds(0)).value());
  start();
  const Json failed = ended(id);
  EXPECT_EQ(failed["state"], "failed");
  EXPECT_EQ(failed["error"]["code"], "corrupt");
  EXPECT_TRUE(spool_is_empty());
}

TEST_F(Jobs, EventsLeadToTheEnd) {
  start();
  const std::string id = begin(picture(1));
  Client client(port());
  ASSERT_TRUE(client.send(get("/v1/jobs/" + id + "/events")));
  const Answer head = client.receive();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.fields.at("Content-Type"), "text/event-stream");
  EXPECT_FALSE(head.fields.contains("Content-Length"));
  const std::string events = client.rest();
  const size_t last = events.rfind("event: done\ndata: ");
  ASSERT_NE(last, events.npos) << events;
  const Json said = Json::parse(events.substr(last + 18), nullptr, false);
  EXPECT_EQ(said, job(id));
}

TEST_F(Jobs, ListenersDoNotKeepTheServerFromStopping) {
  ASSERT_TRUE(store_->add_job("match_item", std::string(32, '7'), "{}"));
  ASSERT_TRUE(store_->claim_job("match_item", std::chrono::hours(1)).value());
  start();
  Client client(port());
  ASSERT_TRUE(client.send(get("/v1/jobs/" + std::string(32, '7') + "/events")));
  EXPECT_EQ(client.receive().status, 200);
  const auto before = steady_clock::now();
  server_->stop(std::chrono::seconds(20));
  server_->wait();
  EXPECT_LT(steady_clock::now() - before, std::chrono::seconds(10));
}

TEST_F(Jobs, ResultsAreKeptForAWhileOnly) {
  options_.job_kept = std::chrono::seconds(0);
  const std::string id(32, '7');
  ASSERT_TRUE(store_->add_job("match_item", id, "{}"));
  ASSERT_TRUE(store_->finish_job(store_->find_job("match_item", id).value()->job.id, "{}"));
  start();
  const auto until = steady_clock::now() + std::chrono::seconds(30);
  while (steady_clock::now() < until && ask(get("/v1/jobs/" + id)).status == 200)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(ask(get("/v1/jobs/" + id)).status, 404);
}

}  // namespace
}  // namespace weir::http
