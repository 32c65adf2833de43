// SPDX-License-Identifier: Apache-2.0
//
// Pictures as squares of luma, for one instruction set. Included once for each.
#if defined(WEIR_HASH_PIXEL_SQUARES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEIR_HASH_PIXEL_SQUARES_INL_H_
#undef WEIR_HASH_PIXEL_SQUARES_INL_H_
#else
#define WEIR_HASH_PIXEL_SQUARES_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "weir/base/pixels.h"
#include "weir/hash/picture/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

using ByteTag = hn::Rebind<uint8_t, Tag>;
using Bytes = hn::Vec<ByteTag>;

HWY_INLINE Vector FloatOf(Bytes bytes) {
  const Tag d;
  const hn::Rebind<int32_t, Tag> d32;
  return hn::ConvertTo(d, hn::PromoteTo(d32, bytes));
}

// Each kind of picture gives the luma of kLanes pixels from a place in one of its rows.
struct FloatLuma {
  using Sample = float;
  static constexpr size_t kChannels = 1;
  const float* luma;
  size_t width;
  size_t height;

  const float* row(size_t y) const { return luma + y * width; }
  static HWY_INLINE Vector at(const float* pixels) { return hn::LoadU(Tag(), pixels); }
};

struct GreyPixels {
  using Sample = uint8_t;
  static constexpr size_t kChannels = 1;
  PixelView picture;
  size_t width = picture.width;
  size_t height = picture.height;

  const uint8_t* row(size_t y) const { return picture.row(y); }
  static HWY_INLINE Vector at(const uint8_t* pixels) {
    return FloatOf(hn::LoadU(ByteTag(), pixels));
  }
};

struct RgbPixels {
  using Sample = uint8_t;
  static constexpr size_t kChannels = 3;
  PixelView picture;
  size_t width = picture.width;
  size_t height = picture.height;

  const uint8_t* row(size_t y) const { return picture.row(y); }
  static HWY_INLINE Vector at(const uint8_t* pixels) {
    const Tag d;
    Bytes r, g, b;
    hn::LoadInterleaved3(ByteTag(), pixels, r, g, b);
    const Vector red = hn::Mul(FloatOf(r), hn::Set(d, 0.299f));
    const Vector green = hn::Mul(FloatOf(g), hn::Set(d, 0.587f));
    const Vector blue = hn::Mul(FloatOf(b), hn::Set(d, 0.114f));
    return hn::Add(hn::Add(red, green), blue);
  }
};

// kLanes rows of a picture, square by square. Rows below the picture repeat its last one; what
// comes of them, and of the pixels past the right edge, is finite and read by nobody.
template <class Pixels>
class PixelBand {
 public:
  explicit PixelBand(const Pixels& pixels) : pixels_(pixels) {}

  // Turns to the rows from y on.
  void start(size_t y) {
    for (size_t r = 0; r < kLanes; ++r) row_[r] = pixels_.row(std::min(y + r, pixels_.height - 1));
  }

  // The square of luma from column x on, one row a vector.
  HWY_INLINE void load(size_t x, Square& square) const {
    if (HWY_LIKELY(x + kLanes <= pixels_.width)) {
#pragma GCC unroll 16
      for (size_t r = 0; r < kLanes; ++r)
        square.row[r] = Pixels::at(row_[r] + x * Pixels::kChannels);
    } else {
      for (size_t r = 0; r < kLanes; ++r) {
        typename Pixels::Sample some[kLanes * Pixels::kChannels] = {};
        std::memcpy(some, row_[r] + x * Pixels::kChannels,
                    (pixels_.width - x) * Pixels::kChannels * sizeof some[0]);
        square.row[r] = Pixels::at(some);
      }
    }
  }

 private:
  Pixels pixels_;
  const typename Pixels::Sample* row_[kLanes];
};

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#endif
