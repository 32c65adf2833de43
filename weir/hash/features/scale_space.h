// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "weir/hash/features/feature_plane.h"

namespace weir {

// A picture at growing blur, and the spots that stand out from their surroundings at one of them
// (Lowe, IJCV 2004, sections 3 and 4).

constexpr size_t kScalesOfOctave = 3;
constexpr double kFirstSigma = 1.6;  // pixels of an octave, of its first plane

// The planes of an octave at which features are described. Pixel (x, y) of octave o is pixel
// (2^o x, 2^o y) of the first.
struct Octave {
  std::array<FloatPlane, kScalesOfOctave> planes;  // sigma 1.6 * 2^(1/3), 1.6 * 2^(2/3), 3.2
};

struct Spot {
  float x, y;      // in pixels of the octave; the first pixel's centre is 0, 0
  float sigma;     // in pixels of the octave
  float contrast;  // levels of 255, of the difference of two blurs
  size_t octave;
  size_t plane;  // the nearest in blur
};

struct ScaleSpace {
  std::vector<Octave> octaves;
  std::vector<Spot> spots;  // in order of octaves, rows, planes and columns
};

// `first` is the picture as it is, of which a blur of `sigma` pixels is assumed already. Spots of
// at least `least_contrast` levels are found, but for those on edges.
ScaleSpace scale_space(FloatPlane first, double sigma, float least_contrast);

}  // namespace weir
