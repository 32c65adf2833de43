// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "weir/align/picture/picture_align.h"

namespace weir {

using PointPair = SharedRegion::Pair;

// The kinds of transform, and how many pairs of points fix one.
enum class TransformKind { kSimilarity = 2, kAffine = 3, kHomography = 4 };

// The transform from entry to item that errs least, in the sum of squares, over the pairs; nothing
// when they do not fix one (too few, all on a line).
std::optional<PictureTransform> fit(TransformKind kind, std::span<const PointPair> pairs);

// After `first`, `second`.
PictureTransform compose(const PictureTransform& first, const PictureTransform& second);
// Nothing for one that flattens the plane.
std::optional<PictureTransform> inverse(const PictureTransform& transform);
// x becomes width - x.
PictureTransform mirror(double width);

// How the plane is stretched about a point: the two singular values of the derivative, and the sign
// of its determinant, -1 where it is turned over.
struct Stretch {
  double most = 0;
  double least = 0;
  double sign = 0;
};
Stretch stretch(const PictureTransform& transform, const Point& at);

// Whether someone may have edited a picture of this size so: seen from its front, not turned over,
// not squeezed to a line, not at an angle at which nothing would be recognised.
bool is_plausible(const PictureTransform& transform, double width, double height);

// The corners of a picture, clockwise from the top left.
std::array<Point, 4> corners(double width, double height);
// The part of a convex polygon within 0, 0 to width, height; empty when there is none.
std::vector<Point> clipped(std::span<const Point> polygon, double width, double height);
double area(std::span<const Point> polygon);
// The least rectangle of whole pixels, about, that holds the points, within 0, 0 to width, height;
// of no size when there are none.
Rect bounding_box(std::span<const Point> points, uint32_t width, uint32_t height);
// Whether a convex polygon, clockwise or not, holds the point.
bool contains(std::span<const Point> polygon, const Point& point);

}  // namespace weir
