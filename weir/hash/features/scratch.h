// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <vector>

namespace weir {

// Memory for the length of one call, uninitialized and aligned for vectors. The first 2 MiB that a
// thread asks for stay with it: fresh pages from the system for every picture would cost a quarter
// of the time of hashing a small one.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // Valid until this is destroyed.
  float* floats(size_t count);

 private:
  bool has_kept_;    // whether the thread's own memory is ours, or some caller's further up
  size_t used_ = 0;  // floats of it
  std::vector<hwy::AlignedFreeUniquePtr<float[]>> further_;
};

}  // namespace weir
