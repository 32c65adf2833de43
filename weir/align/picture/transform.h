// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "weir/align/picture/picture_align.h"

// Fits the maps that take positions of the entry to positions of the item, and calculates with
// them: similarities, affine maps and homographies. Scaling, turning, squeezing, and filming a flat
// picture at an angle are all such maps, so few numbers describe them. A fit takes the map for
// which the sum of the squared errors of all pairs is least.
// Example: a photo pasted at half its size, 100 pixels from the left, is the similarity that takes
// (40, 20) to (120, 10).
// Counter-example: a ripple or a wide lens moves places as no such map does; SmoothField is for
// those. A map that turns the picture over or squeezes it to a line is fitted, too, so callers must
// ask is_plausible().

namespace weir {

using PointPair = SharedRegion::Pair;

// The kinds of transform. The number of each is how many pairs of points fix one.
enum class TransformKind { kSimilarity = 2, kAffine = 3, kHomography = 4 };

// The transform from entry to item whose squared errors over the pairs have the least sum. Nothing
// when the pairs do not fix one, because they are too few or all lie on a line.
std::optional<PictureTransform> fit(TransformKind kind, std::span<const PointPair> pairs);

// The map that applies `first` and then `second`.
PictureTransform compose(const PictureTransform& first, const PictureTransform& second);
// The map back. Nothing for a map that flattens the plane.
std::optional<PictureTransform> inverse(const PictureTransform& transform);
// The map that mirrors a picture of this width: x becomes width - x.
PictureTransform mirror(double width);

// How the plane is stretched about a point: the two singular values of the derivative, and the sign
// of its determinant, -1 where it is turned over.
struct Stretch {
  double most = 0;
  double least = 0;
  double sign = 0;
};
Stretch stretch(const PictureTransform& transform, const Point& at);

// Whether an edit can have this map for a picture of this size: the picture is seen from its front,
// not turned over, not squeezed to a line, and not at an angle at which nothing would be
// recognised.
bool is_plausible(const PictureTransform& transform, double width, double height);

// The corners of a picture, clockwise from the top left.
std::array<Point, 4> corners(double width, double height);
// The part of a convex polygon within 0, 0 to width, height; empty when there is none.
std::vector<Point> clipped(std::span<const Point> polygon, double width, double height);
double area(std::span<const Point> polygon);
// The smallest rectangle that holds the points, rounded to whole pixels, within 0, 0 to width,
// height. It has no size when there are no points.
Rect bounding_box(std::span<const Point> points, uint32_t width, uint32_t height);
// Whether a convex polygon, clockwise or not, holds the point.
bool contains(std::span<const Point> polygon, const Point& point);

}  // namespace weir
