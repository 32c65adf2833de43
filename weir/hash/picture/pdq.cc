// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/picture/pdq.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "weir/hash/picture/pdq_filter.h"
#include "weir/hash/picture/pdq_information.h"
#include "weir/hash/picture/pdq_plain.h"
#include "weir/hash/picture/pdq_transform.h"

namespace weir {
namespace {

bool has_hash(size_t width, size_t height) {
  return width >= plain::kMinSide && height >= plain::kMinSide;
}

PdqHash hash_of(const plain::Samples& samples) {
  return {pdq_threshold(pdq_dct(samples)), pdq_quality(samples)};
}

int count_uncertain(const plain::Coefficients& coefficients, const Hash256& hash) {
  float median = -std::numeric_limits<float>::infinity();  // the largest without a bit
  for (size_t k = 0; k < coefficients.size(); ++k)
    if (!hash.bit(k)) median = std::max(median, coefficients[k]);
  return static_cast<int>(std::count_if(coefficients.begin(), coefficients.end(), [&](float c) {
    return std::abs(c - median) < kUncertainMargin;
  }));
}

PdqDihedral dihedral_of(const plain::Samples& samples) {
  const plain::Coefficients coefficients = pdq_dct(samples);
  const auto hashes = pdq_thresholds(coefficients);
  return {hashes, pdq_quality(samples), count_uncertain(coefficients, hashes[0]),
          pdq_information(coefficients, samples)};
}

}  // namespace

PdqHash pdq(const PixelView& picture) {
  if (!has_hash(picture.width, picture.height)) return {};
  return hash_of(pdq_samples(picture));
}

PdqDihedral pdq_dihedral(const PixelView& picture) {
  if (!has_hash(picture.width, picture.height)) return {};
  return dihedral_of(pdq_samples(picture));
}

PdqHash pdq_luma(const float* luma, size_t width, size_t height) {
  if (!has_hash(width, height)) return {};
  return hash_of(pdq_samples(luma, width, height));
}

PdqDihedral pdq_dihedral_luma(const float* luma, size_t width, size_t height) {
  if (!has_hash(width, height)) return {};
  return dihedral_of(pdq_samples(luma, width, height));
}

}  // namespace weir
