// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "server/flow/shapes.h"

namespace weir::http {

struct Answer {
  int status = 0;                             // 0: none came
  std::map<std::string, std::string> fields;  // names as sent
  std::string body;
  Json json() const { return Json::parse(body, nullptr, false); }
};

// A blocking socket to the server under test, and just enough HTTP to read its answers.
class Client {
 public:
  // From 127.0.0.`host`: for the server each is another caller.
  explicit Client(uint16_t port, uint8_t host = 1)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
    if (host != 1) (void)bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void end_of_requests() { shutdown(fd_, SHUT_WR); }
  // Closing then resets the connection, as a client that dies does.
  void abort() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }

  // False when the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // The next answer; `to_head` for answers to HEAD, which have no body.
  Answer receive(int patience_ms = 30'000, bool to_head = false) {
    Answer answer;
    while (pending_.find("\r\n\r\n") == pending_.npos)
      if (!read_more(patience_ms)) return {};
    const size_t end = pending_.find("\r\n\r\n");
    std::string_view head = std::string_view(pending_).substr(0, end + 2);
    if (head.size() < 12 || !head.starts_with("HTTP/1.1 ")) return {};
    const int status = std::stoi(std::string(head.substr(9, 3)));
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      head.remove_prefix(line.size() + 2);
      const size_t colon = line.find(": ");
      answer.fields.emplace(line.substr(0, colon), line.substr(colon + 2));
    }
    pending_.erase(0, end + 4);
    size_t length = 0;
    if (const auto at = answer.fields.find("Content-Length"); at != answer.fields.end() && !to_head)
      length = std::stoull(at->second);
    while (pending_.size() < length)
      if (!read_more(patience_ms)) return {};
    answer.body = pending_.substr(0, length);
    pending_.erase(0, length);
    answer.status = status;
    return answer;
  }

  // True when the server closes within the time and sends nothing before.
  bool closed_within(int patience_ms) {
    pollfd poll_fd{fd_, POLLIN, 0};
    if (!pending_.empty() || poll(&poll_fd, 1, patience_ms) != 1) return false;
    char byte;
    return recv(fd_, &byte, 1, 0) <= 0;
  }

  // Everything until the server closes.
  std::string rest(int patience_ms = 30'000) {
    while (read_more(patience_ms)) {
    }
    return std::exchange(pending_, {});
  }

  Answer ask(std::string_view request, bool to_head = false) {
    send(request);
    return receive(30'000, to_head);
  }

 private:
  bool read_more(int patience_ms) {
    pollfd poll_fd{fd_, POLLIN, 0};
    if (poll(&poll_fd, 1, patience_ms) != 1) return false;
    char bytes[64 * 1024];
    const ssize_t got = recv(fd_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    pending_.append(bytes, static_cast<size_t>(got));
    return true;
  }

  int fd_;
  bool connected_ = false;
  std::string pending_;
};

inline std::string get(std::string_view path, std::string_view more = {}) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) +
         "\r\n";
}
inline std::string with_body(std::string_view method, std::string_view path, std::string_view type,
                             std::string_view body) {
  return std::string(method) + " " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
inline std::string with_json(std::string_view method, std::string_view path, const Json& body) {
  return with_body(method, path, "application/json", body.dump());
}

constexpr std::string_view kFormType = "multipart/form-data; boundary=xyz";
inline std::string file_part(std::string_view name, std::string_view bytes) {
  return "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + std::string(name) +
         "\"\r\n\r\n" + std::string(bytes) + "\r\n";
}
inline std::string field_part(std::string_view name, std::string_view value) {
  return "--xyz\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" +
         std::string(value) + "\r\n";
}
inline std::string form(const std::string& parts) {
  return parts + "--xyz--\r\n";
}

}  // namespace weir::http
