// SPDX-License-Identifier: Apache-2.0
//
// Blur: a row of the result is first a weighted sum of rows, which needs nothing but the source and
// stays in the first-level cache, and is then blurred along itself. Nothing of the size of the
// picture lies between the two.
//
// Patches: everything is sampled on a grid that has the feature's own size and angle, so that
// windows and shares of cells are tables, gradients come out turned, and the eight directions of
// one cell are the lanes of a vector.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weir/hash/features/feature_kernels.cc"
#include <hwy/foreach_target.h>  // before highway.h
//
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "weir/hash/features/feature_kernels.h"
#include "weir/hash/features/feature_patch-inl.h"
#include "weir/hash/features/feature_windows.h"

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

using Wide = hn::ScalableTag<float>;

// out[x] = weighted sum around centre + x; at(k) gives the vector k away. Four vectors at once, so
// that their additions do not wait for each other.
template <size_t kVectors, class At>
HWY_INLINE void Weighted(const float* HWY_RESTRICT weights, size_t count, const At& at,
                         float* HWY_RESTRICT out) {
  const Wide d;
  const size_t lanes = hn::Lanes(d);
  hn::Vec<Wide> sum[kVectors];
  const auto centre = hn::Set(d, weights[0]);
  for (size_t v = 0; v < kVectors; ++v) sum[v] = hn::Mul(centre, hn::LoadU(d, at(0) + v * lanes));
  for (size_t k = 1; k < count; ++k) {
    const auto weight = hn::Set(d, weights[k]);
    const float* before = at(-static_cast<ptrdiff_t>(k));
    const float* after = at(static_cast<ptrdiff_t>(k));
    for (size_t v = 0; v < kVectors; ++v) {
      const auto both = hn::Add(hn::LoadU(d, before + v * lanes), hn::LoadU(d, after + v * lanes));
      sum[v] = hn::Add(sum[v], hn::Mul(weight, both));
    }
  }
  for (size_t v = 0; v < kVectors; ++v) hn::StoreU(sum[v], d, out + v * lanes);
}

// at(x, k): where the samples k away from x, and on, lie. `width` is a multiple of kRowStep.
template <class At>
HWY_INLINE void WeightedRow(const float* HWY_RESTRICT weights, size_t count, size_t width,
                            const At& at, float* HWY_RESTRICT out) {
  const size_t lanes = hn::Lanes(Wide());
  size_t x = 0;
  for (; x + 4 * lanes <= width; x += 4 * lanes)
    Weighted<4>(
        weights, count, [&](ptrdiff_t k) HWY_ATTR { return at(x, k); }, out + x);
  for (; x < width; x += lanes)
    Weighted<1>(
        weights, count, [&](ptrdiff_t k) HWY_ATTR { return at(x, k); }, out + x);
}

// `memory` takes the row that is blurred down, in its middle, with room for the weights beside it.
void BlurRow(const FloatPlane& from, const std::vector<float>& weights, size_t y,
             FloatPlane& memory, FloatPlane& blurred, FloatPlane* change) {
  const Wide d;
  const size_t lanes = hn::Lanes(d), count = weights.size(), reach = count - 1;
  float* row = memory.row(0) + (memory.stride - from.stride) / 2;
  const auto down = [&](size_t x, ptrdiff_t k) HWY_ATTR {
    const ptrdiff_t last = static_cast<ptrdiff_t>(from.height) - 1;
    return from.row(
               static_cast<size_t>(std::clamp(static_cast<ptrdiff_t>(y) + k, ptrdiff_t{0}, last))) +
           x;
  };
  WeightedRow(weights.data(), count, from.stride, down, row);
  std::fill(row - reach, row, row[0]);
  std::fill(row + from.width, row + from.stride + reach, row[from.width - 1]);
  float* out = blurred.row(y);
  const auto across = [&](size_t x, ptrdiff_t k) HWY_ATTR { return row + k + x; };
  WeightedRow(weights.data(), count, from.stride, across, out);
  if (change == nullptr) return;
  const float* before = from.row(y);
  float* difference = change->row(y);
  for (size_t x = 0; x < from.stride; x += lanes)
    hn::Store(hn::Sub(hn::Load(d, out + x), hn::Load(d, before + x)), d, difference + x);
}

// The greatest and the least of three neighbours in a row, and of as many rows as are put in.
struct Range {
  hn::Vec<Wide> most, least;

  HWY_INLINE void add(hn::Vec<Wide> value) {
    most = hn::Max(most, value);
    least = hn::Min(least, value);
  }
  HWY_INLINE void add_row(const float* at) {
    const Wide d;
    add(hn::LoadU(d, at - 1));
    add(hn::LoadU(d, at));
    add(hn::LoadU(d, at + 1));
  }
};

// Which of the pixels at `here` are extrema. Most pixels are settled by the first few rows.
struct ThreeRows {
  ThreeRows(const FloatPlane& plane, size_t y)
      : row{plane.row(y - 1), plane.row(y), plane.row(y + 1)} {}
  const float* row[3];
};
HWY_INLINE uint64_t ExtremaAt(const ThreeRows& below, const ThreeRows& here, const ThreeRows& above,
                              size_t x, float least) {
  const Wide d;
  const auto value = hn::LoadU(d, here.row[1] + x);
  const auto is_far = hn::Gt(hn::Abs(value), hn::Set(d, least));
  if (hn::AllFalse(d, is_far)) return 0;

  const auto left = hn::LoadU(d, here.row[1] + x - 1), right = hn::LoadU(d, here.row[1] + x + 1);
  Range before{left, left}, after{right, right};
  before.add_row(here.row[0] + x);
  after.add_row(here.row[2] + x);
  const auto still = [&]() HWY_ATTR {
    return hn::And(is_far,
                   hn::Or(hn::And(hn::Gt(value, before.most), hn::Ge(value, after.most)),
                          hn::And(hn::Lt(value, before.least), hn::Le(value, after.least))));
  };
  if (hn::AllFalse(d, still())) return 0;

  for (size_t r = 0; r < 3; ++r) {
    before.add_row(below.row[r] + x);
    after.add_row(above.row[r] + x);
  }
  uint8_t bits[8] = {};
  hn::StoreMaskBits(d, still(), bits);
  uint64_t mask = 0;
  for (size_t i = 0; i < 8; ++i) mask |= uint64_t{bits[i]} << (8 * i);
  return mask;
}

void AddExtrema(const FloatPlane& below, const FloatPlane& here, const FloatPlane& above, size_t y,
                float least, std::vector<uint32_t>& columns) {
  const size_t lanes = hn::Lanes(Wide());
  const ThreeRows below_rows(below, y), here_rows(here, y), above_rows(above, y);
  const size_t end = here.width - std::min(here.width, kExtremaMargin);
  for (size_t begin = kExtremaMargin; begin < end; begin += lanes) {
    // The last vector is moved back to end at the margin. In a row shorter than a vector it reads
    // past the row, whose padding takes it in.
    const size_t x = begin + lanes > end && end > lanes ? end - lanes : begin;
    uint64_t mask = ExtremaAt(below_rows, here_rows, above_rows, x, least);
    for (; mask != 0; mask &= mask - 1) {
      const size_t column = x + hwy::Num0BitsBelowLS1Bit_Nonzero64(mask);
      if (column >= begin && column < end) columns.push_back(static_cast<uint32_t>(column));
    }
  }
}

void Directions(const FloatPlane& plane, const Patch& patch, float* sums) {
  const Gradients<kDirectionSide> gradients(plane, patch, patch_windows().of_directions.data(),
                                            kDirections);
  for (size_t k = 0; k < kDirectionSide * kDirectionSide; ++k)
    sums[static_cast<size_t>(gradients.angle[k] + 0.5f) % kDirections] += gradients.strength[k];
}

void SumCells(const FloatPlane& plane, const Patch& patch, float* sums) {
  const Gradients<kCellSide> gradients(plane, patch, patch_windows().of_cells.data(), 8.0f);
  AddCells(gradients, sums);
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir {
namespace {

size_t rounded_up(size_t floats) {
  return (floats + FloatPlane::kRowStep - 1) / FloatPlane::kRowStep * FloatPlane::kRowStep;
}

}  // namespace

HWY_EXPORT(BlurRow);
HWY_EXPORT(AddExtrema);
HWY_EXPORT(Directions);
HWY_EXPORT(SumCells);

std::vector<float> gauss_weights(double sigma) {
  std::vector<double> exact{1.0};
  double whole = 1.0;
  for (int k = 1; k <= static_cast<int>(std::ceil(3 * sigma)); ++k) {
    exact.push_back(std::exp(-k * k / (2 * sigma * sigma)));
    whole += 2 * exact.back();
  }
  std::vector<float> weights;
  for (const double weight : exact) weights.push_back(static_cast<float>(weight / whole));
  return weights;
}

RowBlur::RowBlur(std::vector<float> weights, size_t width)
    : weights_(std::move(weights)), row_(rounded_up(width) + 2 * rounded_up(weights_.size()), 1) {}

void RowBlur::run(const FloatPlane& from, size_t y, FloatPlane& blurred, FloatPlane* change) {
  HWY_DYNAMIC_DISPATCH(BlurRow)(from, weights_, y, row_, blurred, change);
}

void add_extrema(const FloatPlane& below, const FloatPlane& here, const FloatPlane& above, size_t y,
                 float least, std::vector<uint32_t>& columns) {
  HWY_DYNAMIC_DISPATCH(AddExtrema)(below, here, above, y, least, columns);
}

std::array<float, kDirections> directions(const FloatPlane& plane, const Patch& patch) {
  std::array<float, kDirections> sums{};
  HWY_DYNAMIC_DISPATCH(Directions)(plane, patch, sums.data());
  return sums;
}

Cells cells(const FloatPlane& plane, const Patch& patch) {
  Cells sums{};
  HWY_DYNAMIC_DISPATCH(SumCells)(plane, patch, sums.data());
  return sums;
}

const PatchWindows& patch_windows() {
  static const PatchWindows windows;
  return windows;
}

}  // namespace weir
#endif
