// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "weir/align/change/plane.h"

namespace weir {

// What became of each tone of the entry: gamma, contrast, posterising, darkening and inversion are
// all curves. At the middle of each of kTones steps the middle one of what its pixels became, each
// weighing as much as it is trusted; straight lines between, and level beyond.
class ToneCurve {
 public:
  // All three of one size, `weights` 0 where nothing is told.
  ToneCurve(const Plane& entry, const Plane& item, const Plane& weights);
  float operator()(float tone) const;

 private:
  static constexpr size_t kTones = 16;
  static constexpr float kWidth = 256.0f / kTones;
  std::array<float, kTones> value_{};
};

}  // namespace weir
