// SPDX-License-Identifier: Apache-2.0
//
// A pattern that is a product of one along x and one along y has coefficients that are such
// products too, so all their signs follow from those of a row and of a column. Where the waves that
// it is made of lie beyond the sixteenth, what leaks of them stands there: again products, falling
// off evenly. The closest product is found by turns, the column's signs from the row's and back,
// from each row as it is; few steps lead to a fixed point, and the best of sixteen is taken.
#include "weir/hash/picture/pdq_information.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace weir {
namespace {

using plain::kWaves;

// Of the samples' deviation. Measured (0014): 0.05 already takes from photographs with little but
// sky, 0.01 leaves patterns 30 times as many pairs.
constexpr float kLeastShare = 0.02f;
constexpr int kTurns = 3;

using Signs = std::array<float, kWaves * kWaves>;  // 1, -1, or 0: does not count
using WaveLine = std::array<float, kWaves>;

// Bits to say which of two it is, each time, when the rarer comes in `rare` of `all`.
double bits_of(double rare, double all) {
  if (rare <= 0 || all <= 0) return 0;
  const double p = std::min(0.5, rare / all);
  return -all * (p * std::log2(p) + (1 - p) * std::log2(1 - p));
}

float sign_of(float value) {
  return value >= 0 ? 1.0f : -1.0f;
}

// A line of signs that stay or alternate, or that repeat with the one after the next, is short.
double bits_of(const WaveLine& line) {
  double least = kWaves;
  for (size_t step = 1; step <= 2; ++step) {
    const auto count = static_cast<double>(kWaves - step);
    double turns = 0;
    for (size_t i = step; i < kWaves; ++i) turns += line[i] != line[i - step] ? 1 : 0;
    const double rare = std::min(turns, count - turns);
    least = std::min(least, 1 + static_cast<double>(step) + bits_of(rare, count));
  }
  return least;
}

struct Product {
  WaveLine down{}, across{};
  float agreeing = -1;  // those that agree less those that do not
};

Product closest_to(const Signs& signs, WaveLine across) {
  Product product;
  for (int turn = 0; turn < kTurns; ++turn) {
    WaveLine sums{};
    for (size_t i = 0; i < kWaves; ++i) {
      float sum = 0;
      for (size_t j = 0; j < kWaves; ++j) sum += signs[i * kWaves + j] * across[j];
      product.down[i] = sign_of(sum);
      for (size_t j = 0; j < kWaves; ++j) sums[j] += signs[i * kWaves + j] * product.down[i];
    }
    product.agreeing = 0;
    for (size_t j = 0; j < kWaves; ++j) {
      across[j] = sign_of(sums[j]);
      product.agreeing += std::abs(sums[j]);
    }
  }
  product.across = across;
  return product;
}

double bits_of(const Signs& signs) {
  float all = 0;
  for (const float sign : signs) all += std::abs(sign);
  Product best;
  for (size_t i = 0; i < kWaves; ++i) {
    WaveLine row;
    for (size_t j = 0; j < kWaves; ++j) row[j] = sign_of(signs[i * kWaves + j]);
    const Product product = closest_to(signs, row);
    if (product.agreeing > best.agreeing) best = product;
  }
  const double errors = (all - best.agreeing) / 2;
  return std::min<double>(all, bits_of(best.down) + bits_of(best.across) + bits_of(errors, all));
}

Signs signs_of(const plain::Coefficients& coefficients, float from, float least) {
  Signs signs;
  for (size_t k = 0; k < signs.size(); ++k) {
    const float off = coefficients[k] - from;
    signs[k] = std::abs(off) > least ? sign_of(off) : 0.0f;
  }
  return signs;
}

float deviation_of(const plain::Samples& samples) {
  double sum = 0, squares = 0;
  for (const float sample : samples) {
    sum += sample;
    squares += double{sample} * sample;
  }
  const double mean = sum / static_cast<double>(samples.size());
  const double variance = squares / static_cast<double>(samples.size()) - mean * mean;
  return static_cast<float>(std::sqrt(std::max(0.0, variance)));
}

}  // namespace

int pdq_information(const plain::Coefficients& coefficients, const plain::Samples& samples) {
  plain::Coefficients sorted = coefficients;
  const auto middle = sorted.begin() + sorted.size() / 2 - 1;
  std::nth_element(sorted.begin(), middle, sorted.end());
  const float least = kLeastShare * deviation_of(samples);
  // Against the median, as the hash has them; and against zero, where products have their signs.
  return static_cast<int>(std::min(bits_of(signs_of(coefficients, *middle, least)),
                                   bits_of(signs_of(coefficients, 0, least))));
}

int pdq_information(const Hash256& hash) {
  Signs signs;
  for (size_t k = 0; k < signs.size(); ++k) signs[k] = hash.bit(k) ? 1.0f : -1.0f;
  return static_cast<int>(bits_of(signs));
}

}  // namespace weir
