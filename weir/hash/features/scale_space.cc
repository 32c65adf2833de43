// SPDX-License-Identifier: Apache-2.0
//
// An octave is worked off from the top down, all its blurs together, each as far ahead as the next
// one needs. What is in flight stays in the second-level cache, and only the planes that features
// are described at, three of eleven, are ever whole.
#include "weir/hash/features/scale_space.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "weir/hash/features/feature_kernels.h"

namespace weir {
namespace {

constexpr size_t kChanges = kScalesOfOctave + 2;  // differences of neighbouring blurs
constexpr size_t kBlurs = kChanges + 1;
constexpr size_t kLeastSide = 2 * kExtremaMargin + 2;
constexpr size_t kMoves = 5;         // of a spot to a neighbouring pixel until it stays
constexpr float kEdgeRatio = 15.0f;  // of the two principal curvatures: more is an edge

using Changes = std::array<FloatPlane, kChanges>;

double sigma_of(size_t blur) {
  return kFirstSigma * std::exp2(static_cast<double>(blur) / kScalesOfOctave);
}

// The blur that turns one of sigma `from` into one of sigma `to`.
double blur_between(double from, double to) {
  return std::sqrt(std::max(to * to - from * from, 0.01 * 0.01));
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

ptrdiff_t step_of(float offset) {
  return offset >= 0.5f ? 1 : offset <= -0.5f ? -1 : 0;
}

// Moves to the pixel nearest to the top, then says where between pixels it is.
std::optional<Spot> refined(const Changes& changes, size_t p, size_t x, size_t y, float least) {
  const size_t width = changes[0].width, height = changes[0].height;
  for (size_t move = 0; move < kMoves; ++move) {
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
    const auto to_x = static_cast<ptrdiff_t>(x) + step_of(dx);
    const auto to_y = static_cast<ptrdiff_t>(y) + step_of(dy);
    const auto to_p = static_cast<ptrdiff_t>(p) + step_of(dp);
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

// The blurs of one octave and their differences, in the making.
class OctaveRows {
 public:
  OctaveRows(size_t width, size_t height) : height_(height) {
    for (size_t i = 0; i < kChanges; ++i)
      steps_.emplace_back(gauss_weights(blur_between(sigma_of(i), sigma_of(i + 1))), width);
    size_t ahead = kAhead;  // of the row where spots are looked for
    for (size_t i = kChanges; i-- > 0;) {
      changes_[i] = FloatPlane(width, height, ahead + kAhead);
      ahead += steps_[i].reach();
    }
    blurs_[0] = FloatPlane(width, height, 2 * steps_[0].reach() + 2);
    for (size_t i = 1; i <= kScalesOfOctave; ++i) blurs_[i] = FloatPlane(width, height);
    blurs_[4] = FloatPlane(width, height, 2 * steps_[4].reach() + 2);
    blurs_[5] = FloatPlane(width, height, 1);
  }

  // begin(y, plane) makes row y of the first blur.
  template <class Begin>
  void run(const Begin& begin, float least, size_t octave, std::vector<Spot>& spots) {
    std::vector<uint32_t> columns;
    for (size_t y = kExtremaMargin; y + kExtremaMargin < height_; ++y) {
      make(kBlurs - 1, std::min(height_, y + kAhead), begin);
      for (size_t i = 1; i <= kScalesOfOctave; ++i) {
        columns.clear();
        add_extrema(changes_[i - 1], changes_[i], changes_[i + 1], y, least * 0.5f, columns);
        for (const uint32_t x : columns)
          if (auto spot = refined(changes_, i, x, y, least)) {
            spot->octave = octave;
            spots.push_back(*spot);
          }
      }
    }
    for (size_t i = 1; i <= kScalesOfOctave; ++i) make(i, height_, begin);
  }

  Octave take() { return {{std::move(blurs_[1]), std::move(blurs_[2]), std::move(blurs_[3])}}; }

 private:
  // Rows below the one where spots are looked for that they may move to, or look at; and above.
  static constexpr size_t kAhead = kMoves + 2;

  template <class Begin>
  void make(size_t i, size_t rows, const Begin& begin) {
    for (; made_[i] < rows; ++made_[i]) {
      if (i == 0) {
        begin(made_[0], blurs_[0]);
        continue;
      }
      RowBlur& step = steps_[i - 1];
      make(i - 1, std::min(height_, made_[i] + step.reach() + 1), begin);
      step.run(blurs_[i - 1], made_[i], blurs_[i], &changes_[i - 1]);
    }
  }

  size_t height_;
  std::vector<RowBlur> steps_;
  std::array<FloatPlane, kBlurs> blurs_;
  Changes changes_;
  std::array<size_t, kBlurs> made_{};  // rows
};

}  // namespace

ScaleSpace scale_space(FloatPlane first, double sigma, float least_contrast) {
  ScaleSpace result;
  RowBlur start(gauss_weights(blur_between(sigma, kFirstSigma)), first.width);
  size_t width = first.width, height = first.height;
  while (std::min(width, height) >= kLeastSide) {
    OctaveRows rows(width, height);
    const size_t octave = result.octaves.size();
    const auto begin = [&](size_t y, FloatPlane& plane) {
      if (octave == 0) return start.run(first, y, plane, nullptr);
      const float* from = result.octaves.back().planes[kScalesOfOctave - 1].row(2 * y);
      float* to = plane.row(y);
      for (size_t x = 0; x < width; ++x) to[x] = from[2 * x];
      std::fill(to + width, to + plane.stride, 0.0f);
    };
    rows.run(begin, least_contrast, octave, result.spots);
    result.octaves.push_back(rows.take());
    width = (width + 1) / 2;
    height = (height + 1) / 2;
  }
  return result;
}

}  // namespace weir
