// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdlib>

#include "weir/hash/features/feature_code_plain.h"
#include "weir/hash/features/local_features.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weir/hash/features/feature_code.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The sums of whole numbers are taken in floats, where multiplying and adding is one operation. No
// sum exceeds 128 * 255 * 127 = 4.1 million, and up to 2^24 floats are exact, so the order of
// additions and fused or separate rounding do not show. A lane is an output.
void Outputs(const uint8_t* HWY_RESTRICT descriptor, int32_t* HWY_RESTRICT outputs) {
  const hn::CappedTag<float, 16> d;
  const hn::Rebind<int32_t, decltype(d)> d32;
  const hn::Rebind<int8_t, decltype(d)> d8;
  const size_t lanes = hn::Lanes(d);
  static_assert(kFeatureOutputs % (5 * 16) == 0);

  for (size_t first = 0; first < kFeatureOutputs; first += 5 * lanes) {
    auto sum0 = hn::Zero(d), sum1 = sum0, sum2 = sum0, sum3 = sum0, sum4 = sum0;
    const int8_t* weights = kFeatureWeights.data() + first;
    const auto weight = [&](size_t vector) HWY_ATTR {
      return hn::ConvertTo(d, hn::PromoteTo(d32, hn::LoadU(d8, weights + vector * lanes)));
    };
    for (size_t i = 0; i < 128; ++i, weights += kFeatureOutputs) {
      const auto value = hn::Set(d, static_cast<float>(descriptor[i]));
      sum0 = hn::MulAdd(value, weight(0), sum0);
      sum1 = hn::MulAdd(value, weight(1), sum1);
      sum2 = hn::MulAdd(value, weight(2), sum2);
      sum3 = hn::MulAdd(value, weight(3), sum3);
      sum4 = hn::MulAdd(value, weight(4), sum4);
    }
    int32_t* out = outputs + first;
    hn::StoreU(hn::ConvertTo(d32, sum0), d32, out);
    hn::StoreU(hn::ConvertTo(d32, sum1), d32, out + lanes);
    hn::StoreU(hn::ConvertTo(d32, sum2), d32, out + 2 * lanes);
    hn::StoreU(hn::ConvertTo(d32, sum3), d32, out + 3 * lanes);
    hn::StoreU(hn::ConvertTo(d32, sum4), d32, out + 4 * lanes);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir {
namespace {

HWY_EXPORT(Outputs);

// What to flip: 1 << i for the i-th nearest bit, those alone first.
constexpr std::array<uint8_t, 13> kFlips = {1, 2, 4, 8, 16, 32, 64, 128, 3, 5, 9, 6, 7};

// Costs and what they are of, in one number that sorts as both.
constexpr uint64_t with(uint64_t cost, size_t what) {
  return cost << 4 | what;
}

void set_alternatives(const FeatureOutputs& outputs, FeatureCode& code) {
  std::array<uint64_t, kFeatureWordBits> margins;
  for (size_t k = 0; k < kFeatureWordBits; ++k) {
    const auto away = static_cast<uint32_t>(std::abs(outputs[k] - kFeatureThresholds[k]));
    margins[k] = with((away >> 6) * kFeatureSteps[k], k);
  }
  std::partial_sort(margins.begin(), margins.begin() + 8, margins.end());

  std::array<uint64_t, kFlips.size()> flips;
  std::array<uint16_t, kFlips.size()> masks{};
  for (size_t f = 0; f < kFlips.size(); ++f) {
    uint64_t cost = 0;
    for (size_t i = 0; i < (f < 8 ? 8 : 4); ++i) {
      if ((kFlips[f] >> i & 1) == 0) continue;
      cost += margins[i] >> 4;
      masks[f] = static_cast<uint16_t>(masks[f] | 1 << (margins[i] & 15));
    }
    flips[f] = with(cost, f);
  }
  std::partial_sort(flips.begin(), flips.begin() + FeatureCode::kAlternatives, flips.end());
  for (size_t i = 0; i < FeatureCode::kAlternatives; ++i)
    code.alternatives[i] = static_cast<uint16_t>(code.word ^ masks[flips[i] & 15]);
}

}  // namespace

FeatureCode code_of(const LocalFeature& feature) {
  FeatureOutputs outputs;
  HWY_DYNAMIC_DISPATCH(Outputs)(feature.descriptor.data(), outputs.data());
  FeatureCode code;
  for (size_t k = 0; k < kFeatureWordBits; ++k)
    code.word = static_cast<uint16_t>(code.word | (outputs[k] > kFeatureThresholds[k]) << k);
  for (size_t k = kFeatureWordBits; k < kFeatureOutputs; ++k)
    code.signature |= uint64_t{outputs[k] > kFeatureThresholds[k]} << (k - kFeatureWordBits);
  set_alternatives(outputs, code);
  return code;
}

}  // namespace weir
#endif
