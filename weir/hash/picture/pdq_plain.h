// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "weir/base/hash256.h"
#include "weir/base/pixels.h"
#include "weir/signal/signals.h"

// The steps of PDQ, one function each, as plain as the arithmetic allows. Every operation here is
// one IEEE single-precision operation in a fixed order; that order is what the published hashes
// depend on (pictures of stripes and gradients have coefficients at the level of rounding), so none
// of these may be reassociated or fused.
namespace weir::plain {

constexpr size_t kMinSide = 5;   // a picture with a smaller side has no hash
constexpr size_t kSamples = 64;  // the blurred picture is sampled 64 x 64
constexpr size_t kWaves = 16;    // and described by 16 x 16 cosine waves

using Samples = std::array<float, kSamples * kSamples>;   // row by row
using Coefficients = std::array<float, kWaves * kWaves>;  // row by row, vertical wave first

// What a box filter over `size` pixels reaches: output x is the mean of the inputs x - left to
// x + right that exist.
struct Window {
  size_t left;
  size_t right;
  size_t full() const { return left + 1 + right; }
};
Window window_for(size_t size);

// The pixel that sample i of 64 takes along an axis of `size` pixels.
size_t sample_position(size_t i, size_t size);

// Row i holds the wave of i + 1 half periods: element [i * 64 + j].
const std::array<float, kWaves * kSamples>& dct_matrix();

// Luma of 8-bit samples of 1 or 3 channels, into width x height floats.
void luma_of(const PixelView& picture, float* luma);

// Blurs twice along each axis and samples. 64 x 64 is taken as it is.
Samples downsample(const float* luma, size_t width, size_t height);

// 0 to 100, from the differences of neighbouring samples.
int quality_of(const Samples& samples);

// The vertical half of the transform, 16 rows of 64; and the whole.
std::array<float, kWaves * kSamples> dct_rows(const Samples& samples);
Coefficients dct(const Samples& samples);

// The coefficients of the turned or mirrored picture: signs and a transposition.
Coefficients transformed(const Coefficients& coefficients, Dihedral dihedral);

// Bit k is set where coefficient k lies above the 128th smallest.
Hash256 threshold(const Coefficients& coefficients);

}  // namespace weir::plain
