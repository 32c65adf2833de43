// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "weir/base/result.h"

namespace weir {

// Owns one file descriptor and closes it.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

// Two ends of one SOCK_SEQPACKET connection: whole messages in order, and the end of one side is
// seen at once by the other. Both close on exec.
// Errors: unavailable when the process has too many files open.
Result<std::pair<Fd, Fd>> socket_pair();

constexpr size_t kMostFilesInMessage = 2;

// From now on every message received here says which process sent it. The kernel vouches for it.
// Errors: unavailable.
Status tell_sender(int socket);

// What receive_message() got. size 0: the other side has ended.
struct Message {
  size_t size = 0;
  std::array<Fd, kMostFilesInMessage> files;
  pid_t sender = 0;  // as numbered here; 0 unless tell_sender() was called
};

// Sends one message, with copies of up to kMostFilesInMessage files. Never raises SIGPIPE.
// Errors: unavailable when the other side has ended.
Status send_message(int socket, std::span<const uint8_t> bytes, std::span<const int> files = {});

// Waits for one message. A message longer than `room` is an error, never cut short in silence.
// Errors: unavailable when the socket fails; corrupt for a message that does not fit.
Result<Message> receive_message(int socket, std::span<uint8_t> room);

// Whether a message, or the end, is there now.
bool has_message(int socket);

// Whether a message, or the end, is there before `until`.
bool wait_for_message(int socket, std::chrono::steady_clock::time_point until);

}  // namespace weir
