// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/scale_space.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "weir/hash/feature_kernels.h"

namespace weir {
namespace {

constexpr size_t kChanges = kScalesOfOctave + 2;  // differences of neighbouring blurs
constexpr size_t kLeastSide = 2 * kExtremaMargin + 2;
constexpr int kMoves = 5;            // of a spot to a neighbouring pixel until it stays
constexpr float kEdgeRatio = 10.0f;  // of the two principal curvatures: more is an edge

using Changes = std::array<FloatPlane, kChanges>;

double sigma_of(size_t blur) {
  return kFirstSigma * std::exp2(static_cast<double>(blur) / kScalesOfOctave);
}

// The blur that turns one of sigma `from` into one of sigma `to`.
double blur_between(double from, double to) {
  return std::sqrt(std::max(to * to - from * from, 0.01 * 0.01));
}

FloatPlane every_second(const FloatPlane& plane) {
  FloatPlane half((plane.width + 1) / 2, (plane.height + 1) / 2);
  for (size_t y = 0; y < half.height; ++y) {
    const float* from = plane.row(2 * y);
    float* to = half.row(y);
    for (size_t x = 0; x < half.width; ++x) to[x] = from[2 * x];
    std::fill(to + half.width, to + half.stride, 0.0f);
  }
  return half;
}

// The parabola through a spot and its 26 neighbours.
struct Surface {
  Surface(const Changes& changes, size_t p, size_t x, size_t y) {
    const auto at = [&](int dx, int dy, int dp) {
      return changes[static_cast<size_t>(static_cast<int>(p) + dp)].row(
          static_cast<size_t>(static_cast<int>(y) + dy))[static_cast<int>(x) + dx];
    };
    value = at(0, 0, 0);
    slope = {(at(1, 0, 0) - at(-1, 0, 0)) / 2, (at(0, 1, 0) - at(0, -1, 0)) / 2,
             (at(0, 0, 1) - at(0, 0, -1)) / 2};
    xx = at(1, 0, 0) + at(-1, 0, 0) - 2 * value;
    yy = at(0, 1, 0) + at(0, -1, 0) - 2 * value;
    pp = at(0, 0, 1) + at(0, 0, -1) - 2 * value;
    xy = (at(1, 1, 0) - at(-1, 1, 0) - at(1, -1, 0) + at(-1, -1, 0)) / 4;
    xp = (at(1, 0, 1) - at(-1, 0, 1) - at(1, 0, -1) + at(-1, 0, -1)) / 4;
    yp = (at(0, 1, 1) - at(0, -1, 1) - at(0, 1, -1) + at(0, -1, -1)) / 4;
  }

  // Where its top lies from the spot, in x, y and planes: Cramer's rule.
  std::optional<std::array<float, 3>> top() const {
    const float a = yy * pp - yp * yp, b = xp * yp - xy * pp, c = xy * yp - xp * yy;
    const float e = xx * pp - xp * xp, f = xy * xp - xx * yp, g = xx * yy - xy * xy;
    const float determinant = xx * a + xy * b + xp * c;
    if (std::abs(determinant) < 1e-12f) return std::nullopt;
    const float scale = -1.0f / determinant;
    return std::array<float, 3>{scale * (a * slope[0] + b * slope[1] + c * slope[2]),
                                scale * (b * slope[0] + e * slope[1] + f * slope[2]),
                                scale * (c * slope[0] + f * slope[1] + g * slope[2])};
  }

  bool is_edge() const {
    const float trace = xx + yy, determinant = xx * yy - xy * xy;
    return trace * trace * kEdgeRatio >= (kEdgeRatio + 1) * (kEdgeRatio + 1) * determinant;
  }

  float value;
  std::array<float, 3> slope;
  float xx, yy, pp, xy, xp, yp;
};

// Moves to the pixel nearest to the top, then says where between pixels it is.
std::optional<Spot> refined(const Changes& changes, size_t p, GridPoint point, float least) {
  size_t x = point.x, y = point.y;
  const size_t width = changes[0].width, height = changes[0].height;
  for (int move = 0; move < kMoves; ++move) {
    const Surface surface(changes, p, x, y);
    const auto top = surface.top();
    if (!top) return std::nullopt;
    const auto [dx, dy, dp] = *top;
    if (std::abs(dx) < 0.5f && std::abs(dy) < 0.5f && std::abs(dp) < 0.5f) {
      const float value =
          surface.value +
          (surface.slope[0] * dx + surface.slope[1] * dy + surface.slope[2] * dp) / 2;
      if (std::abs(value) < least || surface.is_edge()) return std::nullopt;
      const double blur = static_cast<double>(p) + static_cast<double>(dp);
      const size_t nearest = static_cast<size_t>(std::lround(std::clamp(blur, 1.0, 3.0)));
      return Spot{static_cast<float>(x) + dx,
                  static_cast<float>(y) + dy,
                  static_cast<float>(kFirstSigma * std::exp2(blur / kScalesOfOctave)),
                  std::abs(value),
                  0,
                  nearest - 1};
    }
    if (!(std::abs(dx) < 8 && std::abs(dy) < 8 && std::abs(dp) < 8)) return std::nullopt;
    const auto to_x = static_cast<ptrdiff_t>(x) + std::lround(dx);
    const auto to_y = static_cast<ptrdiff_t>(y) + std::lround(dy);
    const auto to_p = static_cast<ptrdiff_t>(p) + std::lround(dp);
    constexpr auto kMargin = static_cast<ptrdiff_t>(kExtremaMargin);
    if (to_x < kMargin || to_x >= static_cast<ptrdiff_t>(width) - kMargin || to_y < kMargin ||
        to_y >= static_cast<ptrdiff_t>(height) - kMargin || to_p < 1 ||
        to_p > static_cast<ptrdiff_t>(kScalesOfOctave))
      return std::nullopt;
    x = static_cast<size_t>(to_x);
    y = static_cast<size_t>(to_y);
    p = static_cast<size_t>(to_p);
  }
  return std::nullopt;
}

}  // namespace

ScaleSpace scale_space(FloatPlane first, double sigma, float least_contrast) {
  ScaleSpace result;
  FloatPlane unused(first.width, first.height);
  FloatPlane plane(first.width, first.height);
  blur(first, gauss_weights(blur_between(sigma, kFirstSigma)), plane);
  while (std::min(plane.width, plane.height) >= kLeastSide) {
    const size_t width = plane.width, height = plane.height;
    Octave octave;
    Changes changes;
    FloatPlane before = std::move(plane);
    for (size_t i = 0; i < kChanges; ++i) {
      changes[i] = FloatPlane(width, height);
      FloatPlane blurred(width, height);
      blur(before, gauss_weights(blur_between(sigma_of(i), sigma_of(i + 1))), blurred, changes[i]);
      if (1 <= i && i <= kScalesOfOctave) octave.planes[i - 1] = std::move(before);
      before = std::move(blurred);
    }
    for (size_t i = 1; i <= kScalesOfOctave; ++i)
      for (const GridPoint point :
           extrema(changes[i - 1], changes[i], changes[i + 1], least_contrast * 0.5f))
        if (auto spot = refined(changes, i, point, least_contrast)) {
          spot->octave = result.octaves.size();
          result.spots.push_back(*spot);
        }
    plane = every_second(octave.planes[kScalesOfOctave - 1]);
    result.octaves.push_back(std::move(octave));
  }
  return result;
}

}  // namespace weir
