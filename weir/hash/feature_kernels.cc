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
#define HWY_TARGET_INCLUDE "weir/hash/feature_kernels.cc"
#include <hwy/foreach_target.h>  // before highway.h
//
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "weir/hash/feature_kernels.h"
#include "weir/hash/feature_patch-inl.h"
#include "weir/hash/feature_windows.h"

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

void BlurRows(const FloatPlane& from, const float* weights, size_t count, FloatPlane& blurred,
              FloatPlane* change) {
  const Wide d;
  const size_t lanes = hn::Lanes(d);
  const size_t reach = count - 1, margin = (reach + 15) / 16 * 16;
  const auto memory = hwy::AllocateAligned<float>(from.stride + 2 * margin + 16);
  float* row = memory.get() + margin;
  std::vector<const float*> rows(2 * reach + 1);
  for (size_t y = 0; y < from.height; ++y) {
    for (size_t k = 0; k < rows.size(); ++k)
      rows[k] = from.row(std::clamp(y + k, reach, from.height - 1 + reach) - reach);
    const float* const* centre = rows.data() + reach;
    WeightedRow(
        weights, count, from.stride, [&](size_t x, ptrdiff_t k) HWY_ATTR { return centre[k] + x; },
        row);
    std::fill(row - reach, row, row[0]);
    std::fill(row + from.width, row + from.stride + reach, row[from.width - 1]);
    float* out = blurred.row(y);
    WeightedRow(
        weights, count, from.stride, [&](size_t x, ptrdiff_t k) HWY_ATTR { return row + k + x; },
        out);
    if (change == nullptr) continue;
    const float* before = from.row(y);
    float* difference = change->row(y);
    for (size_t x = 0; x < from.stride; x += lanes)
      hn::Store(hn::Sub(hn::Load(d, out + x), hn::Load(d, before + x)), d, difference + x);
  }
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
HWY_INLINE uint64_t ExtremaAt(const float* below, const float* here, const float* above,
                              ptrdiff_t stride, float least) {
  const Wide d;
  const auto value = hn::LoadU(d, here);
  const auto is_far = hn::Gt(hn::Abs(value), hn::Set(d, least));
  if (hn::AllFalse(d, is_far)) return 0;

  const auto left = hn::LoadU(d, here - 1), right = hn::LoadU(d, here + 1);
  Range before{left, left}, after{right, right};
  before.add_row(here - stride);
  after.add_row(here + stride);
  const auto still = [&]() HWY_ATTR {
    return hn::And(is_far,
                   hn::Or(hn::And(hn::Gt(value, before.most), hn::Ge(value, after.most)),
                          hn::And(hn::Lt(value, before.least), hn::Le(value, after.least))));
  };
  if (hn::AllFalse(d, still())) return 0;

  for (const ptrdiff_t row : {-stride, ptrdiff_t{0}, stride}) {
    before.add_row(below + row);
    after.add_row(above + row);
  }
  uint8_t bits[8] = {};
  hn::StoreMaskBits(d, still(), bits);
  uint64_t mask = 0;
  for (size_t i = 0; i < 8; ++i) mask |= uint64_t{bits[i]} << (8 * i);
  return mask;
}

void FindExtrema(const FloatPlane& below, const FloatPlane& here, const FloatPlane& above,
                 float least, std::vector<GridPoint>& points) {
  const size_t lanes = hn::Lanes(Wide());
  const ptrdiff_t stride = static_cast<ptrdiff_t>(here.stride);
  for (size_t y = kExtremaMargin; y + kExtremaMargin < here.height; ++y)
    for (size_t begin = kExtremaMargin; begin + kExtremaMargin < here.width; begin += lanes) {
      // The last vector is moved back to end at the margin, or begins before it in a short row.
      const size_t end = here.width - kExtremaMargin;
      const size_t x = begin + lanes > end && end > lanes ? end - lanes : begin;
      uint64_t mask = ExtremaAt(below.row(y) + x, here.row(y) + x, above.row(y) + x, stride, least);
      for (; mask != 0; mask &= mask - 1) {
        const size_t column = x + hwy::Num0BitsBelowLS1Bit_Nonzero64(mask);
        if (column >= begin && column < end)
          points.push_back({static_cast<uint32_t>(column), static_cast<uint32_t>(y)});
      }
    }
}

void Directions(const FloatPlane& plane, const Patch& patch, float* sums) {
  const Gradients gradients(plane, patch, patch_windows().of_directions.data(), kDirections);
  for (size_t k = 0; k < kPatchSamples; ++k)
    sums[static_cast<size_t>(gradients.angle[k] + 0.5f) % kDirections] += gradients.strength[k];
}

void SumCells(const FloatPlane& plane, const Patch& patch, float* sums) {
  const Gradients gradients(plane, patch, patch_windows().of_cells.data(), 8.0f);
  AddCells(gradients, sums);
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir {

HWY_EXPORT(BlurRows);
HWY_EXPORT(FindExtrema);
HWY_EXPORT(Directions);
HWY_EXPORT(SumCells);

std::vector<float> gauss_weights(double sigma) {
  std::vector<double> exact{1.0};
  double whole = 1.0;
  for (int k = 1; k <= static_cast<int>(std::ceil(4 * sigma)); ++k) {
    exact.push_back(std::exp(-k * k / (2 * sigma * sigma)));
    whole += 2 * exact.back();
  }
  std::vector<float> weights;
  for (const double weight : exact) weights.push_back(static_cast<float>(weight / whole));
  return weights;
}

void blur(const FloatPlane& from, const std::vector<float>& weights, FloatPlane& blurred,
          FloatPlane& change) {
  HWY_DYNAMIC_DISPATCH(BlurRows)(from, weights.data(), weights.size(), blurred, &change);
}

void blur(const FloatPlane& from, const std::vector<float>& weights, FloatPlane& blurred) {
  HWY_DYNAMIC_DISPATCH(BlurRows)(from, weights.data(), weights.size(), blurred, nullptr);
}

std::vector<GridPoint> extrema(const FloatPlane& below, const FloatPlane& here,
                               const FloatPlane& above, float least) {
  std::vector<GridPoint> points;
  HWY_DYNAMIC_DISPATCH(FindExtrema)(below, here, above, least, points);
  return points;
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
