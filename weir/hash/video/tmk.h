// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "weir/base/pixels.h"
#include "weir/base/result.h"

namespace weir {

// TMK+PDQF, a signature of whole videos that the field exchanges (github.com/facebook/
// ThreatExchange, tmk/; Poullot and others, "Temporal Matching Kernel with Explicit Feature Maps",
// ACM MM 2015): the 256 cosine coefficients of PDQ at 15 frames a second, summed over the video,
// each multiplied with cosine and sine waves of four periods in 32 harmonics.
struct TmkSignature {
  int32_t frames_a_second = 15;  // after resampling
  int32_t frames = 0;            // after resampling
  std::vector<int32_t> periods;  // in resampled frames
  std::vector<float> weights;    // of the harmonics
  std::vector<float> average;    // one value a dimension
  // [period][harmonic][dimension], of unit length times the root of the weight.
  std::vector<float> cosines;
  std::vector<float> sines;
  friend bool operator==(const TmkSignature&, const TmkSignature&) = default;
};

// The bytes of a .tmk file, docs/formats/tmk.md.
std::vector<uint8_t> write_tmk(const TmkSignature& signature);
// Everything is checked: magic words, numbers that fit what follows, finite values. Errors:
// invalid, saying what is wrong.
Result<TmkSignature> read_tmk(std::span<const uint8_t> bytes);

// How alike two videos are. The field takes both from 0.7 on for a match.
struct TmkScore {
  float level_1 = 0;  // -1 to 1: cosine of the averages, without regard to order in time
  float level_2 = 0;  // 0 to 1: the best agreement at any shift in time
};
constexpr float kTmkMatch = 0.7F;
// Not comparable, which is level 0, when periods, weights, dimensions or frame rates differ.
float tmk_level_1(const TmkSignature& a, const TmkSignature& b);
float tmk_level_2(const TmkSignature& a, const TmkSignature& b);  // some milliseconds
TmkScore tmk_similarity(const TmkSignature& a, const TmkSignature& b);

// Makes a signature from frames in order of showing, in memory that does not grow.
//
// The reference has FFmpeg's command line resample to 15 frames a second; the same frames are
// counted, doubled and dropped here (docs/decisions/0096-tmk-frames-as-ffmpeg-counts-them.md).
class TmkHasher {
 public:
  // As FFmpeg guesses it (r_frame_rate); while it is not known (0) it is taken to be 25.
  explicit TmkHasher(double frames_a_second);
  ~TmkHasher();

  // Every frame of the video: 64 x 64, 3 channels. Which of them count is known only from the next.
  // `duration` as for EvenFrames::next().
  void take(std::chrono::microseconds time, const PixelView& rgb,
            std::optional<std::chrono::microseconds> duration = std::nullopt);
  TmkSignature finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
