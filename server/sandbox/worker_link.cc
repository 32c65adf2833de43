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
  const Fd memory = TRY(sealed_memory(kAnswerBytes));
  void* at = mmap(nullptr, kAnswerBytes, PROT_READ, MAP_SHARED, memory.get(), 0);
  if (at == MAP_FAILED) return no_memory();
  answers_ = {static_cast<uint8_t*>(at), kAnswerBytes};
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

Result<int> WorkerLink::end() {
  socket_.reset();
  const WorkerId ended = std::exchange(id_, WorkerId{});
  if (ended.pid == 0) return Error{ErrorCode::kUnavailable, "this decoder was ended before"};
  return zygote_.end_worker(ended);
}

WorkerLink::Reply WorkerLink::ask(int fd, uint64_t bytes, const DecodeWants& wants,
                                  std::chrono::steady_clock::time_point deadline) {
  JobRequest request;
  request.sha256 = wants.sha256;
  request.md5 = wants.md5;
  request.pdq = wants.pdq;
  request.preview_side = wants.preview_side;
  request.bytes = bytes;
  const auto silence = [](Silence why) { return Reply{std::nullopt, why, true}; };
  if (!send_message(socket_.get(), bytes_of(request), {&fd, 1})) return silence(Silence::kEnded);
  if (!wait_for_message(socket_.get(), deadline)) return silence(Silence::kLate);

  JobReply reply;
  const auto message = receive_message(socket_.get(), room_of(reply));
  if (!message) return silence(Silence::kNonsense);
  if (message->size == 0) return silence(Silence::kEnded);
  if (message->size != sizeof reply || reply.version != kProtocolVersion ||
      reply.length > answers_.size())
    return silence(Silence::kNonsense);
  // Parsed from a copy: what was checked must be what is used.
  copied_.assign(answers_.begin(), answers_.begin() + reply.length);
  auto answer = read_answer(copied_);
  if (!answer || (answer->outcome && answer->outcome->bytes != bytes))
    return silence(Silence::kNonsense);
  return {std::move(*answer), Silence::kEnded, reply.retire != 0};
}

}  // namespace weir
