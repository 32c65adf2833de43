// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "weir/base/result.h"

namespace weir::http {

// A file without a name: it vanishes with its descriptor, also when the process dies.
class SpoolFile {
 public:
  // Errors: denied; unavailable, naming the folder and why.
  static Result<SpoolFile> create(const std::string& folder);
  // Takes over an open descriptor.
  explicit SpoolFile(int fd) : fd_(fd) {}
  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&& other) noexcept;
  ~SpoolFile();

  // Errors: unavailable, saying so when the disk is full.
  Status append(std::string_view bytes);

  int fd() const { return fd_; }
  uint64_t size() const { return size_; }

 private:
  int fd_ = -1;
  uint64_t size_ = 0;
};

}  // namespace weir::http
