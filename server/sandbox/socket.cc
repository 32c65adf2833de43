// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>

namespace weir {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

Result<std::pair<Fd, Fd>> socket_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return Error{ErrorCode::kUnavailable,
                 std::string("cannot open a socket to the decoder: ") + std::strerror(errno)};
  return std::pair(Fd(ends[0]), Fd(ends[1]));
}

namespace {

// Room for the control message that carries files, aligned as the kernel wants it.
union FileRoom {
  cmsghdr header;
  char bytes[CMSG_SPACE(kMostFilesInMessage * sizeof(int)) + CMSG_SPACE(sizeof(ucred))];
};

void take_control(msghdr& header, Message& message) {
  size_t taken = 0;
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET) continue;
    if (part->cmsg_type == SCM_CREDENTIALS) {
      ucred sender;
      std::memcpy(&sender, CMSG_DATA(part), sizeof sender);
      message.sender = sender.pid;
    }
    if (part->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
      Fd owned(fd);
      if (taken < message.files.size()) message.files[taken++] = std::move(owned);
    }
  }
}

}  // namespace

Status tell_sender(int socket) {
  const int on = 1;
  if (setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0) return {};
  return Error{ErrorCode::kUnavailable,
               std::string("a socket does not tell who sends: ") + std::strerror(errno)};
}

Status send_message(int socket, std::span<const uint8_t> bytes, std::span<const int> files) {
  assert(files.size() <= kMostFilesInMessage);
  iovec part{const_cast<uint8_t*>(bytes.data()), bytes.size()};
  FileRoom room{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!files.empty()) {
    header.msg_control = room.bytes;
    header.msg_controllen = CMSG_SPACE(files.size_bytes());
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(files.size_bytes());
    std::memcpy(CMSG_DATA(control), files.data(), files.size_bytes());
  }
  ssize_t sent;
  do sent = sendmsg(socket, &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent < 0)
    return Error{ErrorCode::kUnavailable,
                 std::string("the decoder takes no messages: ") + std::strerror(errno)};
  return {};
}

Result<Message> receive_message(int socket, std::span<uint8_t> room) {
  iovec part{room.data(), room.size()};
  FileRoom files{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = files.bytes;
  header.msg_controllen = sizeof files.bytes;
  ssize_t got;
  do got = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got < 0) {
    if (errno == ECONNRESET) return Message{};  // ended with messages of ours unread
    return Error{ErrorCode::kUnavailable,
                 std::string("the decoder gives no messages: ") + std::strerror(errno)};
  }
  Message message;
  message.size = static_cast<size_t>(got);
  take_control(header, message);
  if (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
    return Error{ErrorCode::kCorrupt, "a message between decoder and parent is too long"};
  return message;
}

bool has_message(int socket) {
  pollfd one{socket, POLLIN, 0};
  return poll(&one, 1, 0) != 0;
}

bool wait_for_message(int socket, std::chrono::steady_clock::time_point until) {
  using namespace std::chrono;
  for (;;) {
    const auto left = ceil<milliseconds>(until - steady_clock::now()).count();
    pollfd one{socket, POLLIN, 0};
    const auto wait = std::clamp<int64_t>(left, 0, std::numeric_limits<int>::max());
    const int ready = poll(&one, 1, static_cast<int>(wait));
    if (ready > 0) return true;
    if (ready == 0 && left <= 0) return false;
    if (ready < 0 && errno != EINTR) return true;  // the receive that follows says what is wrong
  }
}

}  // namespace weir
