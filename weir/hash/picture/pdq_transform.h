// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "weir/hash/picture/pdq_plain.h"

namespace weir {

// The second half of PDQ, from samples to bits, with SIMD; each function equals the one of the same
// name in weir::plain to the bit.

int pdq_quality(const plain::Samples& samples);
plain::Coefficients pdq_dct(const plain::Samples& samples);
Hash256 pdq_threshold(const plain::Coefficients& coefficients);

// The hashes of all eight orientations, by Dihedral.
std::array<Hash256, kDihedrals> pdq_thresholds(const plain::Coefficients& coefficients);

}  // namespace weir
