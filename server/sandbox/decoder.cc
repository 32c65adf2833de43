// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/decoder.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "server/sandbox/confine.h"
#include "server/sandbox/open_file.h"
#include "server/sandbox/worker_link.h"
#include "server/sandbox/zygote_link.h"

namespace weir {

struct Decoder::Impl {
  Impl(const DecoderOptions& options, std::string program)
      : options(options), zygote(std::move(program)) {}

  // Where one worker is, or is to be started when there is work.
  struct Place {
    std::shared_ptr<WorkerLink> worker;
    uint32_t callers = 0;  // of this worker, or of one before it that is not done yet
  };
  // A caller's share of a place: with others, or all of it.
  struct Seat {
    Place* place = nullptr;
    std::shared_ptr<WorkerLink> worker;  // null: to be started
    uint32_t shares = 1;
  };

  Result<std::unique_ptr<WorkerLink>> start_worker();
  Result<ItemSignals> decode(const ReadableFile& file, const DecodeWants& wants,
                             const DecodeProgress& progress);
  Place* free_place(bool alone);
  Seat take(bool alone);
  Status fill(Seat& seat);
  void give_back(Seat seat, bool is_worker_done);
  std::optional<Error> why_silent(WorkerLink& worker, WorkerLink::Silence silence) const;

  const DecoderOptions options;
  std::vector<SandboxLayer> layers;
  unsigned workers = 0;
  ZygoteLink zygote;

  std::mutex mutex;
  std::condition_variable given_back;
  std::vector<Place> places;
  unsigned waiting_alone = 0;  // callers who wait for a place of their own, and go first
};

namespace {

// A smaller video is done soon enough for one file to wait behind it.
constexpr uint64_t kShortFileBytes = 1u << 20;

// weir-decode lies beside the program that runs.
Result<std::string> program_beside_this() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0)
    return Error{ErrorCode::kUnavailable,
                 std::string("cannot tell where this program lies: ") + std::strerror(errno)};
  const std::string self(path, static_cast<size_t>(length));
  return self.substr(0, self.rfind('/') + 1) + "weir-decode";
}

Error died_by(int signal) {
  return {ErrorCode::kCorrupt, "the decoder died on this file (signal " + std::to_string(signal) +
                                   ", " + strsignal(signal) + ")"};
}

// What a worker's status says about the file it was at.
Error why_ended(int status, const Limits& limits) {
  if (!WIFSIGNALED(status))
    return {ErrorCode::kCorrupt, "the decoder ended on this file (exit status " +
                                     std::to_string(WEXITSTATUS(status)) + ")"};
  switch (const int signal = WTERMSIG(status)) {
    case SIGSYS:
      return {ErrorCode::kCorrupt,
              "the sandbox stopped the decoder on this file: it asked the system for something "
              "that decoding does not need"};
    case SIGKILL:  // not by us: the kernel, out of memory
      return {ErrorCode::kLimit,
              "the system killed the decoder on this file, most likely for lack of memory below "
              "the " +
                  std::to_string(limits.memory_bytes) + " bytes of limits.memory_mib"};
    case SIGXCPU:
      return {ErrorCode::kLimit, "this file took more processor time than limits.deadline_ms = " +
                                     std::to_string(limits.deadline_ms) + " allows"};
    default:
      return died_by(signal);
  }
}

}  // namespace

Decoder::Decoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Decoder::~Decoder() = default;

Result<std::unique_ptr<Decoder>> Decoder::start(const DecoderOptions& options) {
  std::string program = options.program.empty() ? TRY(program_beside_this()) : options.program;
  auto impl = std::make_unique<Impl>(options, std::move(program));
  impl->workers =
      options.workers != 0 ? options.workers : std::max(1u, std::thread::hardware_concurrency());
  // The first worker now, so that what is missing is said at start; the others when there is work.
  impl->places.resize(impl->workers);
  impl->places.front().worker = TRY(impl->start_worker());
  impl->layers = impl->places.front().worker->layers();
  return std::unique_ptr<Decoder>(new Decoder(std::move(impl)));
}

Result<std::unique_ptr<WorkerLink>> Decoder::Impl::start_worker() {
  auto worker = TRY(WorkerLink::start(zygote, options.limits));
  std::string missing;
  if (!has_required_layers(worker->layers(), &missing) && !options.allow_unsandboxed)
    return Error{ErrorCode::kUnavailable,
                 "this system does not let the decoder be confined: " + missing +
                     " missing; use a kernel that has it, or --allow-unsandboxed to decode foreign "
                     "files without this protection"};
  return worker;
}

// An idle worker first, then a place to start one, then a worker that is busy with one file.
Decoder::Impl::Place* Decoder::Impl::free_place(bool alone) {
  if (!alone && waiting_alone > 0) return nullptr;
  Place* best = nullptr;
  for (Place& place : places) {
    if (place.callers == 0 && place.worker) return &place;
    if (place.callers == 0) best = &place;
    const bool shares = !alone && place.worker && place.callers < kFilesUnderWay;
    if (shares && best == nullptr) best = &place;
  }
  return best;
}

Decoder::Impl::Seat Decoder::Impl::take(bool alone) {
  std::unique_lock lock(mutex);
  waiting_alone += alone;
  Seat seat;
  given_back.wait(lock, [&] { return (seat.place = free_place(alone)) != nullptr; });
  waiting_alone -= alone;
  seat.worker = seat.place->worker;
  seat.shares = alone || !seat.worker ? kFilesUnderWay : 1;
  seat.place->callers += seat.shares;
  return seat;
}

// Starts the worker of a seat that has none. Its place is the caller's alone until then.
Status Decoder::Impl::fill(Seat& seat) {
  if (seat.worker) return {};
  seat.worker = TRY(start_worker());
  const std::lock_guard lock(mutex);
  seat.place->worker = seat.worker;
  return {};
}

void Decoder::Impl::give_back(Seat seat, bool is_worker_done) {
  {
    const std::lock_guard lock(mutex);
    seat.place->callers -= seat.shares;
    if (is_worker_done && seat.place->worker == seat.worker) seat.place->worker.reset();
  }
  given_back.notify_all();
  // The last caller to let go of a worker that is done ends it here, outside the lock.
}

// Nothing when the fault is not the file's: its zygote died, and took the worker along.
std::optional<Error> Decoder::Impl::why_silent(WorkerLink& worker,
                                               WorkerLink::Silence silence) const {
  if (silence == WorkerLink::Silence::kLost) return std::nullopt;
  const auto status = worker.end();
  switch (silence) {
    case WorkerLink::Silence::kLate:
      return Error{ErrorCode::kLimit,
                   "this file took longer than limits.deadline_ms = " +
                       std::to_string(options.limits.deadline_ms) + " (limits.video_deadline_s = " +
                       std::to_string(options.limits.video_deadline_s) + " for a video)"};
    case WorkerLink::Silence::kStalled:
      return Error{ErrorCode::kLimit,
                   "decoding this video got no further for limits.video_stall_ms = " +
                       std::to_string(options.limits.video_stall_ms)};
    case WorkerLink::Silence::kNonsense:
      return Error{ErrorCode::kCorrupt,
                   "the decoder's answer on this file was malformed, so it was replaced"};
    case WorkerLink::Silence::kEnded:
      if (!status) return std::nullopt;
      return why_ended(*status, options.limits);
    case WorkerLink::Silence::kLost:
      break;
  }
  return std::nullopt;
}

Result<ItemSignals> Decoder::Impl::decode(const ReadableFile& file, const DecodeWants& wants,
                                          const DecodeProgress& progress) {
  if (file.bytes == 0) return Error{ErrorCode::kInvalid, "the file is empty"};
  // Whether it is a picture or a video only the decoder knows, which checks again.
  const Limits& limits = options.limits;
  const bool may_be_larger =
      wants.has_any(SignalOf::kVideo) && limits.video_bytes > limits.file_bytes;
  if (file.bytes > (may_be_larger ? limits.video_bytes : limits.file_bytes))
    return Error{
        ErrorCode::kLimit,
        "the file has " + std::to_string(file.bytes) + " bytes, more than the " +
            (may_be_larger ? std::to_string(limits.video_bytes) + " that limits.video_mib allows"
                           : std::to_string(limits.file_bytes) + " that limits.file_mib allows")};
  // A second try is for a file whose worker was lost through no fault of its own: with the zygote,
  // or at another file. It then has a worker to itself.
  // A video would keep a file behind it waiting for long, so it has its worker alone as well.
  const bool is_long = wants.has_any(SignalOf::kVideo) && file.bytes > kShortFileBytes;
  for (int tries = 0; tries < 2; ++tries) {
    Seat seat = take(is_long || tries > 0);
    if (Status filled = fill(seat); !filled) {
      give_back(std::move(seat), true);
      return std::move(filled).error();
    }
    auto reply = seat.worker->ask(file.fd, file.bytes, wants, limits, progress);
    std::optional<Error> error;
    if (!reply.answer) error = why_silent(*seat.worker, reply.silence);
    give_back(std::move(seat), reply.retire);
    if (reply.answer) return std::move(reply.answer->outcome);
    if (error) return *std::move(error);
  }
  return Error{ErrorCode::kUnavailable, "the decoder program was ended twice while it read a file"};
}

bool DecodeWants::has(SignalKind kind) const {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool DecodeWants::has_any(SignalOf what) const {
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](SignalKind kind) { return row_of(kind).of == what; });
}

Result<ItemSignals> Decoder::decode(int fd, const DecodeWants& wants,
                                    const DecodeProgress& progress) {
  return impl_->decode(TRY(readable_file(fd)), wants, progress);
}

Result<ItemSignals> Decoder::decode_file(const std::string& path, const DecodeWants& wants,
                                         const DecodeProgress& progress) {
  return impl_->decode(TRY(open_file(path)), wants, progress);
}

const std::vector<SandboxLayer>& Decoder::layers() const {
  return impl_->layers;
}
unsigned Decoder::workers() const {
  return impl_->workers;
}
unsigned Decoder::callers() const {
  return impl_->workers * kFilesUnderWay;
}

}  // namespace weir
