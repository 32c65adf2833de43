// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/worker.h"

#include <malloc.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "server/sandbox/confine.h"
#include "server/sandbox/open_file.h"
#include "server/sandbox/protocol.h"

namespace weir {
namespace {

// How long a worker that is kept busy looks for its next file before it sleeps: waking up takes a
// processor 10 to 40 us, more than a busy parent takes to send the next file (measured).
constexpr std::chrono::microseconds kLook{40};

constexpr std::chrono::milliseconds kTellEvery{100};

constexpr unsigned kMostFiles = 16;    // open at once: socket, one file, and what a library may dup
constexpr unsigned kMostThreads = 24;  // a video takes some 6

// What must not outlive the worker's main loop.
struct Worker {
  int socket = kSocketFd;
  std::span<uint8_t> answers;
  Limits limits;
  unsigned files = 0;
  bool is_busy = false;  // the last file came soon after the one before
};

Result<std::span<uint8_t>> map_answers(const Fd& memory) {
  void* at = mmap(nullptr, kAnswerMemoryBytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
  if (at == MAP_FAILED) return Error{ErrorCode::kUnavailable, std::strerror(errno)};
  return std::span(static_cast<uint8_t*>(at), kAnswerMemoryBytes);
}

// Tells the parent how far a video is, the first time at once and then now and then. A parent that
// is gone is noticed with the answer.
class ProgressTeller {
 public:
  explicit ProgressTeller(int socket) : socket_(socket) {}
  void operator()(double share) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + kTellEvery;
    JobReply reply;
    reply.progress = 1 + static_cast<uint32_t>(std::clamp(share, 0.0, 1.0) * kWholeProgress);
    (void)send_message(socket_, bytes_of(reply));
  }

 private:
  int socket_;
  std::chrono::steady_clock::time_point next_{};
};

// The door where exceptions of libraries end.
Result<ItemSignals> answer_file(const Worker& worker, const JobRequest& request, Fd fd,
                                const DecodeJob& job) {
  try {
    FileBytes file(fd.get(), request.bytes);
    const DecodeWants wants{.kinds = kinds_of(request.kinds),
                            .features = request.features,
                            .track = request.track,
                            .framed = request.framed != 0,
                            .preview_side = request.preview_side,
                            .party = {}};
    ItemSignals item = TRY(job(file, wants, worker.limits, ProgressTeller(worker.socket)));
    item.bytes = request.bytes;
    return item;
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kLimit, "this file needs more memory than the " +
                                        std::to_string(worker.limits.memory_bytes) +
                                        " bytes that limits.memory_mib allows"};
  } catch (const std::exception& error) {
    return Error{ErrorCode::kCorrupt, std::string("cannot be decoded: ") + error.what()};
  }
}

bool wants_to_retire(const Worker& worker) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return worker.files >= kFilesInLife || used.ru_maxrss > kPeakKibInLife ||
         used.ru_utime.tv_sec + used.ru_stime.tv_sec > kCpuSecondsInLife;
}

// Returns when a file has come, or may take a while. Others may run meanwhile.
void look_for_file(Worker& worker) {
  using std::chrono::steady_clock;
  if (!worker.is_busy) return;
  const auto until = steady_clock::now() + kLook;
  while (!has_message(worker.socket) && steady_clock::now() < until) sched_yield();
}

// One file; false when the parent is gone or talks nonsense.
bool answer_one(Worker& worker, const DecodeJob& job) {
  JobRequest request;
  const auto begin = std::chrono::steady_clock::now();
  look_for_file(worker);
  auto message = receive_message(worker.socket, room_of(request));
  worker.is_busy = std::chrono::steady_clock::now() - begin < 2 * kLook;
  if (!message || message->size != sizeof request) return false;
  if (request.version != kProtocolVersion || !message->files[0].open()) return false;
  if (request.room >= kAnswerRooms) return false;
  const auto outcome = answer_file(worker, request, std::move(message->files[0]), job);
  ++worker.files;
  JobReply reply;
  const auto room = worker.answers.subspan(request.room * kAnswerBytes, kAnswerBytes);
  reply.length = static_cast<uint32_t>(write_answer(outcome, room));
  reply.retire = wants_to_retire(worker) || reply.length > kCopiedAnswerBytes;
  return send_message(worker.socket, bytes_of(reply)).has_value();
}

// Leaves open the socket, /dev/null as standard streams, and nothing else. A sanitizer's report
// needs the real standard error.
bool keep_only(const Fd& socket) {
  if (dup2(socket.get(), kSocketFd) < 0) return false;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  if (dup2(STDIN_FILENO, STDERR_FILENO) < 0) return false;
#endif
  return close_range(kSocketFd + 1, ~0u, 0) == 0;
}

}  // namespace

void run_worker(WorkerStart start, const DecodeJob& job) {
  Worker worker;
  worker.limits = start.limits;
  const auto answers = map_answers(start.memory);
  if (!answers || !keep_only(start.socket)) _exit(1);
  worker.answers = *answers;
  start.socket.release();  // closed or moved by keep_only()
  start.memory.release();

  Confinement wanted;
  wanted.memory_bytes = start.limits.memory_bytes;
  // Deadlines are the parent's to keep; this holds if it cannot, two threads in a video counted.
  wanted.cpu_seconds = kCpuSecondsInLife + 2 * (start.limits.deadline_ms / 1000 + 1) +
                       2 * start.limits.video_deadline_s;
  wanted.files = kMostFiles;
  // Counted over all workers and the zygote, who are one user.
  wanted.threads = kMostThreads * start.workers + 2;
  wanted.counts_threads = is_own_user() || (!start.layers.empty() && start.layers[0].in_force);
  wanted.parent = start.parent;
  for (SandboxLayer& layer : confine(wanted)) start.layers.push_back(std::move(layer));
  if (!send_message(worker.socket, write_layers(start.layers))) _exit(1);

  while (answer_one(worker, job)) {
  }
  _exit(0);
}

}  // namespace weir
