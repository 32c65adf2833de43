// SPDX-License-Identifier: Apache-2.0
#include "weir/index/huge_memory.h"

#include <sys/mman.h>

#include <string>
#include <utility>

namespace weir {

constexpr size_t kHugePage = size_t{2} << 20;

HugeMemory::HugeMemory(HugeMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)),
      mapping_(std::exchange(other.mapping_, nullptr)),
      mapped_(std::exchange(other.mapped_, 0)) {}

HugeMemory& HugeMemory::operator=(HugeMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  std::swap(mapping_, other.mapping_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

HugeMemory::~HugeMemory() {
  if (mapping_ != nullptr) munmap(mapping_, mapped_);
}

Result<HugeMemory> HugeMemory::allocate(size_t bytes) {
  HugeMemory memory;
  if (bytes == 0) return memory;
  const bool is_huge = bytes >= kHugePage;
  memory.mapped_ = bytes + (is_huge ? kHugePage : 0);  // room to align by hand
  void* mapping =
      mmap(nullptr, memory.mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED)
    return Error{ErrorCode::kUnavailable,
                 "no memory for an index of " + std::to_string(bytes) + " bytes"};
  memory.mapping_ = mapping;
  memory.bytes_ = bytes;
  memory.data_ = static_cast<uint8_t*>(mapping);
  if (is_huge) {
    const auto address = reinterpret_cast<uintptr_t>(mapping);
    memory.data_ += (kHugePage - address % kHugePage) % kHugePage;
    madvise(memory.data_, bytes, MADV_HUGEPAGE);  // a wish: refused, the same memory is only slower
  }
  return memory;
}

}  // namespace weir
