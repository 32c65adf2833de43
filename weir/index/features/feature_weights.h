// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace weir {

// What a vote counts, in whole numbers, so that the order in which votes are added does not show.
struct FeatureWeights {
  // Signatures further apart are not looked at: from 17 bits on, chance is likelier than a copy.
  static constexpr uint32_t kRadius = 16;
  // Up to here an agreement counts in agreeing_keys. 43 % of true ones are this near; by chance a
  // feature agrees so with one key of 500 features in ten thousand.
  static constexpr uint32_t kStrongRadius = 4;
  // The logarithm of how much likelier the distance is between a feature and its copy than between
  // strangers in the lists that are looked at; 256 is a factor of 2000. Measured: decision 0074.
  static constexpr std::array<uint16_t, kRadius + 1> kByDistance = {
      256, 243, 234, 229, 219, 202, 182, 165, 150, 133, 115, 98, 77, 59, 40, 22, 4};

  // A feature that agrees strongly with one key counts 256, with nine half of it, and so on.
  static constexpr uint32_t by_agreeing_keys(uint32_t keys) {
    return keys <= 1 ? 256 : std::max(1u, 256 * 8 / (keys + 7));
  }

  // A feature that is near to more keys than this votes for the nearest of them, equally near ones
  // in order of key. It bounds what one vote can cost, and hardly matters: such a feature counts
  // next to nothing.
  static constexpr size_t kMostKeysOfFeature = 4'096;
  // Pairs of key and hypothesis, those with the most votes, whose geometry is looked at.
  static constexpr size_t kMostConsidered = 2'000;

  static constexpr double kUnit = 65'536;  // a full vote
};

// Where an agreement lies in the plane of turns and changes of size. A true copy's agreements lie
// within one bin's width of each other, so in the four bins of some square.
struct FeatureBins {
  static constexpr size_t kAngles = 16;
  static constexpr size_t kScales = 18;  // half an octave each
  static constexpr size_t kBins = kAngles * kScales;

  // Differences of entry and item; changes beyond 16 times are put at the ends.
  static size_t of(uint8_t entry_angle, uint8_t entry_scale, uint8_t item_angle,
                   uint8_t item_scale) {
    const auto angle = static_cast<uint8_t>(entry_angle - item_angle);
    int scale = (int{entry_scale} - int{item_scale} + 72) >> 3;
    scale = scale < 0 ? 0 : scale > 17 ? 17 : scale;
    return static_cast<size_t>(scale) * kAngles + angle / 16;
  }

  // The sum of the 2 x 2 bins that start at `bin`; angles go round.
  template <class T>
  static T square(const std::array<T, kBins>& bins, size_t bin) {
    const size_t scale = bin / kAngles;
    const size_t next = scale * kAngles + (bin + 1) % kAngles;
    T sum = bins[bin] + bins[next];
    if (scale + 1 < kScales) sum += bins[bin + kAngles] + bins[next + kAngles];
    return sum;
  }
};

}  // namespace weir
