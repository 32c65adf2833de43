// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "weir/base/pixels.h"

namespace weir {

// A displacement of the plane that changes slowly from place to place. A lens, a ripple or bent
// paper does that to a picture. It is a uniform cubic B-spline over a rectangle, fitted to
// displaced spots at a price for bending, so it follows what neighbours have in common and a single
// wrong spot pulls it little. Beyond the rectangle the displacement of the border goes on.
// Example: a wide lens leaves the middle of a picture where it is and moves its corners by 20
// pixels.
// Counter-example: somebody who steps aside, or tiles with gaps between them. There the
// displacement jumps from one place to the next, and no smooth field follows it.
class SmoothField {
 public:
  // A place, and by how much it is displaced.
  struct Shift {
    Point place;
    Point by;
  };

  SmoothField() = default;  // displaces nothing

  // The field of `cells` pieces along the long side for which this sum is least: the squared errors
  // of the shifts, and `stiffness` times the squared second differences of the control points.
  // Nothing when there are fewer than three shifts.
  static std::optional<SmoothField> fit(std::span<const Shift> shifts, double width, double height,
                                        size_t cells, double stiffness);

  bool empty() const { return columns_ == 0; }
  Point operator()(Point place) const;  // by how much it is displaced

  // The same field over a picture of another size; displacements grow with it.
  SmoothField scaled(double across, double down) const;

  // How unevenly the field pulls: the largest change of the displacement over a distance of 1, once
  // the affine part that fits it best is taken off. It is 0 for an affine map and 0.3 for a strong
  // swirl.
  double strain() const;

 private:
  double cell_width_ = 1, cell_height_ = 1;
  size_t columns_ = 0, rows_ = 0;  // control points
  std::vector<Point> points_;
};

}  // namespace weir
