// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change/tone_curve.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace weir {
namespace {

constexpr size_t kWidth = 100, kHeight = 80;

// Every tone, in no order.
Plane tones() {
  std::mt19937 random(1);
  Plane plane{kWidth, kHeight, std::vector<float>(kWidth * kHeight)};
  for (float& sample : plane.samples) sample = static_cast<float>(random() % 256);
  return plane;
}

Plane even(float value) {
  return {kWidth, kHeight, std::vector<float>(kWidth * kHeight, value)};
}

template <class Edit>
Plane edited(const Plane& plane, Edit edit) {
  Plane out = plane;
  for (float& sample : out.samples) sample = edit(sample);
  return out;
}

TEST(ToneCurve, FollowsWhatIsDoneToAllTones) {
  const Plane entry = tones();
  const auto darkened = [](float tone) { return 0.4f * tone; };
  const auto inverted = [](float tone) { return 255 - tone; };
  const auto gamma = [](float tone) { return 255 * std::pow(tone / 255, 1.8f); };
  for (float tone = 8; tone <= 248; tone += 10) {
    EXPECT_NEAR(ToneCurve(entry, edited(entry, darkened), even(1))(tone), darkened(tone), 3);
    EXPECT_NEAR(ToneCurve(entry, edited(entry, inverted), even(1))(tone), inverted(tone), 3);
    EXPECT_NEAR(ToneCurve(entry, edited(entry, gamma), even(1))(tone), gamma(tone), 4);
  }
}

// White lines over a third of one half, and something else in all of the other, less trusted.
TEST(ToneCurve, IsThatOfMostOfWhatIsTrusted) {
  const Plane entry = tones();
  Plane item = edited(entry, [](float tone) { return 0.5f * tone; });
  Plane weights = even(1);
  for (size_t i = 0; i < item.samples.size(); ++i) {
    if (i % 3 == 0) item.samples[i] = 255;
    if (i < item.samples.size() / 2) continue;
    weights.samples[i] = 0.01f;
    item.samples[i] = 200;
  }
  const ToneCurve curve(entry, item, weights);
  for (float tone = 8; tone <= 248; tone += 10) EXPECT_NEAR(curve(tone), 0.5f * tone, 8);
}

TEST(ToneCurve, OfTonesThatAreNotSeenLiesBetweenTheOthersOrIsLevel) {
  Plane entry = even(60);
  for (size_t i = 0; i < kWidth; ++i) entry.samples[i] = 200;
  const ToneCurve curve(entry, entry, even(1));
  EXPECT_NEAR(curve(60), 60, 5);
  EXPECT_NEAR(curve(130), 130, 10);
  EXPECT_NEAR(curve(0), 60, 1);
  EXPECT_NEAR(curve(255), 200, 1);
  EXPECT_EQ(ToneCurve(entry, entry, even(0))(100), 0);  // nothing is told
}

}  // namespace
}  // namespace weir
