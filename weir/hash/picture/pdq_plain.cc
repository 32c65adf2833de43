// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/picture/pdq_plain.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <vector>

#include "weir/hash/picture/pdq.h"
#include "weir/hash/picture/pdq_information.h"

namespace weir {
namespace plain {
namespace {

// One sliding mean along `count` values that lie `stride` apart. The sum takes the new value before
// it gives up the old one, and is carried from one end to the other: both are part of the
// definition.
void box_filter(const float* in, float* out, size_t count, size_t stride) {
  const Window window = window_for(count);
  float sum = 0;
  size_t held = 0;
  for (size_t i = 0; i < window.right; ++i, ++held) sum += in[i * stride];
  for (size_t i = 0; i < count; ++i) {
    if (i + window.right < count) {
      sum += in[(i + window.right) * stride];
      ++held;
    }
    if (i > window.left) {
      sum -= in[(i - window.left - 1) * stride];
      --held;
    }
    out[i * stride] = sum / static_cast<float>(held);
  }
}

}  // namespace

Window window_for(size_t size) {
  const size_t full = (size + 2 * kSamples - 1) / (2 * kSamples);
  const size_t right = full / 2;
  return {full - 1 - right, right};
}

size_t sample_position(size_t i, size_t size) {
  return static_cast<size_t>((static_cast<double>(i) + 0.5) * static_cast<double>(size) / kSamples);
}

const std::array<float, kWaves * kSamples>& dct_matrix() {
  static const auto matrix = [] {
    std::array<float, kWaves * kSamples> m{};
    const float scale = static_cast<float>(std::sqrt(2.0 / kSamples));
    for (size_t i = 0; i < kWaves; ++i) {
      for (size_t j = 0; j < kSamples; ++j) {
        const double angle = std::numbers::pi / 2 / kSamples * static_cast<double>(i + 1) *
                             static_cast<double>(2 * j + 1);
        m[i * kSamples + j] = static_cast<float>(scale * std::cos(angle));
      }
    }
    return m;
  }();
  return matrix;
}

void luma_of(const PixelView& picture, float* luma) {
  for (size_t y = 0; y < picture.height; ++y) {
    const uint8_t* row = picture.row(y);
    for (size_t x = 0; x < picture.width; ++x) {
      if (picture.channels == 1) {
        *luma++ = row[x];
      } else {
        const uint8_t* rgb = row + 3 * x;
        *luma++ = 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
      }
    }
  }
}

Samples downsample(const float* luma, size_t width, size_t height) {
  Samples samples;
  if (width == kSamples && height == kSamples) {
    std::copy_n(luma, samples.size(), samples.begin());
    return samples;
  }
  std::vector<float> blurred(luma, luma + width * height);
  std::vector<float> along_rows(width * height);
  for (int round = 0; round < 2; ++round) {
    for (size_t y = 0; y < height; ++y)
      box_filter(&blurred[y * width], &along_rows[y * width], width, 1);
    for (size_t x = 0; x < width; ++x) box_filter(&along_rows[x], &blurred[x], height, width);
  }
  for (size_t i = 0; i < kSamples; ++i) {
    const float* row = &blurred[sample_position(i, height) * width];
    for (size_t j = 0; j < kSamples; ++j)
      samples[i * kSamples + j] = row[sample_position(j, width)];
  }
  return samples;
}

int quality_of(const Samples& samples) {
  const auto step = [](float a, float b) {
    return std::abs(static_cast<int>((a - b) * 100 / 255));
  };
  int sum = 0;
  for (size_t i = 0; i < kSamples; ++i) {
    for (size_t j = 0; j < kSamples; ++j) {
      const float here = samples[i * kSamples + j];
      if (i + 1 < kSamples) sum += step(here, samples[(i + 1) * kSamples + j]);
      if (j + 1 < kSamples) sum += step(here, samples[i * kSamples + j + 1]);
    }
  }
  return std::min(sum / 90, 100);
}

std::array<float, kWaves * kSamples> dct_rows(const Samples& samples) {
  const auto& d = dct_matrix();
  std::array<float, kWaves * kSamples> rows;
  for (size_t i = 0; i < kWaves; ++i) {
    for (size_t j = 0; j < kSamples; ++j) {
      float sum = 0;
      for (size_t k = 0; k < kSamples; ++k) sum += d[i * kSamples + k] * samples[k * kSamples + j];
      rows[i * kSamples + j] = sum;
    }
  }
  return rows;
}

Coefficients dct(const Samples& samples) {
  const auto& d = dct_matrix();
  const auto rows = dct_rows(samples);
  Coefficients coefficients;
  for (size_t i = 0; i < kWaves; ++i) {
    for (size_t j = 0; j < kWaves; ++j) {
      float sum = 0;
      for (size_t k = 0; k < kSamples; ++k) sum += rows[i * kSamples + k] * d[j * kSamples + k];
      coefficients[i * kWaves + j] = sum;
    }
  }
  return coefficients;
}

// Element 0 is the wave of one half period, which is odd: mirroring an axis negates its elements 0,
// 2, 4, ... A turn is a mirror image and a transposition.
Coefficients transformed(const Coefficients& coefficients, Dihedral dihedral) {
  const auto is = [dihedral](auto... any) { return ((dihedral == any) || ...); };
  using enum Dihedral;
  const bool transpose = is(kRotate90, kRotate270, kFlipPlus1, kFlipMinus1);
  const bool mirror_rows = is(kRotate90, kRotate180, kFlipX, kFlipMinus1);
  const bool mirror_columns = is(kRotate180, kRotate270, kFlipY, kFlipMinus1);

  Coefficients out;
  for (size_t i = 0; i < kWaves; ++i) {
    for (size_t j = 0; j < kWaves; ++j) {
      const float c = coefficients[transpose ? j * kWaves + i : i * kWaves + j];
      const bool negate = (mirror_rows && i % 2 == 0) != (mirror_columns && j % 2 == 0);
      out[i * kWaves + j] = negate ? -c : c;
    }
  }
  return out;
}

Hash256 threshold(const Coefficients& coefficients) {
  Coefficients sorted = coefficients;
  std::nth_element(sorted.begin(), sorted.begin() + 127, sorted.end());
  const float median = sorted[127];
  Hash256 hash;
  for (size_t k = 0; k < coefficients.size(); ++k)
    if (coefficients[k] > median) hash.set_bit(k);
  return hash;
}

PdqHash pdq_luma(const float* luma, size_t width, size_t height) {
  if (width < kMinSide || height < kMinSide) return {};
  const Samples samples = downsample(luma, width, height);
  return {threshold(dct(samples)), quality_of(samples)};
}

PdqDihedral pdq_dihedral_luma(const float* luma, size_t width, size_t height) {
  if (width < kMinSide || height < kMinSide) return {};
  const Samples samples = downsample(luma, width, height);
  const Coefficients coefficients = dct(samples);
  PdqDihedral result;
  for (size_t i = 0; i < kDihedrals; ++i)
    result.dihedral[i] = threshold(transformed(coefficients, static_cast<Dihedral>(i)));
  result.quality = quality_of(samples);
  result.information = pdq_information(coefficients, samples);
  return result;
}

}  // namespace plain
}  // namespace weir
