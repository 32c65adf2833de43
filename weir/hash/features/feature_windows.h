// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "weir/hash/features/feature_kernels.h"

// Weights of the samples of a patch, which do not depend on the picture. A table of 24 x 24 is far
// cheaper than an exponential a sample.
namespace weir {

constexpr size_t kCellsOfSide = 4;
// The outermost half cell on each side only feeds its neighbours.
constexpr double kSamplesOfCell = static_cast<double>(kCellSide) / (kCellsOfSide + 1);

// A Gaussian around the middle of a square; `sigma` in samples.
template <size_t kSide>
std::array<float, kSide * kSide> round_window(double sigma, double radius) {
  std::array<float, kSide * kSide> window;
  for (size_t k = 0; k < window.size(); ++k) {
    const double x = static_cast<double>(k % kSide) - (kSide - 1) / 2.0;
    const double y = static_cast<double>(k / kSide) - (kSide - 1) / 2.0;
    const double square = x * x + y * y;
    window[k] = square > radius * radius
                    ? 0.0f
                    : static_cast<float>(std::exp(-square / (2 * sigma * sigma)));
  }
  return window;
}

struct PatchWindows {
  PatchWindows() {
    for (size_t cell = 0; cell < kCellsOfSide; ++cell)
      for (size_t j = 0; j < kCellSide; ++j) {
        const double at = (static_cast<double>(j) - (kCellSide - 1) / 2.0) / kSamplesOfCell;
        const double away = std::abs(at - (static_cast<double>(cell) - 1.5));
        share[cell][j] = static_cast<float>(std::max(0.0, 1.0 - away));
      }
  }
  // Sigma is half the side of all cells, as Lowe has it.
  std::array<float, kCellSide* kCellSide> of_cells =
      round_window<kCellSide>(2 * kSamplesOfCell, kCellSide);
  // Three sigmas reach to the sides.
  std::array<float, kDirectionSide* kDirectionSide> of_directions =
      round_window<kDirectionSide>(kDirectionSide / 6.0, kDirectionSide / 2.0);
  // How much of sample j along an axis goes to a cell; not 0 for at most two neighbouring ones.
  std::array<std::array<float, kCellSide>, kCellsOfSide> share;
};

const PatchWindows& patch_windows();

// atan(a) / (2 pi) = a * (c[0] + c[1] a^2 + c[2] a^4 ...) within 2e-6 on [0, 1]; fitted for the
// least greatest error.
constexpr std::array<float, 5> kArcTangent{0.15913367f, -0.05256964f, 0.02867323f, -0.01355303f,
                                           0.00331759f};

}  // namespace weir
