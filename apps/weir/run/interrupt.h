// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace weir {

// While one lives, SIGINT and SIGTERM raise a flag instead of ending the program; a second signal
// of the same kind ends it. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const std::atomic<bool>& raised() const;
  void wait() const;  // until raised
};

}  // namespace weir
