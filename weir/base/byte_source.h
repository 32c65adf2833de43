// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "weir/base/result.h"

namespace weir {

// Bytes of a file that are read as they are needed.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  // Reads up to `room.size()` bytes at `offset`; fewer only at the end. Errors: corrupt when the
  // bytes cannot be read, or are fewer than size() said.
  virtual Result<size_t> read(uint64_t offset, std::span<uint8_t> room) = 0;
};

// Bytes in memory that outlive it.
class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  Result<size_t> read(uint64_t offset, std::span<uint8_t> room) override {
    if (offset >= bytes_.size()) return size_t{0};
    const auto part = bytes_.subspan(offset, std::min<uint64_t>(room.size(), size() - offset));
    std::copy(part.begin(), part.end(), room.begin());
    return part.size();
  }

 private:
  std::span<const uint8_t> bytes_;
};

}  // namespace weir
