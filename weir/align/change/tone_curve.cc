// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change/tone_curve.h"

#include <algorithm>
#include <cmath>

namespace weir {

namespace {

constexpr size_t kLevels = 256;  // of a byte
using Levels = std::array<double, kLevels>;

// The level up to which half of the weight lies.
float middle_of(const Levels& weight_of, double weight) {
  double below = 0;
  size_t level = 0;
  while (level + 1 < kLevels && below + weight_of[level] < weight / 2) below += weight_of[level++];
  const double into = weight_of[level] > 0 ? (weight / 2 - below) / weight_of[level] : 0;
  return static_cast<float>(static_cast<double>(level) - 0.5 + into);
}

}  // namespace

ToneCurve::ToneCurve(const Plane& entry, const Plane& item, const Plane& weights) {
  std::array<Levels, kTones> became{};
  std::array<double, kTones> weight{};
  for (size_t i = 0; i < entry.samples.size(); ++i) {
    if (!(weights.samples[i] > 0)) continue;
    const float step = std::clamp(entry.samples[i] / kWidth, 0.0f, kTones - 1.0f);
    const float level = std::clamp(item.samples[i] + 0.5f, 0.0f, kLevels - 1.0f);
    became[static_cast<size_t>(step)][static_cast<size_t>(level)] += weights.samples[i];
    weight[static_cast<size_t>(step)] += weights.samples[i];
  }
  // A tone that is not seen lies between its neighbours, or is as the nearest one.
  size_t known = kTones;
  for (size_t tone = 0; tone < kTones; ++tone) {
    if (!(weight[tone] > 0)) continue;
    value_[tone] = middle_of(became[tone], weight[tone]);
    const size_t from = known == kTones ? 0 : known + 1;
    for (size_t gap = from; gap < tone; ++gap) {
      const auto share = static_cast<float>(gap + 1 - from) / static_cast<float>(tone + 1 - from);
      value_[gap] = known == kTones ? value_[tone] : std::lerp(value_[known], value_[tone], share);
    }
    known = tone;
  }
  for (size_t tone = known == kTones ? kTones : known + 1; tone < kTones; ++tone)
    value_[tone] = value_[known];
}

float ToneCurve::operator()(float tone) const {
  const float at = std::clamp(tone / kWidth - 0.5f, 0.0f, static_cast<float>(kTones) - 1.001f);
  const auto low = static_cast<size_t>(at);
  return value_[low] + (at - static_cast<float>(low)) * (value_[low + 1] - value_[low]);
}

}  // namespace weir
