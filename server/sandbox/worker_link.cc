// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/worker_link.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>

#include "server/sandbox/answer_check.h"

namespace weir {
namespace {

constexpr std::chrono::seconds kStartPatience{10};

Error no_memory() {
  return {ErrorCode::kUnavailable,
          std::string("cannot share memory with a decoder: ") + std::strerror(errno)};
}

// Memory to share, of a size that nobody can change any more: reading it can never fault.
Result<Fd> sealed_memory(size_t bytes) {
  Fd memory(memfd_create("weir-answers", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.open() || ftruncate(memory.get(), static_cast<off_t>(bytes)) != 0) return no_memory();
  if (fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return no_memory();
  return memory;
}

}  // namespace

Result<std::unique_ptr<WorkerLink>> WorkerLink::start(ZygoteLink& zygote, const Limits& limits,
                                                      int nice) {
  std::unique_ptr<WorkerLink> link(new WorkerLink(zygote));
  TRY(link->open_channels(limits, nice));
  TRY(link->receive_layers());
  return link;
}

Status WorkerLink::open_channels(const Limits& limits, int nice) {
  auto [ours, theirs] = TRY(socket_pair());
  TRY(tell_sender(ours.get()));
  const Fd memory = TRY(sealed_memory(kAnswerMemoryBytes));
  void* at = mmap(nullptr, kAnswerMemoryBytes, PROT_READ, MAP_SHARED, memory.get(), 0);
  if (at == MAP_FAILED) return no_memory();
  answers_ = {static_cast<uint8_t*>(at), kAnswerMemoryBytes};
  id_ = TRY(zygote_.fork_worker(theirs, memory, limits, nice));
  socket_ = std::move(ours);
  return {};
}

Status WorkerLink::receive_layers() {
  std::array<uint8_t, 16'384> room;
  const auto until = std::chrono::steady_clock::now() + kStartPatience;
  if (!wait_for_message(socket_.get(), until))
    return Error{ErrorCode::kUnavailable, "a new decoder does not say that it is ready"};
  const Message message = TRY(receive_message(socket_.get(), room));
  if (message.size == 0)
    return Error{ErrorCode::kUnavailable, "a new decoder ended before it was ready"};
  layers_ = TRY(read_layers(std::span(room).first(message.size)));
  process_ = message.sender;
  return {};
}

WorkerLink::~WorkerLink() {
  (void)end();
  if (!answers_.empty()) munmap(answers_.data(), answers_.size());
}

// The socket stays open: another caller may be listening, and hears that the worker is gone.
Result<int> WorkerLink::end() {
  WorkerId ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::exchange(id_, WorkerId{});
    failed_ = true;
  }
  if (ended.pid == 0) return Error{ErrorCode::kUnavailable, "this decoder was ended before"};
  return zygote_.end_worker(ended);
}

bool WorkerLink::is_quiet() const {
  return !has_message(socket_.get());
}

std::chrono::nanoseconds WorkerLink::processor_time() const {
  clockid_t clock;
  timespec used{};
  if (process_ <= 0 || clock_getcpuclockid(process_, &clock) != 0 ||
      clock_gettime(clock, &used) != 0)
    return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

// The parent's own count: a worker that was taken over does not ask to be replaced.
bool WorkerLink::is_spent() const {
  return answered_ >= kFilesInLife || processor_time() > std::chrono::seconds(kCpuSecondsInLife);
}

// Sends under the lock, so that files arrive in the order of their turns. A worker that takes no
// more messages is found out when the turn comes.
uint64_t WorkerLink::hand_over(int fd, uint64_t bytes, const DecodeWants& wants, bool& is_idle) {
  JobRequest request;
  request.kinds = bits_of(wants.kinds);
  request.features = wants.features;
  request.track = wants.track;
  request.framed = wants.framed;
  request.preview_side = wants.preview_side;
  request.bytes = bytes;
  const std::lock_guard lock(mutex_);
  const uint64_t turn = handed_over_++;
  is_idle = turn != answered_ || failed_ || is_quiet();
  if (!is_idle) failed_ = true;
  request.room = static_cast<uint32_t>(turn % kAnswerRooms);
  if (!failed_) failed_ = !send_message(socket_.get(), bytes_of(request), {&fd, 1}).has_value();
  return turn;
}

// False when the worker failed at the file before.
bool WorkerLink::wait_for_turn(uint64_t turn) {
  std::unique_lock lock(mutex_);
  turn_came_.wait(lock, [&] { return failed_ || answered_ == turn; });
  return !failed_;
}

void WorkerLink::next_turn(bool failed) {
  {
    const std::lock_guard lock(mutex_);
    ++answered_;
    failed_ |= failed;
  }
  turn_came_.notify_all();
}

// A picture has limits.deadline_ms. A worker that speaks of progress is at a video.
std::optional<WorkerLink::Silence> WorkerLink::receive_reply(const Limits& limits,
                                                             const DecodeProgress* progress,
                                                             JobReply& reply) {
  using std::chrono::steady_clock;
  const auto begin = steady_clock::now();
  const auto deadline = begin + std::chrono::seconds(limits.video_deadline_s);
  auto until = begin + std::chrono::milliseconds(limits.deadline_ms);
  Silence late = Silence::kLate;
  for (;;) {
    if (!wait_for_message(socket_.get(), until)) return late;
    const auto message = receive_message(socket_.get(), room_of(reply));
    if (!message) return Silence::kNonsense;
    if (message->size == 0) return Silence::kEnded;
    if (message->size != sizeof reply || reply.version != kProtocolVersion ||
        reply.length > kAnswerBytes || reply.progress > 1 + kWholeProgress)
      return Silence::kNonsense;
    if (reply.progress == 0) return std::nullopt;
    if (progress == nullptr) return Silence::kNonsense;
    const auto stall = steady_clock::now() + std::chrono::milliseconds(limits.video_stall_ms);
    late = stall < deadline ? Silence::kStalled : Silence::kLate;
    until = std::min(stall, deadline);
    if (steady_clock::now() > deadline) return Silence::kLate;
    if (*progress) (*progress)(static_cast<double>(reply.progress - 1) / kWholeProgress);
  }
}

// A turn ends with the answer copied: then nobody is left behind in a room when the worker is
// handed the file after next, and writes there again. A long answer is not copied; it lies still
// once its worker has ended.
WorkerLink::Reply WorkerLink::ask(int fd, uint64_t bytes, const DecodeWants& wants,
                                  const Limits& limits, const DecodeProgress& progress) {
  const auto silence = [](Silence why) { return Reply{std::nullopt, why, true}; };
  bool is_idle = true;
  const uint64_t turn = hand_over(fd, bytes, wants, is_idle);
  if (!wait_for_turn(turn)) return silence(is_idle ? Silence::kLost : Silence::kNotIdle);
  JobReply reply;
  const bool may_progress = wants.has_any(SignalOf::kVideo);
  const auto why = receive_reply(limits, may_progress ? &progress : nullptr, reply);
  std::vector<uint8_t> copied;
  std::span<const uint8_t> room;
  bool is_ended = false;
  if (!why) {
    room = answers_.subspan((turn % kAnswerRooms) * kAnswerBytes, reply.length);
    is_ended = reply.length > kCopiedAnswerBytes && end().has_value();
    if (!is_ended) {
      copied.assign(room.begin(), room.end());
      room = copied;
    }
  }
  const bool is_done = is_ended || is_spent();
  next_turn(why.has_value() || is_ended);
  if (why) return silence(*why);

  auto answer = read_answer(room);
  if (!answer || (answer->outcome && (answer->outcome->bytes != bytes ||
                                      !check_answer(*answer->outcome, wants, limits))))
    return silence(Silence::kNonsense);
  return {std::move(*answer), Silence::kEnded, is_done || reply.retire != 0};
}

}  // namespace weir
