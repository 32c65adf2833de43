// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/worker_link.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

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

Result<std::unique_ptr<WorkerLink>> WorkerLink::start(ZygoteLink& zygote, const Limits& limits) {
  std::unique_ptr<WorkerLink> link(new WorkerLink(zygote));
  TRY(link->open_channels(limits));
  TRY(link->receive_layers());
  return link;
}

Status WorkerLink::open_channels(const Limits& limits) {
  auto [ours, theirs] = TRY(socket_pair());
  const Fd memory = TRY(sealed_memory(kAnswerMemoryBytes));
  void* at = mmap(nullptr, kAnswerMemoryBytes, PROT_READ, MAP_SHARED, memory.get(), 0);
  if (at == MAP_FAILED) return no_memory();
  answers_ = {static_cast<uint8_t*>(at), kAnswerMemoryBytes};
  id_ = TRY(zygote_.fork_worker(theirs, memory, limits));
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

// Sends under the lock, so that files arrive in the order of their turns. A worker that takes no
// more messages is found out when the turn comes.
uint64_t WorkerLink::hand_over(int fd, uint64_t bytes, const DecodeWants& wants) {
  JobRequest request;
  request.sha256 = wants.sha256;
  request.md5 = wants.md5;
  request.pdq = wants.pdq;
  request.features = wants.features;
  request.preview_side = wants.preview_side;
  request.bytes = bytes;
  const std::lock_guard lock(mutex_);
  const uint64_t turn = handed_over_++;
  request.room = static_cast<uint32_t>(turn % kAnswerRooms);
  if (!failed_) (void)send_message(socket_.get(), bytes_of(request), {&fd, 1});
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

std::optional<WorkerLink::Silence> WorkerLink::receive_reply(std::chrono::milliseconds patience,
                                                             JobReply& reply) {
  if (!wait_for_message(socket_.get(), std::chrono::steady_clock::now() + patience))
    return Silence::kLate;
  const auto message = receive_message(socket_.get(), room_of(reply));
  if (!message) return Silence::kNonsense;
  if (message->size == 0) return Silence::kEnded;
  if (message->size != sizeof reply || reply.version != kProtocolVersion ||
      reply.length > kAnswerBytes)
    return Silence::kNonsense;
  return std::nullopt;
}

// A turn ends with the answer copied: then nobody is left behind in a room when the worker is
// handed the file after next, and writes there again.
WorkerLink::Reply WorkerLink::ask(int fd, uint64_t bytes, const DecodeWants& wants,
                                  std::chrono::milliseconds patience) {
  const auto silence = [](Silence why) { return Reply{std::nullopt, why, true}; };
  const uint64_t turn = hand_over(fd, bytes, wants);
  if (!wait_for_turn(turn)) return silence(Silence::kLost);
  JobReply reply;
  const auto why = receive_reply(patience, reply);
  std::vector<uint8_t> copied;
  if (!why) {
    const auto room = answers_.subspan((turn % kAnswerRooms) * kAnswerBytes, reply.length);
    copied.assign(room.begin(), room.end());
  }
  next_turn(why.has_value());
  if (why) return silence(*why);

  // Parsed from the copy: what was checked must be what is used.
  auto answer = read_answer(copied);
  if (!answer || (answer->outcome && answer->outcome->bytes != bytes))
    return silence(Silence::kNonsense);
  return {std::move(*answer), Silence::kEnded, reply.retire != 0};
}

}  // namespace weir
