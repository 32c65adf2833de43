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
#include "weir/hash/transpose-inl.h"

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

// Each kind of picture gives the luma of kLanes pixels that all exist at(y, x), or at the right
// edge the luma of `count` pixels and then anything.
struct FloatLuma {
  const float* luma;
  size_t width;
  size_t height;

  HWY_INLINE Vector at(size_t y, size_t x) const { return hn::LoadU(Tag(), luma + y * width + x); }
  Vector at_edge(size_t y, size_t x, size_t count) const {
    float pixels[kLanes] = {};
    std::memcpy(pixels, luma + y * width + x, count * sizeof(float));
    return hn::LoadU(Tag(), pixels);
  }
};

struct GreyPixels {
  PixelView picture;
  size_t width = picture.width;
  size_t height = picture.height;

  HWY_INLINE Vector at(size_t y, size_t x) const {
    return FloatOf(hn::LoadU(ByteTag(), picture.row(y) + x));
  }
  Vector at_edge(size_t y, size_t x, size_t count) const {
    uint8_t pixels[kLanes] = {};
    std::memcpy(pixels, picture.row(y) + x, count);
    return FloatOf(hn::LoadU(ByteTag(), pixels));
  }
};

struct RgbPixels {
  PixelView picture;
  size_t width = picture.width;
  size_t height = picture.height;

  HWY_INLINE Vector at(size_t y, size_t x) const { return luma(picture.row(y) + 3 * x); }
  Vector at_edge(size_t y, size_t x, size_t count) const {
    uint8_t pixels[3 * kLanes] = {};
    std::memcpy(pixels, picture.row(y) + 3 * x, 3 * count);
    return luma(pixels);
  }

 private:
  static HWY_INLINE Vector luma(const uint8_t* pixels) {
    const Tag d;
    Bytes r, g, b;
    hn::LoadInterleaved3(ByteTag(), pixels, r, g, b);
    const Vector red = hn::Mul(FloatOf(r), hn::Set(d, 0.299f));
    const Vector green = hn::Mul(FloatOf(g), hn::Set(d, 0.587f));
    const Vector blue = hn::Mul(FloatOf(b), hn::Set(d, 0.114f));
    return hn::Add(hn::Add(red, green), blue);
  }
};

// Rows below the picture repeat its last one; nobody reads what comes of them.
template <class Pixels>
struct PixelSquares {
  Pixels pixels;

  HWY_INLINE void load(size_t y, size_t x, Square& square) const {
    const size_t last = pixels.height - 1;
    if (x + kLanes <= pixels.width) {
#pragma GCC unroll 16
      for (size_t r = 0; r < kLanes; ++r) square.row[r] = pixels.at(std::min(y + r, last), x);
    } else {
      for (size_t r = 0; r < kLanes; ++r)
        square.row[r] = pixels.at_edge(std::min(y + r, last), x, pixels.width - x);
    }
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#endif
