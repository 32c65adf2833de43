// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weir/base/result.h"

namespace weir {

// What the index files have in common: parts that are covered by a checksum for each 2^20 bytes,
// read by two threads, and files that are replaced whole or not at all.

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor();
  int get() const { return fd_; }

 private:
  int fd_;
};

// Where a file's bytes come from: a descriptor, or memory.
struct FileSource {
  int fd = -1;
  std::span<const uint8_t> memory;
  uint64_t size = 0;
  std::string name;

  // False when the bytes are not there (any more) or cannot be read.
  bool read(uint64_t offset, std::span<uint8_t> into) const;
  Error corrupt(const std::string& what) const;
};

struct OpenIndexFile {
  FileDescriptor descriptor;
  FileSource source;  // borrows the descriptor
};
// Errors: not_found, denied, unavailable; corrupt if it is not a regular file.
Result<OpenIndexFile> open_index_file(const std::string& path);

constexpr uint64_t kFileChunkBytes = uint64_t{1} << 20;  // of a part, one checksum each
constexpr uint64_t kFileAlignment = 64;                  // of a part in its file

inline uint64_t file_chunks(uint64_t bytes) {
  return (bytes + kFileChunkBytes - 1) / kFileChunkBytes;
}
inline uint64_t file_aligned(uint64_t bytes) {
  return (bytes + kFileAlignment - 1) / kFileAlignment * kFileAlignment;
}

// The checksum of each chunk of a part.
std::vector<uint64_t> chunk_checksums(std::span<const uint8_t> part);

// Reads a part and checks it. Errors: corrupt.
Status read_part(const FileSource& source, uint64_t offset, std::span<const uint64_t> checksums,
                 std::span<uint8_t> part);

// Writes the pieces one after the other. Either all is on disk and in place of what was there, or
// nothing has changed. Errors: not_found, denied, unavailable.
Status replace_file(const std::string& path, std::span<const std::span<const uint8_t>> pieces);

}  // namespace weir
