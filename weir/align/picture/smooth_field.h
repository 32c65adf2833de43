// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "weir/base/pixels.h"

namespace weir {

// A displacement of the plane that changes slowly from place to place: what a lens, a ripple or
// paper that bends does to a picture, and what nobody who moves in a scene does. A uniform cubic
// B-spline over a rectangle; beyond it, the displacement of its border goes on.
class SmoothField {
 public:
  // Of a place, to where it belongs.
  struct Shift {
    Point place;
    Point by;
  };

  SmoothField() = default;  // displaces nothing

  // The field of `cells` pieces along the long side that comes nearest to the shifts while it bends
  // little: `stiffness` is what a unit of bending costs, as many shifts of that error. Nothing when
  // there are fewer than three shifts.
  static std::optional<SmoothField> fit(std::span<const Shift> shifts, double width, double height,
                                        size_t cells, double stiffness);

  bool empty() const { return columns_ == 0; }
  Point operator()(Point place) const;  // by how much it is displaced

  // The same field over a picture of another size; displacements grow with it.
  SmoothField scaled(double across, double down) const;

  // How far the field is from a plain one: the largest change of the displacement along a distance
  // of 1, after the affine part that fits it best is taken off. 0 for none, 0.3 for a strong swirl.
  double strain() const;

 private:
  double cell_width_ = 1, cell_height_ = 1;
  size_t columns_ = 0, rows_ = 0;  // control points
  std::vector<Point> points_;
};

}  // namespace weir
