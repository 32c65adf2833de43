// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "weir/hash/feature_kernels.h"

// Weights of the samples of a patch, which do not depend on the picture. A table of 24 x 24 is far
// cheaper than an exponential a sample.
namespace weir {

constexpr size_t kCellsOfSide = 4;
constexpr size_t kPatchSamples = kPatchSide * kPatchSide;
// The outermost half cell on each side only feeds its neighbours.
constexpr float kSamplesOfCell = static_cast<float>(kPatchSide) / (kCellsOfSide + 1);

struct PatchWindows {
  PatchWindows() {
    constexpr double middle = (kPatchSide - 1) / 2.0;
    for (size_t j = 0; j < kPatchSide; ++j) {
      const double y = (static_cast<double>(j) - middle) / kSamplesOfCell;
      for (size_t i = 0; i < kPatchSide; ++i) {
        const double x = (static_cast<double>(i) - middle) / kSamplesOfCell;
        const double square = x * x + y * y;
        // Half the side of all cells, as Lowe has it.
        of_cells[j * kPatchSide + i] = static_cast<float>(std::exp(-square / (2 * 2.0 * 2.0)));
        // In a patch as wide, of which the round window takes 3 of its sigmas: 2.5 cells.
        const double sigma = 2.5 / 3;
        of_directions[j * kPatchSide + i] =
            square > 2.5 * 2.5 ? 0.0f : static_cast<float>(std::exp(-square / (2 * sigma * sigma)));
      }
      for (size_t cell = 0; cell < kCellsOfSide; ++cell) {
        const double away = std::abs(y - (static_cast<double>(cell) - 1.5));
        share[cell][j] = static_cast<float>(std::max(0.0, 1.0 - away));
      }
    }
  }
  std::array<float, kPatchSamples> of_cells;
  std::array<float, kPatchSamples> of_directions;
  // How much of sample j along an axis goes to a cell; not 0 for at most two neighbouring ones.
  std::array<std::array<float, kPatchSide>, kCellsOfSide> share;
};

const PatchWindows& patch_windows();

// atan(a) / (2 pi) = a * (c[0] + c[1] a^2 + c[2] a^4 ...) within 2e-6 on [0, 1]; fitted for the
// least greatest error.
constexpr std::array<float, 5> kArcTangent{0.15913367f, -0.05256964f, 0.02867323f, -0.01355303f,
                                           0.00331759f};

}  // namespace weir
