// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "weir/hash/features/feature_plane.h"

// The work of local_features() that is done for every pixel or every sample of a feature. Each
// equals its namesake in feature_plain.h to the bit on every instruction set: all operations are
// single IEEE ones in the same order, and no sum depends on the length of a vector.
namespace weir {

// The weights of a Gaussian of this sigma (pixels), from its centre outwards, to 3 sigma; the
// whole of it, both sides, adds up to 1.
std::vector<float> gauss_weights(double sigma);

// Blurs a picture row by row with the weights of one side, beyond its edges as on them.
class RowBlur {
 public:
  RowBlur(std::vector<float> weights, size_t width);

  // How many rows below row y, and above it, row y is made of.
  size_t reach() const { return weights_.size() - 1; }

  // Makes row y of `blurred`, and of `change` if there is one: blurred - from. All planes are of
  // the same size; `from` holds the rows within reach.
  void run(const FloatPlane& from, size_t y, FloatPlane& blurred, FloatPlane* change);

 private:
  std::vector<float> weights_;
  FloatPlane row_;  // room for one, and what lies beyond its ends
};

// Adds the columns of row y of `here`, at least kExtremaMargin from the ends, that lie further than
// `least` from 0 and above (or below) all 26 neighbours of the three planes. Of equal neighbours
// the first counts, in the order of planes, rows and columns.
constexpr size_t kExtremaMargin = 5;
void add_extrema(const FloatPlane& below, const FloatPlane& here, const FloatPlane& above, size_t y,
                 float least, std::vector<uint32_t>& columns);

// A square of gradients, turned and scaled, of samples that are `step` pixels apart.
struct Patch {
  // In pixels of the plane (the first pixel's centre is 0, 0); cosine and sine of the angle of
  // the rows.
  float x, y, cosine, sine, step;
};

// How strong the gradient is in each of 36 directions around the centre, from 0 on in steps of 10
// degrees, seen in an upright patch through a round window.
constexpr size_t kDirectionSide = 16;  // samples of a side
constexpr size_t kDirections = 36;
std::array<float, kDirections> directions(const FloatPlane& plane, const Patch& patch);

// The sums of gradients of the patch in 4 x 4 cells and 8 directions, before any scaling:
// [(row * 4 + column) * 8 + direction].
constexpr size_t kCellSide = 24;  // samples of a side
using Cells = std::array<float, 128>;
Cells cells(const FloatPlane& plane, const Patch& patch);

}  // namespace weir
