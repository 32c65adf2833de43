// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "weir/base/result.h"

namespace weir::http {

// What the head of a request says, as far as it is read here. A field that is absent is empty.
struct Head {
  std::string method;
  std::string target;
  int version = 11;  // 10 or 11
  std::string host;
  int hosts = 0;  // Host fields
  std::string content_type;
  std::string content_encoding;
  std::string origin;
  std::string fetch_site;
  std::string transfer_encoding;
  std::string expect;
  std::string prefer;
  std::optional<uint64_t> content_length;
  bool keep_alive = false;
};

// Beast's parser for one request, bytes in, head and pieces of the body out. Owns no socket.
class WireParser {
 public:
  explicit WireParser(size_t header_bytes);
  ~WireParser();

  // Reads from the front of `bytes` and gives how many it took; it may take none until more of a
  // line or of the head is there. Stops after the head, and after the request. Errors: invalid
  // (malformed), limit (head over header_bytes).
  Result<size_t> take(std::string_view bytes);

  bool head_done() const;
  bool done() const;
  const Head& head() const;  // Precondition: head_done()
  // What of the body the last take() found, decoded from chunks.
  std::string_view piece() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::http
