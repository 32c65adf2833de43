// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/decoder.h"

#include <gtest/gtest.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "server/sandbox/confine.h"
#include "server/sandbox/processes_for_test.h"
#include "server/sandbox/protocol.h"
#include "server/sandbox/socket.h"

namespace weir {
namespace {

// A "file" that tells the probe what to do.
Fd file_of(const std::string& text) {
  Fd file(memfd_create("probe", MFD_CLOEXEC));
  EXPECT_EQ(write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  return file;
}

DecoderOptions probe_options() {
  DecoderOptions options;
  options.program = WEIR_BINARY_DIR "/../probe/decode_probe";
  options.workers = 1;
  return options;
}

bool begins(const std::string& text, std::string_view with) {
  return text.starts_with(with);
}

class Probe : public testing::Test {
 protected:
  void SetUp() override { start(probe_options()); }
  void start(const DecoderOptions& options) {
    auto started = Decoder::start(options);
    ASSERT_TRUE(started) << started.error().message;
    decoder_ = std::move(*started);
  }
  Result<ItemSignals> tell(const std::string& text, const DecodeWants& wants = {}) {
    return decoder_->decode(file_of(text).get(), wants);
  }
  // The note of the answer, or the error.
  std::string answer(const std::string& text) {
    const auto item = tell(text);
    return item ? item->note
                : std::string(name_of(item.error().code)) + ": " + item.error().message;
  }
  std::unique_ptr<Decoder> decoder_;
};

TEST_F(Probe, AnswersOneFile) {
  EXPECT_EQ(answer("hello there"), "there");
}

TEST_F(Probe, ReportsTheLayersItInsistsOn) {
  std::set<std::string> in_force;
  for (const SandboxLayer& layer : decoder_->layers())
    if (layer.in_force) in_force.insert(layer.name);
  for (const char* name : {"landlock", "seccomp", "rlimits", "no_capabilities", "no_new_privileges",
                           "not_dumpable", "ends_with_parent"})
    EXPECT_TRUE(in_force.contains(name)) << name;
}

// Whatever a decoder does, it costs the file it was at, and the next file is answered.
TEST_F(Probe, DeathCostsOneFile) {
  struct Case {
    const char* command;
    ErrorCode code;
    const char* said;
  };
  static constexpr Case kCases[] = {
      {"abort", ErrorCode::kCorrupt, "signal 6"},
      {"segv", ErrorCode::kCorrupt, "signal 11"},
      {"overflow", ErrorCode::kCorrupt, "signal 11"},
      {"exit", ErrorCode::kCorrupt, "exit status 7"},
      {"throw", ErrorCode::kCorrupt, "thrown"},
      {"socket", ErrorCode::kCorrupt, "the sandbox stopped"},
      {"exec", ErrorCode::kCorrupt, "the sandbox stopped"},
      {"fork", ErrorCode::kCorrupt, "the sandbox stopped"},
      {"kill", ErrorCode::kCorrupt, "the sandbox stopped"},
      {"ptrace", ErrorCode::kCorrupt, "the sandbox stopped"},
      {"garbage", ErrorCode::kCorrupt, "malformed"},
      {"garbage long", ErrorCode::kCorrupt, "malformed"},
      {"garbage short", ErrorCode::kCorrupt, "malformed"},
      {"garbage version", ErrorCode::kCorrupt, "malformed"},
  };
  for (const Case& test : kCases) {
    SCOPED_TRACE(test.command);
    if (kSanitized && (begins(test.command, "segv") || begins(test.command, "overflow"))) continue;
    const auto item = tell(test.command);
    ASSERT_FALSE(item);
    EXPECT_EQ(item.error().code, test.code);
    EXPECT_NE(item.error().message.find(test.said), std::string::npos) << item.error().message;
    EXPECT_EQ(answer("hello again"), "again");
  }
}

TEST_F(Probe, FilesCannotBeOpenedOrMade) {
  EXPECT_EQ(answer("open /etc/passwd"), "Permission denied");
  EXPECT_EQ(answer("open /dev/null"), "Permission denied");
  EXPECT_EQ(answer("create /tmp/weir-probe-was-here"), "Permission denied");
  EXPECT_FALSE(std::filesystem::exists("/tmp/weir-probe-was-here"));
}

TEST_F(Probe, MemoryCannotBecomeCode) {
  EXPECT_EQ(answer("code"), "Operation not permitted");
}

TEST_F(Probe, ThreadsAreAllowed) {
  EXPECT_EQ(answer("thread"), "ok");
}

TEST_F(Probe, RunsAsAnotherUserThanRoot) {
  const std::vector<pid_t> processes = descendants(getpid());
  ASSERT_GE(processes.size(), 2u);
  // The first of several only waits for the others, in the namespaces that it had.
  for (const pid_t process : processes) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (!line.starts_with("Uid:") && !line.starts_with("Gid:")) continue;
      EXPECT_EQ(line.find("\t0"), line.npos) << line;
    }
  }
}

// Root's threads are counted by no limit, so this holds only for another user.
TEST_F(Probe, ThreadsAreBounded) {
  const int threads = std::stoi(answer("threads"));
  EXPECT_GT(threads, 8);
  EXPECT_LT(threads, 100);
}

// The file is not the one that it died on.
TEST_F(Probe, AWorkerThatIsKilledWhileItWaitsCostsNoFile) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(answer("hello there"), "there");
    const pid_t worker = descendants(getpid()).back();
    ASSERT_EQ(kill(worker, SIGKILL), 0);
    EXPECT_EQ(answer("hello again"), "again");
  }
  // Killing takes a moment, so some had the next file by then, and it went to another worker.
  EXPECT_EQ(decoder_->counts().idle_ended + decoder_->counts().died, 10u);
  EXPECT_EQ(decoder_->counts().malformed, 0u);
}

// What one party's file did to a worker is not there when another party's file comes.
TEST_F(Probe, PartiesDoNotShareAWorker) {
  std::set<pid_t> seen;
  for (const char* party : {"a", "b", "a"}) {
    DecodeWants wants;
    wants.party = party;
    ASSERT_TRUE(tell("hello", wants));
    EXPECT_TRUE(seen.insert(descendants(getpid()).back()).second);
    ASSERT_TRUE(tell("hello", wants));
    EXPECT_FALSE(seen.insert(descendants(getpid()).back()).second);
  }
}

// What may move has workers of its own, so that pictures never wait for it.
TEST_F(Probe, NothingStillWaitsBehindWhatMayMove) {
  DecodeWants moving;
  moving.kinds = {SignalKind::kTrack};
  std::atomic<bool> is_over = false;
  std::jthread video([&] {
    EXPECT_FALSE(tell("spin", moving));
    is_over = true;
  });
  while (descendants(getpid()).size() < 4) std::this_thread::yield();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(answer("hello there"), "there");
  EXPECT_FALSE(is_over);
  // It would go on until its deadline. A file whose worker was killed is tried once more.
  while (!is_over)
    for (const pid_t process : descendants(getpid()))
      if (children(process).empty()) kill(process, SIGKILL);
}

TEST_F(Probe, SeesNothingOfTheEnvironment) {
  ASSERT_EQ(setenv("WEIR_TEST_SECRET", "x", 1), 0);
  start(probe_options());
  EXPECT_EQ(answer("environment WEIR_TEST_SECRET"), "absent");
  EXPECT_EQ(answer("environment VIPS_NOVECTOR"), "there");
}

TEST_F(Probe, DeadlineEndsAFileThatNeverEnds) {
  DecoderOptions options = probe_options();
  options.limits.deadline_ms = 300;
  start(options);
  const auto begin = std::chrono::steady_clock::now();
  const auto item = tell("spin");
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().code, ErrorCode::kLimit);
  EXPECT_NE(item.error().message.find("deadline_ms = 300"), std::string::npos);
  EXPECT_GE(took, std::chrono::milliseconds(300));
  EXPECT_LT(took, std::chrono::seconds(3));
  EXPECT_EQ(answer("hello again"), "again");
}

TEST_F(Probe, MemoryEndsAtItsLimit) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer's allocator ends the process by itself";
  DecoderOptions options = probe_options();
  options.limits.memory_bytes = 128ull << 20;
  start(options);
  EXPECT_EQ(answer("grow 100"), "ok");
  for (const char* command : {"eat", "grow 200"}) {
    SCOPED_TRACE(command);
    const auto item = tell(command);
    ASSERT_FALSE(item);
    EXPECT_EQ(item.error().code, ErrorCode::kLimit);
    EXPECT_NE(item.error().message.find("134217728 bytes that limits.memory_mib allows"),
              std::string::npos);
  }
  EXPECT_EQ(answer("hello again"), "again");
}

TEST_F(Probe, FileLimitsAreCheckedBeforeAnyByteIsRead) {
  DecoderOptions options = probe_options();
  options.limits.file_bytes = 10;
  start(options);
  EXPECT_EQ(answer("hello you!"), "you!");  // ten bytes
  EXPECT_EQ(answer("hello you!!"),
            "limit: the file has 11 bytes, more than the 10 that limits.file_mib allows");
  EXPECT_EQ(answer(""), "invalid: the file is empty");
}

DecodeWants preview_of(uint32_t side) {
  DecodeWants wants;
  wants.preview_side = side;
  return wants;
}

TEST_F(Probe, PreviewsOfAllSizesComeBack) {
  for (const uint32_t size : {0u, 4u, 100'000u, 4'000'000u, 20'000'000u}) {
    const auto item = tell("hello x", preview_of(size));
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->preview_jpeg.size(), size);
  }
  const auto item = tell("hello x", preview_of(kAnswerBytes));
  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().code, ErrorCode::kLimit);
}

TEST_F(Probe, ManyCallersShareFewWorkers) {
  DecoderOptions options = probe_options();
  options.workers = 2;
  start(options);
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 8; ++caller)
      callers.emplace_back([&, caller] {
        for (int i = 0; i < 200; ++i) {
          const std::string word = std::to_string(caller) + "-" + std::to_string(i);
          if (i % 20 == 19)
            right += begins(answer("abort"), "corrupt: the decoder died");
          else
            right += answer("hello " + word) == word;
        }
      });
  }
  EXPECT_EQ(right, 8 * 200);
  EXPECT_LE(descendants(getpid()).size(), 4u);  // founder, zygote, two workers
}

// The second file waits in the worker while the first is decoded; its own deadline has not begun.
TEST_F(Probe, FileThatWaitsBehindABadOneIsAnswered) {
  DecoderOptions options = probe_options();
  options.limits.deadline_ms = 300;
  start(options);
  for (const char* bad : {"spin", "abort", "garbage"}) {
    SCOPED_TRACE(bad);
    std::jthread first([&] { EXPECT_FALSE(tell(bad)); });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(answer("hello waited"), "waited");
  }
}

// The zygote and its workers end, work is not lost.
TEST_F(Probe, ZygoteThatDiesIsReplaced) {
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(answer("hello"), "");
    for (const pid_t child : children(getpid())) ASSERT_EQ(kill(child, SIGKILL), 0);
    EXPECT_EQ(answer("hello again"), "again");
  }
}

TEST_F(Probe, NothingIsLeftWhenTheDecoderGoes) {
  EXPECT_EQ(answer("hello"), "");
  EXPECT_FALSE(descendants(getpid()).empty());
  decoder_.reset();
  EXPECT_TRUE(descendants(getpid()).empty());
}

// A parent that is killed cannot clean up: its decoders, busy or not, must end by themselves.
TEST(DecoderProcesses, EndWithAKilledParent) {
  auto [ours, theirs] = *socket_pair();
  const pid_t parent = fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    DecoderOptions options = probe_options();
    options.workers = 2;
    auto decoder = Decoder::start(options);
    if (!decoder) _exit(1);
    std::jthread spinning([&] { (void)(*decoder)->decode(file_of("spin").get(), {}); });
    (void)(*decoder)->decode(file_of("hello").get(), {});
    const uint8_t ready = 1;
    (void)send_message(theirs.get(), {&ready, 1});
    pause();
    _exit(1);
  }
  theirs.reset();
  uint8_t ready = 0;
  ASSERT_TRUE(receive_message(ours.get(), {&ready, 1}));
  ASSERT_EQ(ready, 1);
  const std::vector<pid_t> left = descendants(parent);
  EXPECT_GE(left.size(), 2u);  // at least the zygote and the worker that spins
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(end_within(left, std::chrono::seconds(5)));
}

TEST(DecoderStart, SaysWhichProgramIsMissing) {
  DecoderOptions options;
  options.program = "/nowhere/weir-decode";
  const auto decoder = Decoder::start(options);
  ASSERT_FALSE(decoder);
  EXPECT_EQ(decoder.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(decoder.error().message.find("/nowhere/weir-decode"), std::string::npos);
}

TEST(DecoderStart, RefusesAProgramThatIsNoDecoder) {
  DecoderOptions options;
  options.program = "/bin/true";
  const auto decoder = Decoder::start(options);
  ASSERT_FALSE(decoder);
  EXPECT_EQ(decoder.error().code, ErrorCode::kUnavailable);
}

// What a kernel or container without some layer does, for the calling thread and what it starts:
// the system calls that would put it in force are not there.
void take_away(const std::vector<int>& syscalls) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  for (const int call : syscalls)
    ASSERT_EQ(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0), 0);
  ASSERT_EQ(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(prctl), 1,
                             SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0)),
            0);
  ASSERT_EQ(seccomp_load(filter), 0);
  seccomp_release(filter);
}

bool in_force(const Decoder& decoder, std::string_view name) {
  return std::ranges::any_of(decoder.layers(),
                             [&](const SandboxLayer& l) { return l.name == name && l.in_force; });
}

TEST(DecoderStart, NeedsLandlockAndSeccompUnlessToldOtherwise) {
  const std::pair<const char*, int> layers[] = {{"landlock", SCMP_SYS(landlock_create_ruleset)},
                                                {"seccomp", SCMP_SYS(seccomp)}};
  for (const auto& [name, call] : layers) {
    SCOPED_TRACE(name);
    std::jthread([&, name = name, call = call] {
      take_away({call});
      DecoderOptions options = probe_options();
      const auto refused = Decoder::start(options);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
      EXPECT_NE(refused.error().message.find(name), std::string::npos);
      EXPECT_NE(refused.error().message.find("--allow-unsandboxed"), std::string::npos);
      options.allow_unsandboxed = true;
      const auto started = Decoder::start(options);
      ASSERT_TRUE(started) << started.error().message;
      EXPECT_FALSE(in_force(**started, name));
      EXPECT_TRUE((*started)->decode(file_of("hello").get(), {}));
    }).join();
  }
}

// As in most containers.
TEST(DecoderStart, DoesWithoutNamespaces) {
  std::jthread([] {
    take_away({SCMP_SYS(unshare)});
    auto decoder = Decoder::start(probe_options());
    ASSERT_TRUE(decoder) << decoder.error().message;
    EXPECT_FALSE(in_force(**decoder, "user_namespace"));
    EXPECT_TRUE(in_force(**decoder, "landlock"));
    EXPECT_TRUE((*decoder)->decode(file_of("hello").get(), {}));
    EXPECT_FALSE((*decoder)->decode(file_of("segv").get(), {}));
    EXPECT_TRUE((*decoder)->decode(file_of("hello").get(), {}));
    const std::vector<pid_t> processes = descendants(getpid());
    EXPECT_EQ(processes.size(), 2u);  // zygote, worker
    decoder->reset();
    EXPECT_TRUE(end_within(processes, std::chrono::seconds(5)));
  }).join();
}

TEST(RequiredLayers, AreNamedWhenMissing) {
  std::string missing;
  EXPECT_TRUE(has_required_layers({{"landlock", true, ""}, {"seccomp", true, ""}}, &missing));
  EXPECT_FALSE(has_required_layers({{"landlock", false, "off"}, {"seccomp", true, ""}}, &missing));
  EXPECT_EQ(missing, "landlock (off)");
  EXPECT_FALSE(has_required_layers({}, &missing));
  EXPECT_EQ(missing, "landlock (not reported) and seccomp (not reported)");
}

}  // namespace
}  // namespace weir
