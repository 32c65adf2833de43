// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/features/scratch.h"

#include <utility>

namespace weir {
namespace {

constexpr size_t kKeptFloats = (2u << 20) / sizeof(float);
constexpr size_t kAlignFloats = 64 / sizeof(float);  // a cache line, the widest vector

struct Kept {
  hwy::AlignedFreeUniquePtr<float[]> floats;
  bool is_taken = false;
};
thread_local Kept kept;

}  // namespace

Scratch::Scratch() : has_kept_(!std::exchange(kept.is_taken, true)) {}

Scratch::~Scratch() {
  if (has_kept_) kept.is_taken = false;
}

float* Scratch::floats(size_t count) {
  const size_t size = (count + kAlignFloats - 1) / kAlignFloats * kAlignFloats;
  if (!has_kept_ || used_ + size > kKeptFloats)
    return further_.emplace_back(hwy::AllocateAligned<float>(size)).get();
  if (!kept.floats) kept.floats = hwy::AllocateAligned<float>(kKeptFloats);
  return kept.floats.get() + std::exchange(used_, used_ + size);
}

}  // namespace weir
