// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weir/align/picture/smooth_field.h"
#include "weir/align/picture/transform.h"
#include "weir/base/pixels.h"

namespace weir {

// A grey picture to calculate with. Sample x, y lies at x + 0.5, y + 0.5.
struct Plane {
  size_t width = 0;
  size_t height = 0;
  std::vector<float> samples;

  bool empty() const { return samples.empty(); }
  float* row(size_t y) { return samples.data() + y * width; }
  const float* row(size_t y) const { return samples.data() + y * width; }
};

// Empty for pixels that are not grey or not as many as they say.
Plane plane_of(const Pixels& grey);

// Half the width and height, each sample the mean of four; an odd last row or column is left out.
Plane halved(const Plane& plane);

// With a Gaussian of about this sigma, in pixels; 0 is the plane itself. Beyond the border the
// border goes on.
Plane blurred(const Plane& plane, double sigma);

// The picture in the frame of another: sample x, y of the result is taken where `to_source` puts
// its place, displaced by `bend` before, between samples. `inside` is 1 where that lies in the
// source, 0 elsewhere.
struct Warped {
  Plane plane;
  std::vector<uint8_t> inside;
};
Warped warped(const Plane& source, const PictureTransform& to_source, size_t width, size_t height,
              const SmoothField& bend = {});

// Halves a source until warped() to this size leaves out none of its pixels; the transform goes
// with it. Gives how many of the source's pixels a pixel is then, at the middle; less than 1 where
// the source is the coarser one.
double coarsen(Plane& source, PictureTransform& to_source, size_t width, size_t height);

}  // namespace weir
