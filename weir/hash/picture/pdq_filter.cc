// SPDX-License-Identifier: Apache-2.0
//
// PDQ's blur, fast. The definition carries four running sums over the whole picture, one pass after
// the other: along rows, along columns, along rows, along columns. The order of its roundings is
// part of it, so no sum may be regrouped; but sums of different rows, or of different columns, are
// independent. Hence:
//
// - A pass along rows puts one row in each lane, a pass along columns one column in each lane.
//   Between them, squares of kLanes x kLanes are transposed in registers.
// - The picture is worked off in bands of kLanes rows, each through all four passes as soon as the
//   rows that it needs are there, so that all that is in flight stays in the second-level cache.
//   The results of the second pass never leave the registers.
// - The third pass runs over every column, but its means are wanted at 64 of them; the fourth runs
//   over those only, and its means are wanted at 64 rows.
// - The first pass over 8-bit grey adds integers, which round nowhere: it needs no order and hence
//   no transposition.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weir/hash/picture/pdq_filter.cc"
#include <hwy/foreach_target.h>  // before highway.h
//
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "weir/hash/picture/grey_first_pass-inl.h"
#include "weir/hash/picture/pdq_filter-inl.h"
#include "weir/hash/picture/pdq_filter.h"
#include "weir/hash/picture/pixel_squares-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

template <class Pixels>
void Filter(const Pixels& pixels, float* samples) {
  Scratch scratch;
  const Axis rows(pixels.height);
  const Axis columns(pixels.width);
  FirstPass<PixelBand<Pixels>> first(PixelBand<Pixels>(pixels), columns, scratch);
  RunPasses(first, rows, columns, samples, scratch);
}

void FilterLuma(const float* luma, size_t width, size_t height, float* samples) {
  Filter(FloatLuma{luma, width, height}, samples);
}

void FilterGrey(const PixelView& picture, float* samples) {
#if HWY_TARGET != HWY_SCALAR
  const Axis rows(picture.height);
  const Axis columns(picture.width);
  if (columns.window.full() <= GreyFirstPass::kMostToAdd) {
    Scratch scratch;
    GreyFirstPass first(picture, columns, scratch);
    return RunPasses(first, rows, columns, samples, scratch);
  }
#endif
  Filter(GreyPixels{picture}, samples);
}

void FilterRgb(const PixelView& picture, float* samples) {
  Filter(RgbPixels{picture}, samples);
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir {

HWY_EXPORT(FilterLuma);
HWY_EXPORT(FilterGrey);
HWY_EXPORT(FilterRgb);

plain::Samples pdq_samples(const float* luma, size_t width, size_t height) {
  plain::Samples samples;
  if (width == plain::kSamples && height == plain::kSamples) {
    std::copy_n(luma, samples.size(), samples.begin());
  } else {
    HWY_DYNAMIC_DISPATCH(FilterLuma)(luma, width, height, samples.data());
  }
  return samples;
}

plain::Samples pdq_samples(const PixelView& picture) {
  plain::Samples samples;
  if (picture.width == plain::kSamples && picture.height == plain::kSamples) {
    plain::luma_of(picture, samples.data());
  } else if (picture.channels == 1) {
    HWY_DYNAMIC_DISPATCH(FilterGrey)(picture, samples.data());
  } else {
    HWY_DYNAMIC_DISPATCH(FilterRgb)(picture, samples.data());
  }
  return samples;
}

}  // namespace weir
#endif
