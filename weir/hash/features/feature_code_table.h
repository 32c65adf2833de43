// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir {

// What code_of() compares a descriptor with: 80 directions in the space of descriptors, those in
// which the descriptors of photographs and drawings differ most, the strongest first.
constexpr size_t kFeatureOutputs = 80;
constexpr size_t kFeatureWordBits = 16;  // the first of them; the others make the signature

// Output k of a descriptor is the sum over its 128 values i of value i times weight [i * 80 + k].
extern const std::array<int8_t, 128 * kFeatureOutputs> kFeatureWeights;
// The median of each output over many descriptors: bit k is set above it.
extern const std::array<int32_t, kFeatureOutputs> kFeatureThresholds;
// Of the word's bits: 2^20 divided by how far an edit typically moves the output.
extern const std::array<uint32_t, kFeatureWordBits> kFeatureSteps;

}  // namespace weir
