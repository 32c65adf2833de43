// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/video/even_frames.h"

#include <algorithm>
#include <cmath>

namespace weir {
namespace {

constexpr double kLate = 1.1;  // output frames by which a frame may be late or early

// A gap longer than this is an error of the file, and is not filled. FFmpeg: 30 times its
// threshold of 3,600 s.
constexpr int64_t kMostRepeats = 108'000;

// Output frames in all, a day at 15 a second: times can be forged.
constexpr int64_t kMostFrames = 24 * 3'600 * 15;

constexpr double kAssumedFramesASecond = 25;

// Microseconds are rounded, and half an output frame must stay a half.
constexpr double kFineness = 1e4;

}  // namespace

EvenFrames::EvenFrames(double frames_a_second, int32_t wanted) : wanted_(wanted) {
  const bool known = std::isfinite(frames_a_second) && frames_a_second > 0;
  usual_ = wanted_ / (known ? frames_a_second : kAssumedFramesASecond);
}

EvenFrames::Counts EvenFrames::next(std::chrono::microseconds time,
                                    std::optional<std::chrono::microseconds> duration) {
  // What a container says of a frame's duration counts in whole output frames, unless that is none.
  const double said = duration ? static_cast<double>(duration->count()) * wanted_ / 1e6 : usual_;
  const double whole = std::nearbyint(std::round(said * kFineness) / kFineness);
  const double shown_for = whole > 0 ? whole : std::min(usual_, 1.0);

  // Away from the middle of two output frames, as FFmpeg does.
  double place = static_cast<double>(time.count()) * wanted_ / 1e6;
  place += (place > 0 ? 1.0 : -1.0) / (1 << 17);
  double early = place - static_cast<double>(counted_);
  const double end = early + shown_for;
  if (early < 0 && end > 0) early = 0;

  int64_t frames = 1;
  int64_t before = 0;
  if (end < -kLate) {
    frames = 0;
  } else if (end > kLate) {
    frames = std::llrint(end);
    if (early > kLate) before = std::llrint(early - 0.6);
  }
  before = std::min(before, frames);
  remember(static_cast<uint32_t>(before));
  if (frames > kMostRepeats || counted_ + frames > kMostFrames) return {};
  counted_ += frames;
  return {static_cast<uint32_t>(before), static_cast<uint32_t>(frames - before)};
}

uint32_t EvenFrames::finish() {
  auto sorted = repeats_;
  std::sort(sorted.begin(), sorted.end());
  return static_cast<uint32_t>(std::min<int64_t>(sorted[1], kMostFrames - counted_));
}

void EvenFrames::remember(uint32_t before) {
  repeats_ = {before, repeats_[0], repeats_[1]};
}

}  // namespace weir
