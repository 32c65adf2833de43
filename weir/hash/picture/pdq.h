// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "weir/base/hash256.h"
#include "weir/base/pixels.h"
#include "weir/signal/signals.h"

namespace weir {

// PDQ, the perceptual hash of pictures that the field exchanges, at full resolution (the convention
// of python-threatexchange and HMA: no shrinking to 512 x 512 first), bit for bit as published
// (github.com/facebook/ThreatExchange, pdq/, hashing.pdf).
//
// Luma is 0.299 R + 0.587 G + 0.114 B in float; two passes of a box filter in each direction; 64 x
// 64 samples; the 16 x 16 lowest DCT coefficients without DC; a bit is set where a coefficient is
// above their median. Quality counts gradients, 0 to 100.

struct PdqHash {
  Hash256 hash;
  int quality = 0;
};

struct PdqDihedral {
  std::array<Hash256, kDihedrals> dihedral{};  // by Dihedral; [kOriginal] equals pdq().hash
  int quality = 0;
  // Coefficients within kUncertainMargin of the median: bits that rounding the pixels may turn.
  int uncertain_bits = 0;
  int information = 0;  // bits of the 256 that tell of the picture: see pdq_information.h
};
// Rounding 8-bit samples moves a coefficient by 0.05 to 0.6 (measured over 36 photographs decoded
// as luma and as R, G, B; the median distance from the median is 72).
constexpr float kUncertainMargin = 0.5F;

// A picture with a side under 5 pixels has hash 0 and quality 0. Views of 1 or 3 channels.
PdqHash pdq(const PixelView& picture);
PdqDihedral pdq_dihedral(const PixelView& picture);

// From luma in 0..255, width x height floats, rows without gaps; the input is not changed. Values
// that are not 0 must be at least 2^-27, as those of 8-bit samples are (decision 0010 says why).
PdqHash pdq_luma(const float* luma, size_t width, size_t height);
PdqDihedral pdq_dihedral_luma(const float* luma, size_t width, size_t height);

// The plain definition, slow: what every faster way above must equal to the bit.
namespace plain {
PdqHash pdq_luma(const float* luma, size_t width, size_t height);
PdqDihedral pdq_dihedral_luma(const float* luma, size_t width, size_t height);
}  // namespace plain

}  // namespace weir
