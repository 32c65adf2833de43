// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "server/sandbox/socket.h"
#include "weir/base/byte_source.h"
#include "weir/base/result.h"

namespace weir {

// A file that may be handed to a decoder: regular, and open for reading only.
struct ReadableFile {
  Fd owned;  // closed with this; not open when the descriptor stays the caller's
  int fd = -1;
  uint64_t bytes = 0;
};

// The bytes of an open file as it was when its size was asked: nobody can reach more of it, or
// less, by changing it. Its position stays where it is.
class FileBytes : public ByteSource {
 public:
  FileBytes(int fd, uint64_t size) : fd_(fd), size_(size) {}
  uint64_t size() const override { return size_; }
  Result<size_t> read(uint64_t offset, std::span<uint8_t> room) override;

 private:
  int fd_;
  uint64_t size_;
};

// Opens a regular file, following symbolic links, without ever waiting for a pipe or a device and
// without making a terminal the controlling one.
// Errors: not_found; denied; invalid for anything but a regular file; unavailable for other
// failures. Messages show the name with printable().
Result<ReadableFile> open_file(const std::string& path);

// Checks an open descriptor; one that could also be written to is opened anew, for reading only.
// Errors: as above.
Result<ReadableFile> readable_file(int fd);

}  // namespace weir
