// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/zygote.h"

#include <dirent.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "server/sandbox/confine.h"
#include "server/sandbox/protocol.h"

namespace weir {
namespace {

// How often it is seen whether a killed worker has ended: for some milliseconds at once, as nearly
// all have by then, and for two seconds in all.
constexpr int kSoon = 100;
constexpr int kMostLooks = 2'000;

bool started_by_decoder(int argc, char** argv) {
  if (argc != 2 || std::string_view(argv[1]) != "--sandboxed") return false;
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(kSocketFd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

ControlReply failure(int number, std::string_view what) {
  ControlReply reply;
  reply.failure = number;
  const std::string text = std::string(what) + ": " + std::strerror(number);
  std::memcpy(reply.text, text.data(), std::min(text.size(), sizeof reply.text - 1));
  return reply;
}

// Children are in the new process namespace, its founder is not: so the founder only waits, and the
// first child, process 1, becomes the zygote. When that ends the kernel ends all its workers.
// Returns in the zygote.
void enter_process_namespace() {
  const pid_t child = fork();
  if (child < 0) _exit(1);
  if (child > 0) {
    close(kSocketFd);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
  }
  // The founder's number is 0 from inside, so it cannot be checked that it still lives; should it
  // have ended already, the closed control socket ends the zygote instead.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

// Whether a user other than root may have a user namespace, which takes the others with it.
bool may_others_leave_namespaces() {
  const pid_t child = fork();
  if (child == 0) {
    leave_root();
    _exit(geteuid() != 0 && leave_namespaces().front().in_force ? 0 : 1);
  }
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Leaves root and the namespaces. Root that other users may not follow into a user namespace leaves
// the others as root. Returns in the zygote.
std::vector<SandboxLayer> leave_rights() {
  const bool is_root = geteuid() == 0;
  const bool is_early = is_root && may_others_leave_namespaces();
  if (is_early) leave_root();
  std::vector<SandboxLayer> layers = leave_namespaces(!is_root || is_early);
  const bool has_founder = layers.back().in_force;
  if (has_founder) enter_process_namespace();
  // In a user namespace without users, everybody looks like nobody.
  layers.push_back(is_early ? layer_of("not_root", 0, "a user of its own") : leave_root());
  if (has_founder) prctl(PR_SET_PDEATHSIG, SIGKILL);  // which becoming another user undoes
  return layers;
}

[[maybe_unused]] size_t thread_count() {
  size_t count = 0;
  if (DIR* tasks = opendir("/proc/self/task")) {
    while (const dirent* task = readdir(tasks)) count += task->d_name[0] != '.';
    closedir(tasks);
  }
  return count;
}

ControlReply fork_worker(const ControlRequest& request, Message& message,
                         const std::vector<SandboxLayer>& layers, const DecodeJob& job) {
  if (!message.files[0].open() || !message.files[1].open())
    return failure(EBADF, "a worker needs a socket and its memory");
  const pid_t zygote = getpid();
  const pid_t worker = fork();
  if (worker < 0) return failure(errno, "cannot fork a worker");
  if (worker == 0) {
    if (request.nice > 0) setpriority(PRIO_PROCESS, 0, static_cast<int>(request.nice));
    WorkerStart start;
    start.socket = std::move(message.files[0]);
    start.memory = std::move(message.files[1]);
    start.limits = request.limits;
    start.layers = layers;
    start.parent = zygote;
    start.workers = request.workers;
    run_worker(std::move(start), job);
  }
  ControlReply reply;
  reply.pid = worker;
  return reply;
}

// Workers that did not end when they were killed: one that waits for a disk that does not answer
// ends when the wait does. Nobody else waits for them meanwhile.
std::vector<pid_t> unburied;

// A worker that is ending already keeps the status it ends with.
ControlReply end_worker(pid_t worker) {
  if (worker <= 1) return failure(EINVAL, "no worker has this number");
  std::erase_if(unburied, [](pid_t one) { return waitpid(one, nullptr, WNOHANG) != 0; });
  kill(worker, SIGKILL);
  ControlReply reply;
  for (int looks = 0; looks < kMostLooks; ++looks) {
    const pid_t ended = waitpid(worker, &reply.status, WNOHANG);
    if (ended == worker) return reply;
    if (ended < 0 && errno != EINTR) return failure(errno, "no worker has this number");
    usleep(looks < kSoon ? 50 : 1000);
  }
  unburied.push_back(worker);
  return failure(EBUSY, "a worker does not end though it was killed");
}

int serve(const std::vector<SandboxLayer>& layers, const DecodeJob& job) {
  for (;;) {
    ControlRequest request;
    auto message = receive_message(kSocketFd, room_of(request));
    if (!message || message->size != sizeof request) return 0;
    ControlReply reply;
    if (request.version != kProtocolVersion)
      reply = failure(EPROTO, "weir-decode is of another version than its parent");
    else if (request.verb == ControlVerb::kFork)
      reply = fork_worker(request, *message, layers, job);
    else
      reply = end_worker(request.pid);
    if (!send_message(kSocketFd, bytes_of(reply))) return 0;
  }
}

}  // namespace

int run_zygote(int argc, char** argv, const ZygoteProgram& program) {
  if (!started_by_decoder(argc, argv)) {
    std::fprintf(stderr, "%s\n", program.purpose);
    return 2;
  }
  close_range(kSocketFd + 1, ~0u, 0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const std::vector<SandboxLayer> layers = leave_rights();
  // One arena: others reserve 64 MiB of address space each, which the memory limit counts.
  mallopt(M_ARENA_MAX, 1);

  ControlReply ready;
  if (const Status status = program.init(argv[0]); !status)
    ready = failure(ENOTSUP, status.error().message);
#if !defined(__SANITIZE_THREAD__)  // which has a thread of its own
  else if (thread_count() > 1)
    ready = failure(EBUSY, "a library has started threads before the first fork");
#endif
  if (!send_message(kSocketFd, bytes_of(ready)) || ready.failure != 0) return 1;
  return serve(layers, program.job);
}

}  // namespace weir
