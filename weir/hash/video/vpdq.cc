// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/video/vpdq.h"

#include <algorithm>
#include <cmath>

#include "weir/hash/picture/pdq.h"
#include "weir/signal/video_codec.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

constexpr double kUsualFramesASecond = 25;

double known_rate(double frames_a_second) {
  return std::isfinite(frames_a_second) && frames_a_second > 0 ? frames_a_second
                                                               : kUsualFramesASecond;
}

// The microseconds that round to the same three decimals as the exact quotient does: downwards,
// except just above the middle of two milliseconds, where the digits that are lost decide.
std::chrono::microseconds exact_enough(double seconds) {
  const double exact = seconds * 1e6;
  double whole = std::floor(exact);
  if (std::fmod(whole, 1000) == 500 && exact > whole) ++whole;
  return std::chrono::microseconds(static_cast<int64_t>(whole));
}

}  // namespace

VpdqHasher::VpdqHasher(double frames_a_second, double seconds_a_hash)
    : frames_a_second_(static_cast<float>(known_rate(frames_a_second))) {
  const double every = seconds_a_hash * known_rate(frames_a_second);
  every_ = static_cast<uint32_t>(std::clamp(every, 1.0, 1e9));
}

void VpdqHasher::take(uint32_t number, const PixelView& rgb) {
  constexpr uint32_t kLeastSide = 5;  // under which there is no PDQ
  if (frames_.size() >= kMostVpdqFrames) return;
  if (rgb.width < kLeastSide || rgb.height < kLeastSide) return;
  const PdqHash found = pdq(rgb);
  const auto time = exact_enough(static_cast<float>(number) / frames_a_second_);
  if (time > kMostVideoTime) return;
  frames_.push_back({number, found.hash, found.quality, time});
}

}  // namespace weir
