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
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "server/sandbox/confine.h"
#include "server/sandbox/open_file.h"
#include "server/sandbox/still_look.h"
#include "server/sandbox/worker_link.h"
#include "server/sandbox/zygote_link.h"
#include "weir/hash/digest.h"

namespace weir {

struct Decoder::Impl {
  Impl(const DecoderOptions& options, std::string program)
      : options(options), zygote(std::move(program)) {}

  // Where one worker is, or is to be started when there is work.
  struct Place {
    std::shared_ptr<WorkerLink> worker;
    uint32_t callers = 0;              // of this worker, or of one before it that is not done yet
    std::string party;                 // whose files the worker has read
    bool is_long = false;              // for what moves; set once
    std::chrono::nanoseconds used{0};  // processor time, when the worker was last seen without work
    bool was_idle = false;             // at that time
  };
  // A caller's share of a place: with others, or all of it.
  struct Seat {
    Place* place = nullptr;
    std::shared_ptr<WorkerLink> worker;  // null: to be started
    uint32_t shares = 1;
  };

  Result<std::unique_ptr<WorkerLink>> start_worker(bool is_long);
  Result<ItemSignals> decode(const ReadableFile& file, const DecodeWants& wants,
                             const DecodeProgress& progress);
  Place* free_place(bool is_long, bool alone, const std::string& party);
  Seat take(bool is_long, bool alone, const std::string& party);
  void watch(const std::stop_token& stop);
  std::vector<std::shared_ptr<WorkerLink>> not_idle_as_they_should();
  Status fill(Seat& seat);
  void give_back(Seat seat, bool is_worker_done);
  std::optional<Error> why_silent(WorkerLink& worker, WorkerLink::Silence silence, bool is_last);
  void count(WorkerLink::Silence silence);

  const DecoderOptions options;
  std::vector<SandboxLayer> layers;
  unsigned workers = 0;
  ZygoteLink zygote;

  std::mutex mutex;
  std::condition_variable given_back;
  std::vector<Place> places;
  // Callers with pictures who wait for a place of their own, and go first.
  unsigned waiting_alone = 0;
  DecoderCounts counts;
  std::condition_variable_any stopped;
  std::jthread watcher;  // last: it uses the others
};

namespace {

constexpr uint64_t kChunkBytes = 1u << 20;  // that are hashed at once

// A worker without a file waits, and uses nothing. It is looked at so often, and may use so much of
// a processor in between.
constexpr std::chrono::seconds kWatchEvery{1};
constexpr std::chrono::milliseconds kUsedWhileIdle{100};

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

// Of the bytes themselves, so they need no decoder, and no decoder can lie about them.
Result<std::vector<Signal>> digests_of(const ReadableFile& file, const DecodeWants& wants,
                                       const DecodeProgress& progress) {
  if (!wants.has_any(SignalOf::kFile)) return std::vector<Signal>();
  DigestStream stream(wants.kinds);
  std::vector<uint8_t> chunk(std::min<uint64_t>(kChunkBytes, file.bytes));
  for (uint64_t at = 0; at < file.bytes;) {
    const auto room = std::min<uint64_t>(chunk.size(), file.bytes - at);
    const ssize_t got = pread(file.fd, chunk.data(), room, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return Error{ErrorCode::kCorrupt,
                   std::string("cannot read the file: ") + std::strerror(errno)};
    if (got == 0) return Error{ErrorCode::kCorrupt, "the file became shorter while it was read"};
    stream.update(std::span(chunk).first(static_cast<size_t>(got)));
    at += static_cast<uint64_t>(got);
    if (progress) progress(0);
  }
  return stream.finish();
}

Result<ItemSignals> with(Result<ItemSignals> outcome, std::vector<Signal> digests) {
  if (outcome)
    outcome->signals.insert(outcome->signals.begin(), std::make_move_iterator(digests.begin()),
                            std::make_move_iterator(digests.end()));
  return outcome;
}

}  // namespace

Decoder::Decoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Decoder::~Decoder() = default;

Result<std::unique_ptr<Decoder>> Decoder::start(const DecoderOptions& options) {
  std::string program = options.program.empty() ? TRY(program_beside_this()) : options.program;
  auto impl = std::make_unique<Impl>(options, std::move(program));
  impl->workers =
      options.workers != 0 ? options.workers : std::max(1u, std::thread::hardware_concurrency());
  // While one ends, the next may have begun.
  impl->zygote.expect_workers(4 * impl->workers);
  // The first worker now, so that what is missing is said at start; the others when there is work.
  impl->places.resize(2 * impl->workers);
  for (size_t i = impl->workers; i < impl->places.size(); ++i) impl->places[i].is_long = true;
  impl->places.front().worker = TRY(impl->start_worker(false));
  impl->layers = impl->places.front().worker->layers();
  impl->watcher = std::jthread([&of = *impl](const std::stop_token& stop) { of.watch(stop); });
  return std::unique_ptr<Decoder>(new Decoder(std::move(impl)));
}

Result<std::unique_ptr<WorkerLink>> Decoder::Impl::start_worker(bool is_long) {
  auto worker = TRY(WorkerLink::start(zygote, options.limits, is_long ? options.long_nice : 0));
  std::string missing;
  if (!has_required_layers(worker->layers(), &missing) && !options.allow_unsandboxed)
    return Error{ErrorCode::kUnavailable,
                 "this system does not let the decoder be confined: " + missing +
                     " missing; use a kernel that has it, or --allow-unsandboxed to decode foreign "
                     "files without this protection"};
  return worker;
}

// An idle worker of this party first, then a place to start one, then the place of an idle worker
// of another party, then a worker that is busy with one file of this party.
Decoder::Impl::Place* Decoder::Impl::free_place(bool is_long, bool alone,
                                                const std::string& party) {
  if (!is_long && !alone && waiting_alone > 0) return nullptr;
  Place *empty = nullptr, *of_others = nullptr, *shared = nullptr;
  for (Place& place : places) {
    if (place.is_long != is_long) continue;
    const bool is_ours = place.worker && place.party == party;
    if (place.callers == 0 && is_ours) return &place;
    if (place.callers == 0) (place.worker ? of_others : empty) = &place;
    if (!alone && is_ours && place.callers < kFilesUnderWay) shared = &place;
  }
  return empty != nullptr ? empty : of_others != nullptr ? of_others : shared;
}

Decoder::Impl::Seat Decoder::Impl::take(bool is_long, bool alone, const std::string& party) {
  std::shared_ptr<WorkerLink> of_others;  // ended outside of the lock
  std::unique_lock lock(mutex);
  waiting_alone += alone && !is_long;
  Seat seat;
  given_back.wait(lock,
                  [&] { return (seat.place = free_place(is_long, alone, party)) != nullptr; });
  waiting_alone -= alone && !is_long;
  if (seat.place->party != party) of_others = std::exchange(seat.place->worker, nullptr);
  if (of_others && !of_others->is_quiet()) ++counts.idle_ended;
  seat.place->party = party;
  seat.place->was_idle = false;
  seat.worker = seat.place->worker;
  seat.shares = alone || !seat.worker ? kFilesUnderWay : 1;
  seat.place->callers += seat.shares;
  lock.unlock();
  return seat;
}

// Starts the worker of a seat that has none. Its place is the caller's alone until then.
Status Decoder::Impl::fill(Seat& seat) {
  if (seat.worker) return {};
  seat.worker = TRY(start_worker(seat.place->is_long));
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

// Takes workers away that died, spoke, or used a processor while they had no file.
std::vector<std::shared_ptr<WorkerLink>> Decoder::Impl::not_idle_as_they_should() {
  std::vector<std::shared_ptr<WorkerLink>> found;
  const std::lock_guard lock(mutex);
  for (Place& place : places) {
    const bool is_idle = place.callers == 0 && place.worker;
    const auto used = is_idle ? place.worker->processor_time() : std::chrono::nanoseconds{0};
    if (is_idle &&
        (!place.worker->is_quiet() || (place.was_idle && used - place.used > kUsedWhileIdle))) {
      found.push_back(std::exchange(place.worker, nullptr));
      ++counts.idle_ended;
    }
    place.was_idle = is_idle && place.worker;
    place.used = used;
  }
  return found;
}

void Decoder::Impl::watch(const std::stop_token& stop) {
  std::mutex waiting;
  std::unique_lock lock(waiting);
  while (!stopped.wait_for(lock, stop, kWatchEvery, [] { return false; }) && !stop.stop_requested())
    (void)not_idle_as_they_should();  // which ends them here
}

void Decoder::Impl::count(WorkerLink::Silence silence) {
  using Silence = WorkerLink::Silence;
  const std::lock_guard lock(mutex);
  counts.malformed += silence == Silence::kNonsense;
  counts.died += silence == Silence::kEnded;
  counts.idle_ended += silence == Silence::kNotIdle;
  counts.late += silence == Silence::kLate || silence == Silence::kStalled;
}

// Nothing when the fault need not be the file's: its zygote died and took the worker along, or
// somebody killed the worker. The file is then tried once more, and the last time counts.
std::optional<Error> Decoder::Impl::why_silent(WorkerLink& worker, WorkerLink::Silence silence,
                                               bool is_last) {
  count(silence);
  if (silence == WorkerLink::Silence::kLost || silence == WorkerLink::Silence::kNotIdle)
    return std::nullopt;
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
      if (!status || (!is_last && WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL))
        return std::nullopt;
      return why_ended(*status, options.limits);
    case WorkerLink::Silence::kLost:
    case WorkerLink::Silence::kNotIdle:
      break;
  }
  return std::nullopt;
}

Result<ItemSignals> Decoder::Impl::decode(const ReadableFile& file, const DecodeWants& wants,
                                          const DecodeProgress& progress) {
  if (file.bytes == 0) return Error{ErrorCode::kInvalid, "the file is empty"};
  // What it is only the decoder knows, which checks again.
  const Limits& limits = options.limits;
  const bool may_move = wants.has_any(SignalOf::kVideo) && !is_surely_still(file.fd, file.bytes);
  const bool may_be_larger = may_move && limits.video_bytes > limits.file_bytes;
  if (file.bytes > (may_be_larger ? limits.video_bytes : limits.file_bytes))
    return Error{
        ErrorCode::kLimit,
        "the file has " + std::to_string(file.bytes) + " bytes, more than the " +
            (may_be_larger ? std::to_string(limits.video_bytes) + " that limits.video_mib allows"
                           : std::to_string(limits.file_bytes) + " that limits.file_mib allows")};
  std::vector<Signal> digests = TRY(digests_of(file, wants, progress));
  DecodeWants decoded = wants;
  std::erase_if(decoded.kinds, [&](SignalKind kind) {
    const SignalOf of = row_of(kind).of;
    return of == SignalOf::kFile || (of == SignalOf::kVideo && !may_move);
  });
  if (wants.kinds.size() == digests.size() && wants.preview_side == 0 && !digests.empty()) {
    ItemSignals item;
    item.bytes = file.bytes;
    item.signals = std::move(digests);
    return item;
  }
  // A second try is for a file whose worker was lost through no fault of its own: with the zygote,
  // or at another file. It then has a worker to itself.
  // What may move would keep a file behind it waiting for long, so it has its worker alone, and
  // workers of its own.
  for (int tries = 0; tries < 2; ++tries) {
    Seat seat = take(may_move, may_move || tries > 0, wants.party);
    if (Status filled = fill(seat); !filled) {
      give_back(std::move(seat), true);
      return std::move(filled).error();
    }
    auto reply = seat.worker->ask(file.fd, file.bytes, decoded, limits, progress);
    std::optional<Error> error;
    if (!reply.answer) error = why_silent(*seat.worker, reply.silence, tries > 0);
    give_back(std::move(seat), reply.retire);
    if (reply.answer) return with(std::move(reply.answer->outcome), std::move(digests));
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
DecoderCounts Decoder::counts() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->counts;
}
unsigned Decoder::workers() const {
  return impl_->workers;
}
unsigned Decoder::callers() const {
  return impl_->workers * kFilesUnderWay;
}

}  // namespace weir
