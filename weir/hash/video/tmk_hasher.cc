// SPDX-License-Identifier: Apache-2.0
//
// Sums over frames. Every operation is one IEEE operation in the order in which the reference does
// it, so that the sums are the same to the bit: products of a feature and a wave and their addition
// in double, the sum rounded to float each time.
#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>

#include "weir/hash/picture/pdq_plain.h"
#include "weir/hash/picture/pdq_transform.h"
#include "weir/hash/video/even_frames.h"
#include "weir/hash/video/tmk.h"

namespace weir {
namespace {

constexpr size_t kSide = plain::kSamples;
constexpr size_t kDimensions = plain::kWaves * plain::kWaves;
constexpr size_t kHarmonics = 32;
constexpr int32_t kFramesASecond = 15;

// Prime, so that no shift within hours looks like another in all of them (Poullot and others).
constexpr std::array<int32_t, 4> kPeriods{2731, 4391, 9767, 14653};

// The Fourier coefficients of the kernel exp(beta cos) with the ends cut off, beta = 32: modified
// Bessel functions of the first kind (Poullot and others, section 3).
std::vector<float> kernel_weights() {
  constexpr double kBeta = 32;
  std::vector<float> weights;
  for (size_t j = 0; j < kHarmonics; ++j) {
    const double bessel = std::cyl_bessel_i(static_cast<double>(j), kBeta);
    weights.push_back(static_cast<float>(
        j == 0 ? (bessel - std::exp(-kBeta)) / (2 * std::sinh(kBeta)) : bessel / std::sinh(kBeta)));
  }
  return weights;
}

float length_of(std::span<const float> values) {
  float sum = 0;
  for (const float value : values) sum += value * value;
  return std::sqrt(sum);
}

void to_unit_length(std::span<float> values) {
  const float length = length_of(values);
  if (length > 0)
    for (float& value : values) value /= length;
}

void add_times(const plain::Coefficients& feature, double factor, float* sum) {
  for (size_t k = 0; k < kDimensions; ++k)
    sum[k] =
        static_cast<float>(static_cast<double>(sum[k]) + static_cast<double>(feature[k]) * factor);
}

}  // namespace

struct TmkHasher::Impl {
  explicit Impl(double frames_a_second) : even(frames_a_second, kFramesASecond) {
    sums.frames_a_second = kFramesASecond;
    sums.periods.assign(kPeriods.begin(), kPeriods.end());
    sums.weights = kernel_weights();
    sums.average.resize(kDimensions);
    sums.cosines.resize(kPeriods.size() * kHarmonics * kDimensions);
    sums.sines.resize(sums.cosines.size());
  }

  // One frame of 15 a second.
  void count(const plain::Coefficients& feature) {
    for (size_t k = 0; k < kDimensions; ++k) sums.average[k] += feature[k];
    plain::Coefficients unit = feature;
    to_unit_length(unit);
    const double frame = sums.frames;
    for (size_t i = 0; i < kPeriods.size(); ++i) {
      float* cosines = &sums.cosines[i * kHarmonics * kDimensions];
      float* sines = &sums.sines[i * kHarmonics * kDimensions];
      for (size_t k = 0; k < kDimensions; ++k) cosines[k] += unit[k];
      for (size_t j = 1; j < kHarmonics; ++j) {
        const double angle = 2.0 * std::numbers::pi * static_cast<double>(j) * frame / kPeriods[i];
        add_times(unit, std::cos(angle), cosines + j * kDimensions);
        add_times(unit, std::sin(angle), sines + j * kDimensions);
      }
    }
    ++sums.frames;
  }

  EvenFrames even;
  TmkSignature sums;
  plain::Coefficients last{};  // of the last frame taken, counted or not
};

TmkHasher::TmkHasher(double frames_a_second) : impl_(std::make_unique<Impl>(frames_a_second)) {}
TmkHasher::~TmkHasher() = default;

void TmkHasher::take(std::chrono::microseconds time, const PixelView& rgb,
                     std::optional<std::chrono::microseconds> duration) {
  assert(rgb.width == kSide && rgb.height == kSide && rgb.channels == 3);
  plain::Samples luma;
  plain::luma_of(rgb, luma.data());
  const plain::Coefficients feature = pdq_dct(luma);
  const EvenFrames::Counts counts = impl_->even.next(time, duration);
  for (uint32_t i = 0; i < counts.before; ++i) impl_->count(impl_->last);
  for (uint32_t i = 0; i < counts.now; ++i) impl_->count(feature);
  impl_->last = feature;
}

TmkSignature TmkHasher::finish() {
  const uint32_t more = impl_->even.finish();
  for (uint32_t i = 0; i < more; ++i) impl_->count(impl_->last);

  TmkSignature signature = impl_->sums;
  if (signature.frames == 0) return signature;
  for (float& value : signature.average) value /= static_cast<float>(signature.frames);
  for (std::vector<float>* waves : {&signature.cosines, &signature.sines}) {
    for (size_t row = 0; row < kPeriods.size() * kHarmonics; ++row) {
      const auto values = std::span(*waves).subspan(row * kDimensions, kDimensions);
      to_unit_length(values);
      const float scale = std::sqrt(signature.weights[row % kHarmonics]);
      for (float& value : values) value *= scale;
    }
  }
  return signature;
}

}  // namespace weir
