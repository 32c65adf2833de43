// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "weir/align/change/plane.h"

namespace weir {

// Learns what became of each tone of the entry. Gamma, contrast, posterising, darkening and
// inversion all give one tone for each tone, so with the curve applied a picture that only they
// changed differs in nothing. At the middle of each step of tones stands the weighted median of
// what its pixels became, and straight lines lead from one to the next; a median is not moved by a
// sticker over a smaller part of the pixels.
// Example: after inversion a tone of 30 becomes 225, and one of 200 becomes 55.
// Counter-example: a picture whose left side alone was darkened has no such curve, since one tone
// became two.
// Constants: the number of steps was chosen by hand on the tune side of the accuracy bench, and not
// fitted.
class ToneCurve {
 public:
  // All three planes have one size. `weights` says how far each pixel is trusted, 0 for not at all.
  ToneCurve(const Plane& entry, const Plane& item, const Plane& weights);
  float operator()(float tone) const;

 private:
  static constexpr size_t kTones = 16;
  static constexpr float kWidth = 256.0f / kTones;
  std::array<float, kTones> value_{};
};

}  // namespace weir
