// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weir/align/picture/smooth_field.h"
#include "weir/align/picture/transform.h"
#include "weir/base/pixels.h"

namespace weir {

// A grey picture to calculate with, and what brings two of them into one frame: halving, blurring,
// and warping by a map and a bend. Two pictures can be compared pixel by pixel only in one frame
// and at one softness. Sample x, y lies at x + 0.5, y + 0.5.
// Example: an item's plane is 512 pixels wide and shows all of an entry whose plane is 160 wide. It
// is halved twice, to 128, so that no pixel is left out, and is then read between its samples.
// Counter-example: a sample outside the source is 0 and is no black pixel; whoever reads a warped
// plane must look at `inside`. A source that is coarser than the frame becomes no finer.
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

// The plane blurred with a Gaussian of about this sigma, in pixels; for 0 it is the plane itself.
// Beyond the border the border goes on.
Plane blurred(const Plane& plane, double sigma);

// The picture in the frame of another. The place of sample x, y of the result is displaced by the
// bend, then `to_source` puts it into the source, and the value is read there between samples.
// `inside` is 1 where that lies in the source, 0 elsewhere.
struct Warped {
  Plane plane;
  std::vector<uint8_t> inside;
};
Warped warped(const Plane& source, const PictureTransform& to_source, size_t width, size_t height,
              const SmoothField& bend = {});

// Halves a source until warped() to this size leaves out hardly any of its pixels, and changes the
// transform with it. Returns how many of the source's pixels one pixel is then, at the middle; less
// than 1 where the source is the coarser one.
double coarsen(Plane& source, PictureTransform& to_source, size_t width, size_t height);

}  // namespace weir
