// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/zygote_link.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "weir/base/utf8.h"

namespace weir {
namespace {

using std::chrono::seconds;

constexpr seconds kZygotePatience{30};  // libraries on a cold disk
constexpr seconds kReplyPatience{30};   // a fork on a machine that swaps
constexpr seconds kEndPatience{2};

Error cannot_start(const std::string& program, std::string_view why) {
  return {ErrorCode::kUnavailable,
          "cannot start the decoder " + printable(program) + ": " + std::string(why)};
}

// The decoder's whole environment. What the parent was given (tokens, passwords) is not passed on.
// libvips: no code generated at run time, as the sandbox refuses executable memory; and one thread.
std::vector<std::string> environment() {
  std::vector<std::string> entries = {"LANG=C.UTF-8", "VIPS_NOVECTOR=1", "VIPS_CONCURRENCY=1"};
  for (const char* name : {"LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"})
    if (const char* value = std::getenv(name)) entries.push_back(std::string(name) + "=" + value);
  return entries;
}

// Own process group, so that an interrupt at the terminal reaches the parent alone, which then ends
// its decoders in order; no inherited signal settings; /dev/null to read from and print to.
class SpawnSettings {
 public:
  explicit SpawnSettings(int control) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, control, kSocketFd);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

ZygoteLink::~ZygoteLink() {
  stop();
}

Status ZygoteLink::start() {
  auto [ours, theirs] = TRY(socket_pair());
  const SpawnSettings settings(theirs.get());
  std::vector<std::string> entries = environment();
  std::vector<char*> variables;
  for (std::string& entry : entries) variables.push_back(entry.data());
  variables.push_back(nullptr);
  char mode[] = "--sandboxed";
  std::string name = program_;
  char* const arguments[] = {name.data(), mode, nullptr};
  const int failure = posix_spawn(&process_, program_.c_str(), settings.actions(),
                                  settings.attributes(), arguments, variables.data());
  if (failure != 0) {
    process_ = -1;
    return cannot_start(program_, std::strerror(failure));
  }
  theirs.reset();
  control_ = std::move(ours);
  ++started_;
  const auto ready = receive_reply(kZygotePatience);
  if (ready && ready->failure == 0) return {};
  stop();
  return cannot_start(program_, ready ? std::string_view(ready->text) : ready.error().message);
}

void ZygoteLink::stop() {
  control_.reset();  // which ends it
  if (process_ < 0) return;
  assert(process_ > 1 && "nobody else is waited for or killed");
  const auto until = std::chrono::steady_clock::now() + kEndPatience;
  for (;;) {
    const pid_t ended = waitpid(process_, nullptr, WNOHANG);
    if (ended > 0 || (ended < 0 && errno != EINTR)) break;
    if (std::chrono::steady_clock::now() > until) kill(process_, SIGKILL);
    usleep(500);
  }
  process_ = -1;
}

Result<ControlReply> ZygoteLink::receive_reply(std::chrono::seconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  if (!wait_for_message(control_.get(), until))
    return Error{ErrorCode::kUnavailable, "it does not reply"};
  ControlReply reply;
  const Message message = TRY(receive_message(control_.get(), room_of(reply)));
  if (message.size == 0) return Error{ErrorCode::kUnavailable, "it has ended"};
  reply.text[sizeof reply.text - 1] = 0;
  if (message.size != sizeof reply || reply.version != kProtocolVersion)
    return Error{ErrorCode::kUnavailable, "it is of another version than this program"};
  return reply;
}

Result<ControlReply> ZygoteLink::ask(const ControlRequest& request, std::span<const int> files) {
  TRY(send_message(control_.get(), bytes_of(request), files));
  return receive_reply(kReplyPatience);
}

Result<WorkerId> ZygoteLink::fork_worker(const Fd& socket, const Fd& memory, const Limits& limits,
                                         int nice) {
  const std::lock_guard lock(mutex_);
  assert(control_.open() == (process_ >= 0) && "a zygote that runs can be spoken to");
  const bool was_running = control_.open();
  if (!was_running) TRY(start());
  ControlRequest request;
  request.verb = ControlVerb::kFork;
  request.workers = workers_;
  request.nice = static_cast<uint32_t>(nice);
  request.limits = limits;
  const int files[] = {socket.get(), memory.get()};
  auto reply = ask(request, files);
  if (!reply && was_running) {  // it died since it was last asked
    stop();
    TRY(start());
    reply = ask(request, files);
  }
  if (!reply) {
    stop();
    return cannot_start(program_, reply.error().message);
  }
  if (reply->failure != 0) return cannot_start(program_, reply->text);
  return WorkerId{started_, reply->pid};
}

Result<int> ZygoteLink::end_worker(WorkerId worker) {
  const std::lock_guard lock(mutex_);
  if (!control_.open() || worker.zygote != started_)
    return Error{ErrorCode::kUnavailable, "this worker's program has ended"};
  ControlRequest request;
  request.verb = ControlVerb::kEnd;
  request.pid = worker.pid;
  auto reply = ask(request);
  if (!reply) {
    stop();
    return std::move(reply).error();
  }
  if (reply->failure != 0) return Error{ErrorCode::kUnavailable, reply->text};
  return reply->status;
}

}  // namespace weir
