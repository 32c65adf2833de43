// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/features/feature_code_plain.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <numeric>
#include <tuple>
#include <vector>

namespace weir::plain {
namespace {

// Bits of the word to flip together, and how unlikely it is that they all did.
struct Flip {
  uint32_t cost = 0;
  size_t order = 0;  // among equally likely ones
  uint16_t mask = 0;
};

}  // namespace

FeatureOutputs outputs(const std::array<uint8_t, 128>& descriptor) {
  FeatureOutputs outputs{};
  for (size_t i = 0; i < descriptor.size(); ++i)
    for (size_t k = 0; k < kFeatureOutputs; ++k)
      outputs[k] += int32_t{kFeatureWeights[i * kFeatureOutputs + k]} * descriptor[i];
  return outputs;
}

// Edits flip the bits whose outputs lie nearest to their thresholds, measured in what edits move
// them by. Of the eight nearest bits each is tried alone, the nearest also in company; the eight
// least costly tries are the alternatives.
FeatureCode code_of(const LocalFeature& feature) {
  const FeatureOutputs values = outputs(feature.descriptor);
  FeatureCode code;
  for (size_t k = 0; k < kFeatureOutputs; ++k) {
    const bool is_set = values[k] > kFeatureThresholds[k];
    if (k < kFeatureWordBits) {
      code.word = static_cast<uint16_t>(code.word | is_set << k);
    } else {
      code.signature |= uint64_t{is_set} << (k - kFeatureWordBits);
    }
  }

  std::vector<std::pair<uint32_t, size_t>> margins;  // and their bits
  for (size_t k = 0; k < kFeatureWordBits; ++k) {
    const auto away = static_cast<uint32_t>(std::abs(values[k] - kFeatureThresholds[k]));
    margins.push_back({(away >> 6) * kFeatureSteps[k], k});
  }
  std::sort(margins.begin(), margins.end());

  const std::vector<std::vector<size_t>> together = {
      {0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {0, 1}, {0, 2}, {0, 3}, {1, 2}, {0, 1, 2}};
  std::vector<Flip> flips;
  for (const auto& nearest : together) {
    Flip flip{0, flips.size(), 0};
    for (const size_t i : nearest) {
      flip.cost += margins[i].first;
      flip.mask = static_cast<uint16_t>(flip.mask | 1 << margins[i].second);
    }
    flips.push_back(flip);
  }
  std::sort(flips.begin(), flips.end(), [](const Flip& a, const Flip& b) {
    return std::tie(a.cost, a.order) < std::tie(b.cost, b.order);
  });
  for (size_t i = 0; i < FeatureCode::kAlternatives; ++i)
    code.alternatives[i] = static_cast<uint16_t>(code.word ^ flips[i].mask);
  return code;
}

}  // namespace weir::plain
