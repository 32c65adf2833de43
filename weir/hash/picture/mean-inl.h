// SPDX-License-Identifier: Apache-2.0
//
// Included once for every instruction set.
#if defined(WEIR_HASH_MEAN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEIR_HASH_MEAN_INL_H_
#undef WEIR_HASH_MEAN_INL_H_
#else
#define WEIR_HASH_MEAN_INL_H_
#endif

#include <hwy/highway.h>

#include <bit>

#include "weir/hash/picture/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

// Division of sums by one whole number, correctly rounded, by whatever way is cheapest. All three
// give the same floats: decision 0010 has the argument.

struct MeanByDivision {
  Vector count;
  HWY_INLINE Vector operator()(Vector sum) const { return hn::Div(sum, count); }
};

// For a count that is a power of two, whose inverse is exact.
struct MeanByProduct {
  Vector inverse;
  HWY_INLINE Vector operator()(Vector sum) const { return hn::Mul(sum, inverse); }
};

// The product with the rounded inverse is at most one step off; the remainder, which a fused
// multiply-add gives without rounding, says by how much.
struct MeanByCorrection {
  Vector count;
  Vector inverse;
  HWY_INLINE Vector operator()(Vector sum) const {
    const Vector guess = hn::Mul(sum, inverse);
    const Vector remainder = hn::NegMulAdd(guess, count, sum);
    return hn::MulAdd(remainder, inverse, guess);
  }
};

// Elsewhere Highway's multiply-add rounds twice.
#if HWY_ARCH_X86
constexpr bool kHasFusedMultiplyAdd = HWY_TARGET <= HWY_AVX2;
#else
constexpr bool kHasFusedMultiplyAdd = HWY_TARGET != HWY_SCALAR;
#endif

// Up to here no remainder of the four passes can be too small for a float.
constexpr size_t kMostToCorrect = 64;

// Calls use(mean) with the cheapest way for this count. Only two of them on any one instruction
// set: each is one more copy of every kernel, and beside the rest of a kernel the two operations
// that a correction costs over a product hardly show.
template <class Use>
HWY_INLINE void with_mean(size_t count, const Use& use) {
  const Tag d;
  const float divisor = static_cast<float>(count);
  if constexpr (kHasFusedMultiplyAdd) {
    if (count <= kMostToCorrect)
      return use(MeanByCorrection{hn::Set(d, divisor), hn::Set(d, 1.0f / divisor)});
  } else {
    if (std::has_single_bit(count)) return use(MeanByProduct{hn::Set(d, 1.0f / divisor)});
  }
  use(MeanByDivision{hn::Set(d, divisor)});
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#endif
