// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/video/tmk.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include "weir/signal/tmk_layout.h"

namespace weir {
namespace {

void put(std::vector<uint8_t>& out, uint32_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}
void put(std::vector<uint8_t>& out, std::span<const float> values) {
  for (const float value : values) put(out, std::bit_cast<uint32_t>(value));
}

uint32_t take(std::span<const uint8_t>& from) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= uint32_t{from[i]} << (8 * i);
  from = from.subspan(4);
  return value;
}
std::vector<float> take_floats(std::span<const uint8_t>& from, size_t count) {
  std::vector<float> values(count);
  for (float& value : values) value = std::bit_cast<float>(take(from));
  return values;
}

float dot(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

bool is_comparable(const TmkSignature& a, const TmkSignature& b) {
  constexpr float kSameWeight = 1e-6F;  // relative
  if (a.frames_a_second != b.frames_a_second || a.periods != b.periods ||
      a.weights.size() != b.weights.size() || a.average.size() != b.average.size())
    return false;
  for (size_t j = 0; j < a.weights.size(); ++j) {
    const float larger = std::max(std::abs(a.weights[j]), std::abs(b.weights[j]));
    if (std::abs(a.weights[j] - b.weights[j]) > kSameWeight * larger) return false;
  }
  return true;
}

// What two signatures have in common in one period, as waves of the shift between them.
struct Waves {
  std::vector<float> cosines;  // by harmonic
  std::vector<float> sines;
};
Waves common_waves(const TmkSignature& a, const TmkSignature& b, size_t period) {
  const size_t harmonics = a.weights.size(), dimensions = a.average.size();
  Waves waves{std::vector<float>(harmonics), std::vector<float>(harmonics)};
  for (size_t j = 0; j < harmonics; ++j) {
    const auto row = [&](const std::vector<float>& values) {
      return std::span(values).subspan((period * harmonics + j) * dimensions, dimensions);
    };
    const auto a_cos = row(a.cosines), a_sin = row(a.sines);
    const auto b_cos = row(b.cosines), b_sin = row(b.sines);
    waves.cosines[j] = dot(a_cos, b_cos) + (j > 0 ? dot(a_sin, b_sin) : 0);
    waves.sines[j] = j > 0 ? dot(a_sin, b_cos) - dot(a_cos, b_sin) : 0;
  }
  return waves;
}

// The most that the waves sum to at any whole shift within the period.
float highest(const Waves& waves, int32_t period) {
  const size_t harmonics = waves.cosines.size();
  const size_t shifts = static_cast<size_t>(period);
  std::vector<float> cosine(shifts), sine(shifts);
  for (size_t k = 0; k < shifts; ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / period;
    cosine[k] = static_cast<float>(std::cos(angle));
    sine[k] = static_cast<float>(std::sin(angle));
  }
  float most = -std::numeric_limits<float>::infinity();
  for (size_t shift = 0; shift < shifts; ++shift) {
    float sum = waves.cosines[0];
    size_t at = 0;  // j x shift, modulo the period
    for (size_t j = 1; j < harmonics; ++j) {
      at += shift;
      if (at >= shifts) at -= shifts;
      sum += cosine[at] * waves.cosines[j] + sine[at] * waves.sines[j];
    }
    most = std::max(most, sum);
  }
  return most;
}

}  // namespace

std::vector<uint8_t> write_tmk(const TmkSignature& signature) {
  std::vector<uint8_t> out;
  TmkLayout layout;
  layout.periods = static_cast<uint32_t>(signature.periods.size());
  layout.harmonics = static_cast<uint32_t>(signature.weights.size());
  layout.dimensions = static_cast<uint32_t>(signature.average.size());
  out.reserve(layout.bytes());
  for (const char c : std::string_view("TMK1FVECPDQF")) out.push_back(static_cast<uint8_t>(c));
  put(out, static_cast<uint32_t>(signature.frames_a_second));
  put(out, layout.periods);
  put(out, layout.harmonics);
  put(out, layout.dimensions);
  put(out, static_cast<uint32_t>(signature.frames));
  for (const int32_t period : signature.periods) put(out, static_cast<uint32_t>(period));
  put(out, signature.weights);
  put(out, signature.average);
  put(out, signature.cosines);
  put(out, signature.sines);
  assert(out.size() == layout.bytes());
  return out;
}

Result<TmkSignature> read_tmk(std::span<const uint8_t> bytes) {
  const TmkLayout layout = TRY(tmk_layout(bytes));
  TmkSignature signature;
  signature.frames_a_second = layout.frames_a_second;
  signature.frames = layout.frames;
  bytes = bytes.subspan(TmkLayout::kHeaderBytes);
  for (uint32_t i = 0; i < layout.periods; ++i)
    signature.periods.push_back(static_cast<int32_t>(take(bytes)));
  signature.weights = take_floats(bytes, layout.harmonics);
  signature.average = take_floats(bytes, layout.dimensions);
  const size_t features = size_t{layout.periods} * layout.harmonics * layout.dimensions;
  signature.cosines = take_floats(bytes, features);
  signature.sines = take_floats(bytes, features);
  return signature;
}

float tmk_level_1(const TmkSignature& a, const TmkSignature& b) {
  if (!is_comparable(a, b)) return 0;
  const float lengths = std::sqrt(dot(a.average, a.average)) * std::sqrt(dot(b.average, b.average));
  return lengths > 0 ? dot(a.average, b.average) / lengths : 0;
}

float tmk_level_2(const TmkSignature& a, const TmkSignature& b) {
  if (!is_comparable(a, b) || a.periods.empty() || a.weights.empty()) return 0;
  float whole = a.weights[0];
  for (size_t j = 1; j < a.weights.size(); ++j) whole += 2 * a.weights[j];
  if (!(whole > 0)) return 0;
  float most = -std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < a.periods.size(); ++i)
    most = std::max(most, highest(common_waves(a, b, i), a.periods[i]));
  return most / whole;
}

TmkScore tmk_similarity(const TmkSignature& a, const TmkSignature& b) {
  return {tmk_level_1(a, b), tmk_level_2(a, b)};
}

}  // namespace weir
