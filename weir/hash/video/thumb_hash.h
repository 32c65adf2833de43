// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "weir/hash/picture/pdq.h"

namespace weir {

// The part of a frame that shows the picture proper, in shares of the frame's sides.
struct ShownPart {
  float left = 0;
  float top = 0;
  float right = 1;
  float bottom = 1;
  friend bool operator==(const ShownPart&, const ShownPart&) = default;
};

// PDQ of a part of a thumb of width x height samples, stretched to what PDQ samples: near to the
// hash of that part of the frame, though not the same.
PdqDihedral thumb_hash(std::span<const float> samples, uint32_t width, uint32_t height,
                       const ShownPart& part);

}  // namespace weir
