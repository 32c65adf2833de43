// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "weir/base/result.h"

namespace weir {

// Zeroed memory on 2 MiB pages where the kernel grants them. Random reads over hundreds of
// megabytes spend most of their time on address translation with 4 KiB pages.
class HugeMemory {
 public:
  HugeMemory() = default;  // no bytes
  HugeMemory(HugeMemory&& other) noexcept;
  HugeMemory& operator=(HugeMemory&& other) noexcept;
  ~HugeMemory();

  // Errors: unavailable when there is not that much memory.
  static Result<HugeMemory> allocate(size_t bytes);

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return bytes_; }
  std::span<uint8_t> bytes() { return {data_, bytes_}; }
  std::span<const uint8_t> bytes() const { return {data_, bytes_}; }

 private:
  uint8_t* data_ = nullptr;  // 4 KiB aligned, 2 MiB aligned when that large
  size_t bytes_ = 0;
  void* mapping_ = nullptr;
  size_t mapped_ = 0;
};

}  // namespace weir
