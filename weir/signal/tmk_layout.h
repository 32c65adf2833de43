// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "weir/base/result.h"

namespace weir {

// What a .tmk file says of itself, docs/formats/tmk.md.
struct TmkLayout {
  int32_t frames_a_second = 15;
  uint32_t periods = 4;
  uint32_t harmonics = 32;
  uint32_t dimensions = 256;
  int32_t frames = 0;

  size_t bytes() const {
    const size_t features = size_t{periods} * harmonics * dimensions;
    return kHeaderBytes + 4 * (size_t{periods} + harmonics + dimensions + 2 * features);
  }
  static constexpr size_t kHeaderBytes = 32;
};

// What is taken of others: sixteen times as much as anyone writes.
constexpr uint32_t kMostTmkPeriods = 16;
constexpr uint32_t kMostTmkHarmonics = 128;
constexpr uint32_t kMostTmkDimensions = 256;   // PDQ has no more
constexpr int32_t kMostTmkPeriod = 1'000'000;  // output frames
// Comparing two signatures takes a step for each harmonic of each frame of each period. A small
// file may claim long periods, so the steps are bounded: four times those of what anyone writes.
constexpr uint64_t kMostTmkSteps = 4'194'304;

// The layout of a whole file, all of which is checked: what passes can be read and compared.
// Errors: invalid, saying what is wrong: magic words, numbers out of range, a length that is not
// the one the numbers ask for, periods out of range, negative weights, values that are no numbers.
Result<TmkLayout> tmk_layout(std::span<const uint8_t> file);

}  // namespace weir
