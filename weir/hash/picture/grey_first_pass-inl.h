// SPDX-License-Identifier: Apache-2.0
//
// The first pass over 8-bit grey, for one instruction set. Included once for each.
#if defined(WEIR_HASH_GREY_FIRST_PASS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEIR_HASH_GREY_FIRST_PASS_INL_H_
#undef WEIR_HASH_GREY_FIRST_PASS_INL_H_
#else
#define WEIR_HASH_GREY_FIRST_PASS_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "weir/base/pixels.h"
#include "weir/hash/picture/pdq_filter-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR  // one lane has no halves
// Sums of whole numbers below 2^24 are exact in float, in any order. So each window is added up by
// itself, in 16-bit integers, along the row as it lies in memory: nothing is carried from left to
// right and nothing is transposed. Takes the place of FirstPass for windows of at most kMostToAdd.
class GreyFirstPass {
 public:
  static constexpr size_t kMostToAdd = 65535 / 255;

  GreyFirstPass(const PixelView& picture, const Axis& columns, Scratch& scratch)
      : picture_(picture),
        columns_(columns),
        padded_size_(columns.window.full() + rounded_up(columns.size, kPixels) + kPixels),
        padded_(reinterpret_cast<uint8_t*>(scratch.floats(padded_size_ / sizeof(float) + 1))),
        held_(scratch.floats(rounded_up(columns.size, kPixels))) {
    std::fill_n(padded_, padded_size_, 0);
    for (size_t x = 0; x < rounded_up(columns.size, kPixels); ++x) held_[x] = columns.held(x);
  }

  void run(size_t y, const RowRing& ring) {
    with_mean(columns_.window.full(), [&](const auto& mean) HWY_ATTR { run(y, ring, mean); });
  }

 private:
  // Two squares at a time: as many 16-bit lanes as there are in a vector.
  static constexpr size_t kPixels = 2 * kLanes;
  using SumTag = hn::Repartition<uint16_t, Tag>;

  template <class Mean>
  HWY_NOINLINE void run(size_t y, const RowRing& ring, const Mean& mean) {
    const Tag d;
    const hn::Half<SumTag> half;
    const size_t squares = columns_.squares();
    const size_t inside_begin = columns_.inside_begin(), inside_end = columns_.inside_end();
    const size_t window = columns_.window.full();
    const uint8_t* HWY_RESTRICT padded = padded_;
    for (size_t r = 0; r < kLanes; ++r) {
      // Zeros on both sides: what lies outside the picture adds nothing.
      const size_t from = std::min<size_t>(y + r, picture_.height - 1);
      std::memcpy(padded_ + columns_.window.left, picture_.row(from), picture_.width);
      float* HWY_RESTRICT to = ring.square(0) + ring.row(y + r);
      const size_t stride = ring.stride();
      // A ring has a square to spare, for an odd number of them.
      for (size_t i = 0; i < squares; i += 2, to += 2 * stride) {
        const auto sums = WindowSums(padded + i * kLanes, window);
        Vector first = FloatOf(hn::LowerHalf(half, sums));
        Vector second = FloatOf(hn::UpperHalf(half, sums));
        if (HWY_LIKELY(inside_begin <= i && i + 1 < inside_end)) {
          first = mean(first);
          second = mean(second);
        } else {
          first = hn::Div(first, hn::Load(d, held_ + i * kLanes));
          second = hn::Div(second, hn::Load(d, held_ + i * kLanes + kLanes));
        }
        hn::Store(first, d, to);
        hn::Store(second, d, to + stride);
      }
    }
  }

  static HWY_INLINE hn::Vec<SumTag> WindowSums(const uint8_t* HWY_RESTRICT pixels, size_t window) {
    const SumTag d16;
    const hn::Rebind<uint8_t, SumTag> d8;
    auto sums = hn::PromoteTo(d16, hn::LoadU(d8, pixels));
    for (size_t i = 1; i < window; ++i)
      sums = hn::Add(sums, hn::PromoteTo(d16, hn::LoadU(d8, pixels + i)));
    return sums;
  }

  static HWY_INLINE Vector FloatOf(hn::Vec<hn::Half<SumTag>> sums) {
    const Tag d;
    const hn::Rebind<int32_t, Tag> d32;
    return hn::ConvertTo(d, hn::PromoteTo(d32, sums));
  }

  const PixelView& picture_;
  const Axis& columns_;
  size_t padded_size_;
  uint8_t* padded_;
  float* held_;
};
#endif  // HWY_TARGET != HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#endif
