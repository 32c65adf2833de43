// SPDX-License-Identifier: Apache-2.0
//
// A decoder that a file has taken over lies to the server in every way it can. The server goes on,
// keeps nothing of it, counts it, and answers others rightly meanwhile.
#include <atomic>
#include <random>
#include <thread>

#include "server/http/server_for_test.h"
#include "server/sandbox/lies_for_test.h"

namespace weir::http {
namespace {

const std::string kHostile = WEIR_BINARY_DIR "/../probe/hostile_decode";

std::string upload(std::string_view path, std::string_view bytes) {
  return with_body("POST", path, "image/png", bytes);
}

class Lies : public RealServer {
 protected:
  void prepare(DecoderOptions& decoding) override {
    decoding.program = kHostile;
  }
  void SetUp() override {
    RealServer::SetUp();
    Bank bank;
    bank.name = "A";
    ASSERT_TRUE(store_->create_bank(bank));
    start();
    ASSERT_EQ(ask(upload("/v1/banks/A/entries", "a known file")).status, 201);
  }
  // As another caller than the liar.
  size_t honest_matches(std::string_view file) {
    const Answer answer = Client(port(), 2).ask(upload("/v1/match", file));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.status == 200 ? answer.json()["matches"].size() : 99;
  }
  size_t entries() { return ask(get("/v1/banks/A/entries")).json()["entries"].size(); }
  double replaced() {
    double sum = 0;
    for (const char* why : {"malformed", "died", "late", "idle"})
      sum += metric("weir_decoder_replaced_total{why=\"" + std::string(why) + "\"}");
    return sum;
  }
};

TEST_F(Lies, EachIsACountedErrorAndNothingOfItIsKept) {
  std::atomic<bool> is_done{false};
  std::atomic<size_t> asked{0};
  std::jthread honest([&] {
    for (; !is_done; asked += 2) {
      EXPECT_EQ(honest_matches("a known file"), 1u);
      EXPECT_EQ(honest_matches("an unknown file"), 0u);
    }
  });
  for (const std::string lie : kLies) {
    SCOPED_TRACE(lie);
    const double before = replaced();
    for (const char* path : {"/v1/match", "/v1/banks/A/entries", "/v1/match?async=0"}) {
      const Answer answer = ask(upload(path, "LIE " + lie));
      EXPECT_GE(answer.status, 400) << path << answer.body;
      EXPECT_LT(answer.status, 500) << path << answer.body;
    }
    EXPECT_GE(replaced(), before + 3);
    EXPECT_EQ(entries(), 1u);
  }
  is_done = true;
  honest.join();
  EXPECT_GT(asked, 0u);
}

// A job is tried again after what may pass; a lie does not pass, and ends it.
TEST_F(Lies, InAJobEndTheJob) {
  for (const std::string lie : kLies) {
    const Answer begun = ask(upload("/v1/match?async=1", "LIE " + lie));
    ASSERT_EQ(begun.status, 202) << begun.body;
    Json job;
    do {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      job = ask(get("/v1/jobs/" + begun.json()["job"].get<std::string>())).json();
    } while (job["state"] == "waiting" || job["state"] == "running");
    EXPECT_EQ(job["state"], "failed") << lie;
    EXPECT_EQ(job["error"]["code"], "corrupt") << lie;
  }
  EXPECT_EQ(honest_matches("a known file"), 1u);
}

// The digests are those of the file, whatever the decoder says.
TEST_F(Lies, AboutDigestsAreNotAskedFor) {
  const Answer hashed = ask(upload("/v1/hash", "some file"));
  ASSERT_EQ(hashed.status, 200) << hashed.body;
  EXPECT_EQ(hashed.json()["sha256"],
            "d6263b517a1aea16e28e9aaa6a201bfa2413cf2f287a3cc890722bc9cd2e5a8a");
}

// What a worker does without a file costs no file of anybody, and is noticed.
TEST_F(Lies, WithoutAFileCostNoFile) {
  for (const std::string lie : kIdleLies) {
    SCOPED_TRACE(lie);
    const double before = metric("weir_decoder_replaced_total{why=\"idle\"}");
    EXPECT_EQ(ask(upload("/v1/match", "LIE " + lie)).status, 200);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (metric("weir_decoder_replaced_total{why=\"idle\"}") <= before) {
      ASSERT_LT(std::chrono::steady_clock::now(), until) << "nobody noticed";
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(honest_matches("a known file"), 1u);
    EXPECT_EQ(ask(upload("/v1/match", "a known file")).json()["matches"].size(), 1u);
  }
}

// Random bytes for an answer, from the beginning or after an honest beginning.
TEST_F(Lies, AtRandomEndNothing) {
  std::mt19937 random(16);
  for (int i = 0; i < 300; ++i) {
    std::string lie = "RAW";
    for (size_t k = random() % 400; k > 0; --k) lie += static_cast<char>(random());
    if (i % 2 == 1 && lie.size() > 8) lie.replace(3, 5, std::string("\x0b\0\0\0\0", 5));
    const Answer answer = ask(upload(i % 3 == 0 ? "/v1/banks/A/entries" : "/v1/match", lie));
    EXPECT_GE(answer.status, 400);
  }
  EXPECT_EQ(entries(), 1u);
  EXPECT_EQ(honest_matches("a known file"), 1u);
}

}  // namespace
}  // namespace weir::http
