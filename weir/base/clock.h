// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace weir {

// Wall time is passed in, never asked for, so that tests decide what time it is.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point now() const = 0;
};

class SystemClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::now();
  }
};

}  // namespace weir
