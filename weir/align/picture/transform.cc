// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/transform.h"

#include <algorithm>
#include <cmath>

namespace weir {

namespace {

// Constants: the limits of aspect and depth are those of decision 0077; the limits of scale were
// chosen by hand on the tune side of the accuracy bench, and not fitted.
constexpr double kLeastScale = 1.0 / 32;
constexpr double kMostScale = 32;
constexpr double kMostAspect = 4;   // between the scales along two directions at one place
constexpr double kMostDepth = 3.5;  // times that the farthest corner is as far as the nearest

// Solves a x = b by elimination, in place, for several right sides at once. Each row holds one of a
// and then its right sides. False when a is singular.
template <size_t N, size_t Columns>
bool solve(std::array<std::array<double, N + Columns>, N>& rows) {
  for (size_t i = 0; i < N; ++i) {
    size_t pivot = i;
    for (size_t r = i + 1; r < N; ++r)
      if (std::abs(rows[r][i]) > std::abs(rows[pivot][i])) pivot = r;
    if (!(std::abs(rows[pivot][i]) > 1e-9)) return false;  // also when it is not a number
    std::swap(rows[i], rows[pivot]);
    for (size_t r = 0; r < N; ++r) {
      if (r == i) continue;
      const double share = rows[r][i] / rows[i][i];
      for (size_t c = i; c < N + Columns; ++c) rows[r][c] -= share * rows[i][c];
    }
  }
  for (size_t i = 0; i < N; ++i)
    for (size_t c = N; c < N + Columns; ++c) rows[i][c] /= rows[i][i];
  return true;
}

// Moves points so that their mean is 0 and their mean distance from it is 1. Without that, sums of
// their products lose the digits that matter.
struct Normal {
  double x = 0, y = 0, scale = 1;

  template <class Side>
  Normal(std::span<const PointPair> pairs, Side side) {
    const double share = 1.0 / static_cast<double>(pairs.size());
    for (const PointPair& pair : pairs) x += side(pair).x * share, y += side(pair).y * share;
    double spread = 0;
    for (const PointPair& pair : pairs) spread += distance(side(pair), {x, y}) * share;
    scale = spread > 1e-6 ? 1 / spread : 1;
  }
  Point operator()(const Point& p) const { return {(p.x - x) * scale, (p.y - y) * scale}; }
  PictureTransform there() const { return {{scale, 0, -x * scale, 0, scale, -y * scale, 0, 0, 1}}; }
  PictureTransform back() const { return {{1 / scale, 0, x, 0, 1 / scale, y, 0, 0, 1}}; }
};

using Pairs = std::vector<PointPair>;

std::optional<PictureTransform> fit_similarity(const Pairs& pairs) {
  double along = 0, across = 0, norm = 0;  // both means are 0
  for (const auto& [item, entry] : pairs) {
    along += entry.x * item.x + entry.y * item.y;
    across += entry.x * item.y - entry.y * item.x;
    norm += entry.x * entry.x + entry.y * entry.y;
  }
  if (!(norm > 1e-9)) return std::nullopt;
  const double a = along / norm, b = across / norm;
  return PictureTransform{{a, -b, 0, b, a, 0, 0, 0, 1}};
}

std::optional<PictureTransform> fit_affine(const Pairs& pairs) {
  std::array<std::array<double, 5>, 3> rows{};
  for (const auto& [item, entry] : pairs) {
    const double terms[5] = {entry.x, entry.y, 1, item.x, item.y};
    for (size_t r = 0; r < 3; ++r)
      for (size_t c = 0; c < 5; ++c) rows[r][c] += terms[r] * terms[c];
  }
  if (!solve<3, 2>(rows)) return std::nullopt;
  return PictureTransform{
      {rows[0][3], rows[1][3], rows[2][3], rows[0][4], rows[1][4], rows[2][4], 0, 0, 1}};
}

// The direct linear transform. Its equations are weighed by the depth that the round before found,
// so that the distance in the item is what becomes small.
std::optional<PictureTransform> fit_homography(const Pairs& pairs) {
  PictureTransform found;
  for (int round = 0; round < 3; ++round) {
    std::array<std::array<double, 9>, 8> rows{};
    for (const auto& [item, entry] : pairs) {
      const double depth = found.h[6] * entry.x + found.h[7] * entry.y + 1;
      if (!(depth > 0.05)) return std::nullopt;
      const double weight = 1 / (depth * depth);
      const double equation[2][9] = {
          {entry.x, entry.y, 1, 0, 0, 0, -item.x * entry.x, -item.x * entry.y, item.x},
          {0, 0, 0, entry.x, entry.y, 1, -item.y * entry.x, -item.y * entry.y, item.y}};
      for (const auto& terms : equation)
        for (size_t r = 0; r < 8; ++r)
          for (size_t c = 0; c < 9; ++c) rows[r][c] += weight * terms[r] * terms[c];
    }
    if (!solve<8, 1>(rows)) return std::nullopt;
    for (size_t i = 0; i < 8; ++i) found.h[i] = rows[i][8];
  }
  return found;
}

}  // namespace

std::optional<PictureTransform> fit(TransformKind kind, std::span<const PointPair> pairs) {
  if (pairs.size() < static_cast<size_t>(kind)) return std::nullopt;
  const Normal item(pairs, [](const PointPair& pair) { return pair.item; });
  const Normal entry(pairs, [](const PointPair& pair) { return pair.entry; });
  Pairs moved;
  moved.reserve(pairs.size());
  for (const PointPair& pair : pairs) moved.push_back({item(pair.item), entry(pair.entry)});

  std::optional<PictureTransform> found;
  if (kind == TransformKind::kSimilarity) found = fit_similarity(moved);
  if (kind == TransformKind::kAffine) found = fit_affine(moved);
  if (kind == TransformKind::kHomography) found = fit_homography(moved);
  if (!found) return found;
  found = compose(compose(entry.there(), *found), item.back());
  for (const double number : found->h)
    if (!std::isfinite(number)) return std::nullopt;
  return found;
}

PictureTransform compose(const PictureTransform& first, const PictureTransform& second) {
  PictureTransform both;
  for (size_t r = 0; r < 3; ++r)
    for (size_t c = 0; c < 3; ++c) {
      both.h[r * 3 + c] = 0;
      for (size_t k = 0; k < 3; ++k) both.h[r * 3 + c] += second.h[r * 3 + k] * first.h[k * 3 + c];
    }
  return both;
}

std::optional<PictureTransform> inverse(const PictureTransform& transform) {
  const auto& h = transform.h;
  PictureTransform out{
      {h[4] * h[8] - h[5] * h[7], h[2] * h[7] - h[1] * h[8], h[1] * h[5] - h[2] * h[4],
       h[5] * h[6] - h[3] * h[8], h[0] * h[8] - h[2] * h[6], h[2] * h[3] - h[0] * h[5],
       h[3] * h[7] - h[4] * h[6], h[1] * h[6] - h[0] * h[7], h[0] * h[4] - h[1] * h[3]}};
  const double determinant = h[0] * out.h[0] + h[1] * out.h[3] + h[2] * out.h[6];
  if (!(std::abs(determinant) > 1e-12)) return std::nullopt;
  for (double& number : out.h) number /= determinant;
  return out;
}

PictureTransform mirror(double width) {
  return {{-1, 0, width, 0, 1, 0, 0, 0, 1}};
}

Stretch stretch(const PictureTransform& transform, const Point& at) {
  const auto& h = transform.h;
  const double depth = h[6] * at.x + h[7] * at.y + h[8];
  const Point to = transform(at);
  const double a = (h[0] - h[6] * to.x) / depth, b = (h[1] - h[7] * to.x) / depth;
  const double c = (h[3] - h[6] * to.y) / depth, d = (h[4] - h[7] * to.y) / depth;
  const double sum = std::hypot(a + d, c - b), difference = std::hypot(a - d, b + c);
  return {(sum + difference) / 2, std::abs(sum - difference) / 2, a * d < b * c ? -1.0 : 1.0};
}

bool is_plausible(const PictureTransform& transform, double width, double height) {
  double nearest = 0, farthest = 0;
  for (const Point& corner : corners(width, height)) {
    const double depth = transform.h[6] * corner.x + transform.h[7] * corner.y + transform.h[8];
    if (!(depth > 1e-6)) return false;
    farthest = farthest == 0 ? depth : std::max(farthest, depth);
    nearest = nearest == 0 ? depth : std::min(nearest, depth);
    const Stretch here = stretch(transform, corner);
    if (here.sign < 0 || !(here.least > kLeastScale / kMostDepth)) return false;
  }
  if (!(farthest <= kMostDepth * nearest)) return false;
  const Stretch middle = stretch(transform, {width / 2, height / 2});
  return middle.least >= kLeastScale && middle.most <= kMostScale &&
         middle.most <= kMostAspect * middle.least;
}

std::array<Point, 4> corners(double width, double height) {
  return {{{0, 0}, {width, 0}, {width, height}, {0, height}}};
}

std::vector<Point> clipped(std::span<const Point> polygon, double width, double height) {
  // Cuts along one side of the rectangle after the other (Sutherland and Hodgman, CACM 1974).
  std::vector<Point> kept(polygon.begin(), polygon.end());
  const auto cut = [&](auto inside) {  // inside(p) > 0 is kept
    std::vector<Point> out;
    for (size_t i = 0; i < kept.size(); ++i) {
      const Point& from = kept[i];
      const Point& to = kept[(i + 1) % kept.size()];
      const double a = inside(from), b = inside(to);
      if (a >= 0) out.push_back(from);
      if ((a > 0 && b < 0) || (a < 0 && b > 0)) {
        const double share = a / (a - b);
        out.push_back({from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)});
      }
    }
    kept = std::move(out);
  };
  cut([](const Point& p) { return p.x; });
  cut([](const Point& p) { return p.y; });
  cut([&](const Point& p) { return width - p.x; });
  cut([&](const Point& p) { return height - p.y; });
  return kept;
}

double area(std::span<const Point> polygon) {
  double twice = 0;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    twice += a.x * b.y - b.x * a.y;
  }
  return std::abs(twice) / 2;
}

bool contains(std::span<const Point> polygon, const Point& point) {
  bool left = false, right = false;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    const double side = (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x);
    left |= side < 0;
    right |= side > 0;
  }
  return !polygon.empty() && !(left && right);
}

Rect bounding_box(std::span<const Point> points, uint32_t width, uint32_t height) {
  if (points.empty()) return {};
  double left = width, top = height, right = 0, bottom = 0;
  for (const Point& p : points) {
    left = std::min(left, p.x), right = std::max(right, p.x);
    top = std::min(top, p.y), bottom = std::max(bottom, p.y);
  }
  left = std::clamp(std::round(left), 0.0, static_cast<double>(width));
  top = std::clamp(std::round(top), 0.0, static_cast<double>(height));
  right = std::clamp(std::round(right), left, static_cast<double>(width));
  bottom = std::clamp(std::round(bottom), top, static_cast<double>(height));
  return {static_cast<uint32_t>(left), static_cast<uint32_t>(top),
          static_cast<uint32_t>(right - left), static_cast<uint32_t>(bottom - top)};
}

}  // namespace weir
