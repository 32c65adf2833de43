// SPDX-License-Identifier: Apache-2.0
//
// Resizing is separable. Each row of the result is first a weighted sum of whole rows of the
// source, which goes along contiguous memory, and is then resized along x.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weir/hash/features/feature_plane.cc"
#include <hwy/foreach_target.h>  // before highway.h
//
#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "weir/hash/features/feature_plane.h"
#include "weir/hash/picture/pixel_squares-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

// sums[x] += weight * luma of pixel x. No fused operation, so that all targets agree.
template <class Row>
void AddRow(const typename Row::Sample* HWY_RESTRICT pixels, size_t width, float weight,
            float* HWY_RESTRICT sums) {
  const Tag d;
  const Vector factor = hn::Set(d, weight);
  size_t x = 0;
  for (; x + kLanes <= width; x += kLanes) {
    const Vector luma = Row::at(pixels + x * Row::kChannels);
    hn::StoreU(hn::Add(hn::LoadU(d, sums + x), hn::Mul(luma, factor)), d, sums + x);
  }
  if (x == width) return;
  typename Row::Sample some[kLanes * Row::kChannels] = {};
  std::memcpy(some, pixels + x * Row::kChannels, (width - x) * Row::kChannels * sizeof some[0]);
  HWY_ALIGN float last[kLanes];
  hn::Store(hn::Mul(Row::at(some), factor), d, last);
  for (size_t i = 0; x < width; ++x, ++i) sums[x] += last[i];
}

void AddGrey(const uint8_t* pixels, size_t width, float weight, float* sums) {
  AddRow<GreyPixels>(pixels, width, weight, sums);
}
void AddRgb(const uint8_t* pixels, size_t width, float weight, float* sums) {
  AddRow<RgbPixels>(pixels, width, weight, sums);
}
void AddFloats(const float* pixels, size_t width, float weight, float* sums) {
  AddRow<FloatLuma>(pixels, width, weight, sums);
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir {

HWY_EXPORT(AddGrey);
HWY_EXPORT(AddRgb);
HWY_EXPORT(AddFloats);

namespace {

// What each position of the result is made of: weights[begin[i]] and so on, for the sources from
// first[i] on. They add up to 1.
struct Taps {
  std::vector<size_t> first;
  std::vector<size_t> begin;
  std::vector<float> weights;

  size_t count(size_t i) const { return begin[i + 1] - begin[i]; }
};

void add_area(size_t from, size_t to, size_t i, Taps& taps) {
  const double ratio = static_cast<double>(from) / static_cast<double>(to);
  const double low = static_cast<double>(i) * ratio;
  const double high = std::min(low + ratio, static_cast<double>(from));
  size_t source = std::min(static_cast<size_t>(low), from - 1);
  taps.first.push_back(source);
  do {
    const double begin = std::max(low, static_cast<double>(source));
    const double end = std::min(high, static_cast<double>(source + 1));
    taps.weights.push_back(static_cast<float>(std::max(0.0, end - begin) / (high - low)));
    ++source;
  } while (source < from && static_cast<double>(source) + 1e-9 < high);
}

void add_linear(size_t from, size_t to, size_t i, Taps& taps) {
  const double ratio = static_cast<double>(from) / static_cast<double>(to);
  const double at =
      std::clamp((static_cast<double>(i) + 0.5) * ratio - 0.5, 0.0, static_cast<double>(from - 1));
  const size_t source = static_cast<size_t>(at);
  const double share = at - static_cast<double>(source);
  taps.first.push_back(source);
  taps.weights.push_back(static_cast<float>(1.0 - share));
  if (source + 1 < from) taps.weights.push_back(static_cast<float>(share));
}

Taps taps_for(size_t from, size_t to) {
  Taps taps;
  for (size_t i = 0; i < to; ++i) {
    taps.begin.push_back(taps.weights.size());
    if (from >= to)
      add_area(from, to, i, taps);
    else
      add_linear(from, to, i, taps);
  }
  taps.begin.push_back(taps.weights.size());
  return taps;
}

// add(y, weight, sums) adds row y of the source.
template <class AddRow>
FloatPlane resized(size_t from_width, size_t from_height, size_t width, size_t height,
                   const AddRow& add) {
  const Taps rows = taps_for(from_height, height);
  const Taps columns = taps_for(from_width, width);
  FloatPlane result(width, height);
  std::vector<float> sums(from_width);
  for (size_t y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (size_t k = 0; k < rows.count(y); ++k)
      add(rows.first[y] + k, rows.weights[rows.begin[y] + k], sums.data());
    float* out = result.row(y);
    for (size_t x = 0; x < width; ++x) {
      const float* from = sums.data() + columns.first[x];
      const float* weights = columns.weights.data() + columns.begin[x];
      float sum = 0;
      for (size_t k = 0; k < columns.count(x); ++k) sum += weights[k] * from[k];
      out[x] = sum;
    }
    std::fill(out + width, out + result.stride, 0.0f);
  }
  return result;
}

}  // namespace

FloatPlane::FloatPlane(size_t width_in, size_t height_in)
    : width(width_in),
      height(height_in),
      stride((width_in + kRowStep - 1) / kRowStep * kRowStep),
      samples(hwy::AllocateAligned<float>(stride * height + kRowStep)) {}

FloatPlane::FloatPlane(size_t width_in, size_t height_in, size_t rows)
    : FloatPlane(width_in, std::bit_ceil(rows)) {
  row_mask = height - 1;
  height = height_in;
}

FloatPlane resized_grey(const PixelView& picture, size_t width, size_t height) {
  return resized(picture.width, picture.height, width, height,
                 [&](size_t y, float weight, float* sums) {
                   if (picture.channels == 1)
                     HWY_DYNAMIC_DISPATCH(AddGrey)(picture.row(y), picture.width, weight, sums);
                   else
                     HWY_DYNAMIC_DISPATCH(AddRgb)(picture.row(y), picture.width, weight, sums);
                 });
}

Pixels resized_pixels(const FloatPlane& plane, size_t width, size_t height) {
  const FloatPlane small =
      resized(plane.width, plane.height, width, height, [&](size_t y, float weight, float* sums) {
        HWY_DYNAMIC_DISPATCH(AddFloats)(plane.row(y), plane.width, weight, sums);
      });
  Pixels pixels{{}, static_cast<uint32_t>(width), static_cast<uint32_t>(height), 1};
  pixels.samples.reserve(width * height);
  for (size_t y = 0; y < height; ++y)
    for (size_t x = 0; x < width; ++x)
      pixels.samples.push_back(
          static_cast<uint8_t>(std::clamp(std::lround(small.row(y)[x]), 0L, 255L)));
  return pixels;
}

}  // namespace weir
#endif
