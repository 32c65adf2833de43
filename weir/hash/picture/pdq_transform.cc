// SPDX-License-Identifier: Apache-2.0
//
// Every sum of the transform has its own lane and takes its terms in the order of the definition,
// so lanes never mix; products and sums are rounded separately.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weir/hash/picture/pdq_transform.cc"
#include <hwy/foreach_target.h>  // before highway.h
//
#include <hwy/highway.h>

#include <algorithm>
#include <bit>

#include "weir/hash/picture/pdq_transform.h"

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using plain::kSamples;
using plain::kWaves;

// At most 16 lanes, so that a row of 16 coefficients is a whole number of vectors.
using Tag = hn::CappedTag<float, kWaves>;
using Vector = hn::Vec<Tag>;

// sums[i * columns + j] = sum over k of left[i * 64 + k] * right[k * columns + j], k ascending, for
// 16 rows i. Eight rows are added up side by side, enough to hide the latency of an addition.
template <size_t columns>
HWY_INLINE void Multiply(const float* HWY_RESTRICT left, const float* HWY_RESTRICT right,
                         float* HWY_RESTRICT sums) {
  const Tag d;
  const size_t lanes = hn::Lanes(d);
  for (size_t i = 0; i < kWaves; i += 8) {
    for (size_t j = 0; j < columns; j += lanes) {
      Vector s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
      for (size_t k = 0; k < kSamples; ++k) {
        const Vector r = hn::LoadU(d, right + k * columns + j);
        const float* l = left + i * kSamples + k;
        s0 = hn::Add(s0, hn::Mul(hn::Set(d, l[0 * kSamples]), r));
        s1 = hn::Add(s1, hn::Mul(hn::Set(d, l[1 * kSamples]), r));
        s2 = hn::Add(s2, hn::Mul(hn::Set(d, l[2 * kSamples]), r));
        s3 = hn::Add(s3, hn::Mul(hn::Set(d, l[3 * kSamples]), r));
        s4 = hn::Add(s4, hn::Mul(hn::Set(d, l[4 * kSamples]), r));
        s5 = hn::Add(s5, hn::Mul(hn::Set(d, l[5 * kSamples]), r));
        s6 = hn::Add(s6, hn::Mul(hn::Set(d, l[6 * kSamples]), r));
        s7 = hn::Add(s7, hn::Mul(hn::Set(d, l[7 * kSamples]), r));
      }
      float* to = sums + i * columns + j;
      hn::StoreU(s0, d, to + 0 * columns);
      hn::StoreU(s1, d, to + 1 * columns);
      hn::StoreU(s2, d, to + 2 * columns);
      hn::StoreU(s3, d, to + 3 * columns);
      hn::StoreU(s4, d, to + 4 * columns);
      hn::StoreU(s5, d, to + 5 * columns);
      hn::StoreU(s6, d, to + 6 * columns);
      hn::StoreU(s7, d, to + 7 * columns);
    }
  }
}

// `turned` is the matrix with rows and columns exchanged.
void Transform(const float* HWY_RESTRICT matrix, const float* HWY_RESTRICT turned,
               const float* HWY_RESTRICT samples, float* HWY_RESTRICT coefficients) {
  HWY_ALIGN float rows[kWaves * kSamples];
  Multiply<kSamples>(matrix, samples, rows);
  Multiply<kWaves>(rows, turned, coefficients);
}

// Sum of |int((a[i] - b[i]) * 100 / 255)| over `count` values, a multiple of the lanes.
HWY_INLINE hn::Vec<hn::Rebind<int32_t, Tag>> Steps(const float* HWY_RESTRICT a,
                                                   const float* HWY_RESTRICT b, size_t count) {
  const Tag d;
  const hn::Rebind<int32_t, Tag> d32;
  auto sum = hn::Zero(d32);
  for (size_t i = 0; i < count; i += hn::Lanes(d)) {
    const Vector difference = hn::Sub(hn::LoadU(d, a + i), hn::LoadU(d, b + i));
    const Vector scaled = hn::Div(hn::Mul(difference, hn::Set(d, 100.0f)), hn::Set(d, 255.0f));
    sum = hn::Add(sum, hn::Abs(hn::ConvertTo(d32, scaled)));
  }
  return sum;
}

int Quality(const float* HWY_RESTRICT samples) {
  const hn::Rebind<int32_t, Tag> d32;
  auto sum = Steps(samples, samples + kSamples, kSamples * (kSamples - 1));
  // A row's neighbours to the right: the last column, which has none, is compared with itself.
  HWY_ALIGN float shifted[kSamples];
  for (size_t y = 0; y < kSamples; ++y) {
    const float* row = samples + y * kSamples;
    std::copy_n(row + 1, kSamples - 1, shifted);
    shifted[kSamples - 1] = row[kSamples - 1];
    sum = hn::Add(sum, Steps(row, shifted, kSamples));
  }
  const int total = hn::GetLane(hn::SumOfLanes(d32, sum));
  return std::min(total / 90, 100);
}

// The 128th smallest of 256 floats, by halving the range of their bits: 32 counts, no branches.
// Floats are ordered as integers are once the negative ones have their other bits flipped. (-0
// comes out below 0, which no comparison of floats sees.)
float Median(const float* HWY_RESTRICT values) {
  const Tag d;
  const hn::Rebind<int32_t, Tag> d32;
  HWY_ALIGN int32_t keys[kWaves * kWaves];
  for (size_t i = 0; i < kWaves * kWaves; i += hn::Lanes(d)) {
    const auto bits = hn::BitCast(d32, hn::LoadU(d, values + i));
    const auto sign = hn::ShiftRight<31>(bits);
    hn::Store(hn::Xor(bits, hn::And(sign, hn::Set(d32, 0x7FFFFFFF))), d32, keys + i);
  }
  // The answer is the greatest key that fewer than 128 keys lie below.
  uint32_t answer = 0;  // with the sign bit flipped, so that it is built from the top bit down
  for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
    const auto candidate = hn::Set(d32, static_cast<int32_t>((answer | bit) ^ 0x80000000u));
    auto below = hn::Zero(d32);
    for (size_t i = 0; i < kWaves * kWaves; i += hn::Lanes(d))
      below = hn::Sub(below, hn::VecFromMask(d32, hn::Lt(hn::Load(d32, keys + i), candidate)));
    if (hn::GetLane(hn::SumOfLanes(d32, below)) < 128) answer |= bit;
  }
  const int32_t key = static_cast<int32_t>(answer ^ 0x80000000u);
  return std::bit_cast<float>(key < 0 ? key ^ 0x7FFFFFFF : key);
}

// Bit k of words is set where values[k] > median.
void Threshold(const float* HWY_RESTRICT values, uint64_t* HWY_RESTRICT words) {
  const Tag d;
  const size_t lanes = hn::Lanes(d);
  const Vector median = hn::Set(d, Median(values));
  std::fill_n(words, 4, 0);
  for (size_t i = 0; i < kWaves * kWaves; i += lanes) {
    uint8_t bits[8] = {};
    hn::StoreMaskBits(d, hn::Gt(hn::LoadU(d, values + i), median), bits);
    const uint64_t some = bits[0] | (lanes > 8 ? bits[1] << 8 : 0);
    words[i / 64] |= some << (i % 64);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir {

HWY_EXPORT(Transform);
HWY_EXPORT(Quality);
HWY_EXPORT(Threshold);

int pdq_quality(const plain::Samples& samples) {
  return HWY_DYNAMIC_DISPATCH(Quality)(samples.data());
}

plain::Coefficients pdq_dct(const plain::Samples& samples) {
  using plain::kSamples, plain::kWaves;
  const auto& matrix = plain::dct_matrix();
  static const auto turned = [&matrix] {
    std::array<float, kWaves * kSamples> t{};
    for (size_t i = 0; i < kWaves; ++i)
      for (size_t j = 0; j < kSamples; ++j) t[j * kWaves + i] = matrix[i * kSamples + j];
    return t;
  }();
  plain::Coefficients coefficients;
  HWY_DYNAMIC_DISPATCH(Transform)
  (matrix.data(), turned.data(), samples.data(), coefficients.data());
  return coefficients;
}

Hash256 pdq_threshold(const plain::Coefficients& coefficients) {
  Hash256 hash;
  HWY_DYNAMIC_DISPATCH(Threshold)(coefficients.data(), hash.words.data());
  return hash;
}

namespace {

// The hash of the transposed coefficients: they have the same median.
Hash256 transposed(const Hash256& hash) {
  Hash256 out;
  for (size_t i = 0; i < plain::kWaves; ++i)
    for (size_t j = 0; j < plain::kWaves; ++j)
      out.words[i / 4] |= uint64_t{hash.bit(j * plain::kWaves + i)} << (i % 4 * 16 + j);
  return out;
}

}  // namespace

std::array<Hash256, kDihedrals> pdq_thresholds(const plain::Coefficients& coefficients) {
  std::array<Hash256, kDihedrals> hashes;
  const auto at = [&hashes](Dihedral dihedral) -> Hash256& {
    return hashes[static_cast<size_t>(dihedral)];
  };
  using enum Dihedral;
  at(kOriginal) = pdq_threshold(coefficients);
  for (const Dihedral mirror : {kRotate180, kFlipX, kFlipY})
    at(mirror) = pdq_threshold(plain::transformed(coefficients, mirror));
  at(kFlipPlus1) = transposed(at(kOriginal));
  at(kFlipMinus1) = transposed(at(kRotate180));
  at(kRotate90) = transposed(at(kFlipY));
  at(kRotate270) = transposed(at(kFlipX));
  return hashes;
}

}  // namespace weir
#endif
