// SPDX-License-Identifier: Apache-2.0
//
// The samples of a patch and their gradients, for one instruction set. Included once for each.
#if defined(WEIR_HASH_FEATURE_PATCH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEIR_HASH_FEATURE_PATCH_INL_H_
#undef WEIR_HASH_FEATURE_PATCH_INL_H_
#else
#define WEIR_HASH_FEATURE_PATCH_INL_H_
#endif

#include <hwy/highway.h>

#include <cstring>

#include "weir/hash/features/feature_kernels.h"
#include "weir/hash/features/feature_windows.h"

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// At most as long as there are directions; rows of samples are whole vectors of it.
using Narrow = hn::CappedTag<float, 8>;
using NarrowVector = hn::Vec<Narrow>;

// See plain::angle_of().
HWY_INLINE NarrowVector AngleOf(NarrowVector x, NarrowVector y, float turn) {
  const Narrow d;
  const auto zero = hn::Zero(d);
  const auto across = hn::Abs(x), along = hn::Abs(y);
  const auto a =
      hn::Div(hn::Min(across, along), hn::Add(hn::Max(across, along), hn::Set(d, 1e-30f)));
  const auto square = hn::Mul(a, a);
  auto sum = hn::Set(d, kArcTangent[4]);
  for (size_t i = 4; i-- > 0;) sum = hn::Add(hn::Set(d, kArcTangent[i]), hn::Mul(square, sum));
  auto part = hn::Mul(a, sum);
  part = hn::IfThenElse(hn::Gt(along, across), hn::Sub(hn::Set(d, 0.25f), part), part);
  part = hn::IfThenElse(hn::Lt(x, zero), hn::Sub(hn::Set(d, 0.5f), part), part);
  part = hn::IfThenElse(hn::Lt(y, zero), hn::Sub(hn::Set(d, 1.0f), part), part);
  return hn::Mul(part, hn::Set(d, turn));
}

// Brightness at kSide + 2 places each way. The four pixels around a place are fetched as two pairs,
// a whole row before any of them is used: gather instructions take several times as long.
template <size_t kSide>
class Samples {
 public:
  Samples(const FloatPlane& plane, const Patch& patch) {
    constexpr float kMiddle = (kSide + 1) / 2.0f;
    const float dx = patch.cosine * patch.step, dy = patch.sine * patch.step;
    for (size_t row = 0; row < kSide + 2; ++row) {
      const float v = static_cast<float>(row) - kMiddle;
      Row fetched;
      fetch(plane, {patch.x - dy * v, patch.y + dx * v, dx, dy}, fetched);
      interpolate(fetched, samples_ + row * kStride);
    }
  }
  const float* at(size_t column, size_t row) const { return samples_ + row * kStride + column; }

 private:
  // Of a row: samples in whole vectors.
  static constexpr size_t kStride = (kSide + 2 + 7) / 8 * 8;

  struct Line {
    float x, y, dx, dy;  // of its middle, and from one sample to the next
  };
  struct Row {
    HWY_ALIGN float upper[2 * kStride];  // left, right, left ...
    HWY_ALIGN float lower[2 * kStride];
    HWY_ALIGN float right[kStride];  // how far to the right of the left one
    HWY_ALIGN float down[kStride];
  };

  static HWY_INLINE void fetch(const FloatPlane& plane, const Line& line, Row& row) {
    const Narrow d;
    const hn::RebindToSigned<Narrow> d32;
    const size_t lanes = hn::Lanes(d);
    const auto left_most = hn::Set(d32, static_cast<int32_t>(plane.width) - 2);
    const auto top_most = hn::Set(d32, static_cast<int32_t>(plane.height) - 2);
    const auto stride = hn::Set(d32, static_cast<int32_t>(plane.stride));
    const float* HWY_RESTRICT top = plane.row(0);
    const float* HWY_RESTRICT bottom = plane.row(1);
    for (size_t i = 0; i < kStride; i += lanes) {
      const auto u = hn::Iota(d, static_cast<float>(i) - (kSide + 1) / 2.0f);
      auto x = hn::Add(hn::Set(d, line.x), hn::Mul(hn::Set(d, line.dx), u));
      auto y = hn::Add(hn::Set(d, line.y), hn::Mul(hn::Set(d, line.dy), u));
      x = hn::Min(hn::Max(x, hn::Zero(d)), hn::Set(d, static_cast<float>(plane.width - 1)));
      y = hn::Min(hn::Max(y, hn::Zero(d)), hn::Set(d, static_cast<float>(plane.height - 1)));
      const auto column = hn::Min(hn::ConvertTo(d32, x), left_most);
      const auto line_of = hn::Min(hn::ConvertTo(d32, y), top_most);
      hn::Store(hn::Sub(x, hn::ConvertTo(d, column)), d, row.right + i);
      hn::Store(hn::Sub(y, hn::ConvertTo(d, line_of)), d, row.down + i);
      HWY_ALIGN int32_t index[8];
      hn::Store(hn::Add(hn::Mul(line_of, stride), column), d32, index);
      for (size_t k = 0; k < lanes; ++k) {
        std::memcpy(row.upper + 2 * (i + k), top + index[k], 2 * sizeof(float));
        std::memcpy(row.lower + 2 * (i + k), bottom + index[k], 2 * sizeof(float));
      }
    }
  }

  static HWY_INLINE void interpolate(const Row& row, float* HWY_RESTRICT samples) {
    const Narrow d;
    for (size_t i = 0; i < kStride; i += hn::Lanes(d)) {
      NarrowVector upper_left, upper_right, lower_left, lower_right;
      hn::LoadInterleaved2(d, row.upper + 2 * i, upper_left, upper_right);
      hn::LoadInterleaved2(d, row.lower + 2 * i, lower_left, lower_right);
      const auto right = hn::Load(d, row.right + i);
      const auto upper = hn::Add(upper_left, hn::Mul(right, hn::Sub(upper_right, upper_left)));
      const auto lower = hn::Add(lower_left, hn::Mul(right, hn::Sub(lower_right, lower_left)));
      const auto down = hn::Load(d, row.down + i);
      hn::Store(hn::Add(upper, hn::Mul(down, hn::Sub(lower, upper))), d, samples + i);
    }
  }

  HWY_ALIGN float samples_[(kSide + 2) * kStride];
};

// See plain::Gradients.
template <size_t kSide>
struct Gradients {
  Gradients(const FloatPlane& plane, const Patch& patch, const float* window, float turn) {
    const Narrow d;
    const size_t lanes = hn::Lanes(d);
    const Samples<kSide> samples(plane, patch);
    for (size_t j = 0; j < kSide; ++j)
      for (size_t i = 0; i < kSide; i += lanes) {
        const size_t k = j * kSide + i;
        const auto gx =
            hn::Sub(hn::LoadU(d, samples.at(i + 2, j + 1)), hn::LoadU(d, samples.at(i, j + 1)));
        const auto gy =
            hn::Sub(hn::LoadU(d, samples.at(i + 1, j + 2)), hn::LoadU(d, samples.at(i + 1, j)));
        const auto length = hn::Sqrt(hn::Add(hn::Mul(gx, gx), hn::Mul(gy, gy)));
        hn::Store(hn::Mul(length, hn::LoadU(d, window + k)), d, strength + k);
        hn::Store(AngleOf(gx, gy, turn), d, angle + k);
      }
  }
  HWY_ALIGN float strength[kSide * kSide];
  HWY_ALIGN float angle[kSide * kSide];
};

// The samples that two neighbouring cells share, between their middles; the first and the last
// ones belong to one cell alone.
constexpr size_t kSpanBegin[kCellsOfSide + 2] = {0, 5, 10, 14, 19, kCellSide};

// sums: 4 x 4 cells of 8 directions, zeros before.
HWY_INLINE void AddCells(const Gradients<kCellSide>& gradients, float* HWY_RESTRICT sums) {
  const Narrow d;
  const size_t lanes = hn::Lanes(d);
  const auto& share = patch_windows().share;
  for (size_t first = 0; first < 8; first += lanes) {
    const auto direction = hn::Iota(d, static_cast<float>(first));
    for (size_t j = 0; j < kCellSide; ++j) {
      const float* HWY_RESTRICT strength = gradients.strength + j * kCellSide;
      const float* HWY_RESTRICT angle = gradients.angle + j * kCellSide;
      const auto at = [&](size_t i) HWY_ATTR {
        const auto away = hn::Abs(hn::Sub(hn::Set(d, angle[i]), direction));
        const auto nearest = hn::Min(away, hn::Sub(hn::Set(d, 8.0f), away));
        const auto near = hn::Max(hn::Zero(d), hn::Sub(hn::Set(d, 1.0f), nearest));
        return hn::Mul(near, hn::Set(d, strength[i]));
      };
      NarrowVector row[kCellsOfSide] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
#pragma GCC unroll 5
      for (size_t span = 0; span <= kCellsOfSide; ++span)
        for (size_t i = kSpanBegin[span]; i < kSpanBegin[span + 1]; ++i) {
          const auto part = at(i);
          if (span > 0)
            row[span - 1] = hn::Add(row[span - 1], hn::Mul(hn::Set(d, share[span - 1][i]), part));
          if (span < kCellsOfSide)
            row[span] = hn::Add(row[span], hn::Mul(hn::Set(d, share[span][i]), part));
        }
      for (size_t r = 0; r < kCellsOfSide; ++r) {
        if (share[r][j] == 0.0f) continue;
        const auto weight = hn::Set(d, share[r][j]);
        for (size_t c = 0; c < kCellsOfSide; ++c) {
          float* cell = sums + (r * kCellsOfSide + c) * 8 + first;
          hn::StoreU(hn::Add(hn::LoadU(d, cell), hn::Mul(weight, row[c])), d, cell);
        }
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#endif
