// SPDX-License-Identifier: Apache-2.0
//
// Included once for every instruction set (Highway's foreach_target), so no #pragma once.
#if defined(WEIR_HASH_TRANSPOSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEIR_HASH_TRANSPOSE_INL_H_
#undef WEIR_HASH_TRANSPOSE_INL_H_
#else
#define WEIR_HASH_TRANSPOSE_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<float>;
using Vector = hn::Vec<Tag>;
constexpr size_t kLanes = hn::MaxLanes(Tag());

// A square of kLanes x kLanes floats, one vector a row.
struct Square {
  Vector row[kLanes];
};

#if HWY_TARGET != HWY_SCALAR
// Turns four rows into four columns within each 128-bit block: afterwards block b of row[4 g + k]
// holds rows 4 g to 4 g + 3 of column 4 b + k.
HWY_INLINE void TransposeInBlocks(Square& s) {
  const Tag d;
  const hn::Repartition<double, Tag> d64;
  const auto lower = [=](Vector a, Vector b) HWY_ATTR {
    return hn::BitCast(d, hn::InterleaveLower(d64, hn::BitCast(d64, a), hn::BitCast(d64, b)));
  };
  const auto upper = [=](Vector a, Vector b) HWY_ATTR {
    return hn::BitCast(d, hn::InterleaveUpper(d64, hn::BitCast(d64, a), hn::BitCast(d64, b)));
  };
#pragma GCC unroll 4
  for (size_t g = 0; g < kLanes; g += 4) {
    const Vector a = hn::InterleaveLower(d, s.row[g], s.row[g + 1]);
    const Vector b = hn::InterleaveUpper(d, s.row[g], s.row[g + 1]);
    const Vector c = hn::InterleaveLower(d, s.row[g + 2], s.row[g + 3]);
    const Vector e = hn::InterleaveUpper(d, s.row[g + 2], s.row[g + 3]);
    s.row[g] = lower(a, c);
    s.row[g + 1] = upper(a, c);
    s.row[g + 2] = lower(b, e);
    s.row[g + 3] = upper(b, e);
  }
}

#endif  // HWY_TARGET != HWY_SCALAR

// Rows become columns. Four steps of one shuffle a vector for 16 lanes.
HWY_INLINE void Transpose(Square& s) {
#if HWY_TARGET != HWY_SCALAR
  TransposeInBlocks(s);
#endif
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
  // Highway has no two-input shuffle of 128-bit blocks. 0x88 takes the even blocks of both, 0xDD
  // the odd ones; twice that is a transposition of 4 x 4 blocks.
  const auto even = [](Vector a, Vector b)
                        HWY_ATTR { return Vector{_mm512_shuffle_f32x4(a.raw, b.raw, 0x88)}; };
  const auto odd = [](Vector a, Vector b)
                       HWY_ATTR { return Vector{_mm512_shuffle_f32x4(a.raw, b.raw, 0xDD)}; };
#pragma GCC unroll 4
  for (size_t k = 0; k < 4; ++k) {
    const Vector a = even(s.row[k], s.row[4 + k]);
    const Vector b = odd(s.row[k], s.row[4 + k]);
    const Vector c = even(s.row[8 + k], s.row[12 + k]);
    const Vector e = odd(s.row[8 + k], s.row[12 + k]);
    s.row[k] = even(a, c);
    s.row[4 + k] = even(b, e);
    s.row[8 + k] = odd(a, c);
    s.row[12 + k] = odd(b, e);
  }
#elif HWY_TARGET == HWY_AVX2
  const Tag d;
#pragma GCC unroll 4
  for (size_t k = 0; k < 4; ++k) {
    const Vector a = s.row[k];
    const Vector b = s.row[4 + k];
    s.row[k] = hn::ConcatLowerLower(d, b, a);
    s.row[4 + k] = hn::ConcatUpperUpper(d, b, a);
  }
#else
  static_assert(kLanes == 4 || kLanes == 1, "at most one block: nothing is left to do");
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#endif
