// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace weir {

// A budget of steps for work that grows with what strangers send, so that it ends however it was
// made. It counts steps and not time, so that the same question ends in the same way on every
// machine. What spends it gives up as soon as it is spent, and who began the work says `limit`.
//
// Example: comparing two thumbs of 64 x 48 pixels is 3,072 steps. With 10 steps left they are not
// compared, and the budget counts as spent from then on.
class Work {
 public:
  explicit Work(uint64_t steps) : left_(steps) {}
  // False when the budget does not suffice, or was spent before.
  bool spend(uint64_t steps) {
    is_spent_ |= steps > left_;
    left_ -= std::min(steps, left_);
    return !is_spent_;
  }
  bool is_spent() const { return is_spent_; }

 private:
  uint64_t left_;
  bool is_spent_ = false;
};

}  // namespace weir
