// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/smooth_field.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "weir/base/wide.h"

namespace weir {

namespace {

// Constants: the degree is that of a cubic spline; the others were chosen by hand on the tune side
// of the accuracy bench, and not fitted.
constexpr size_t kDegree = 3;
constexpr size_t kTaps = kDegree + 1;  // control points along a side that reach a place
constexpr double kRidge = 1e-6;        // pulls to 0 where neither a shift nor bending says anything
constexpr size_t kProbes = 12;         // places along a side at which strain is looked at

// The four control points of one direction that reach a place, and how much each of them counts.
struct Taps {
  size_t first = 0;
  std::array<double, kTaps> weight{};
};

Taps taps_at(double place, double cell, size_t cells) {
  const double at = std::clamp(place / cell, 0.0, static_cast<double>(cells));
  Taps taps;
  taps.first = std::min(static_cast<size_t>(at), cells - 1);
  const double t = at - static_cast<double>(taps.first), s = 1 - t;
  taps.weight = {s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6,
                 (3 * s * s * s - 6 * s * s + 4) / 6, t * t * t / 6};
  return taps;
}

// A positive symmetric system of equations with two right sides. Only unknowns less than `reach`
// apart occur together in a square, so all other numbers are 0 and stay so.
class Equations {
 public:
  Equations(size_t size, size_t reach)
      : size_(size), reach_(reach), left_(size * reach), right_(size) {}

  // Only the lower half is kept: row >= column.
  double& at(size_t column, size_t row) { return column_of(column)[row]; }
  Point& right(size_t row) { return right_[row]; }

  // Adds `times` the square of the weighted sum of some unknowns, which are given in rising order.
  template <size_t N>
  void add_square(const std::array<size_t, N>& unknowns, const std::array<double, N>& weights,
                  double times) {
    for (size_t a = 0; a < N; ++a)
      for (size_t b = a; b < N; ++b)
        at(unknowns[a], unknowns[b]) += times * weights[a] * weights[b];
  }

  // Solves by Cholesky's method, which overwrites the left side.
  std::vector<Point> solved() {
    for (size_t c = 0; c < size_; ++c) {
      double* column = column_of(c);
      const double pivot = std::sqrt(std::max(column[c], 1e-12));
      const size_t end = std::min(size_, c + reach_);
      for (size_t r = c; r < end; ++r) column[r] /= pivot;
      for (size_t next = c + 1; next < end; ++next) {
        const double share = column[next];
        if (share == 0) continue;
        double* to = column_of(next);
        for (size_t r = next; r < end; ++r) to[r] -= share * column[r];
      }
    }
    std::vector<Point> x = right_;
    for (size_t c = 0; c < size_; ++c) {
      const double* column = column_of(c);
      x[c].x /= column[c], x[c].y /= column[c];
      for (size_t r = c + 1; r < std::min(size_, c + reach_); ++r)
        x[r].x -= column[r] * x[c].x, x[r].y -= column[r] * x[c].y;
    }
    for (size_t c = size_; c-- > 0;) {
      const double* column = column_of(c);
      for (size_t r = c + 1; r < std::min(size_, c + reach_); ++r)
        x[c].x -= column[r] * x[r].x, x[c].y -= column[r] * x[r].y;
      x[c].x /= column[c], x[c].y /= column[c];
    }
    return x;
  }

 private:
  // Valid for rows from `column` on.
  double* column_of(size_t column) { return left_.data() + column * reach_ - column; }

  size_t size_, reach_;
  std::vector<double> left_;  // of each column, `reach_` rows from the diagonal down
  std::vector<Point> right_;
};

// Adds the price of bending: the squared second differences of the control points, along, down and
// across.
void add_bending(Equations& equations, size_t columns, size_t rows, double stiffness) {
  constexpr std::array<double, 3> kSecond{1, -2, 1};
  constexpr std::array<double, 4> kTwist{1, -1, -1, 1};
  for (size_t r = 0; r < rows; ++r)
    for (size_t c = 0; c < columns; ++c) {
      const size_t i = r * columns + c;
      if (c + 2 < columns) equations.add_square<3>({i, i + 1, i + 2}, kSecond, stiffness);
      if (r + 2 < rows)
        equations.add_square<3>({i, i + columns, i + 2 * columns}, kSecond, stiffness);
      if (c + 1 < columns && r + 1 < rows)
        equations.add_square<4>({i, i + 1, i + columns, i + columns + 1}, kTwist, 2 * stiffness);
      equations.at(i, i) += kRidge;
    }
}

}  // namespace

WEIR_WIDE std::optional<SmoothField> SmoothField::fit(std::span<const Shift> shifts, double width,
                                                      double height, size_t cells,
                                                      double stiffness) {
  if (shifts.size() < 3 || !(width > 0) || !(height > 0) || cells == 0) return std::nullopt;
  const double cell = std::max(width, height) / static_cast<double>(cells);
  const auto pieces = [&](double side) {
    return std::max<size_t>(1, static_cast<size_t>(std::lround(side / cell)));
  };
  SmoothField field;
  const size_t across = pieces(width), down = pieces(height);
  field.cell_width_ = width / static_cast<double>(across);
  field.cell_height_ = height / static_cast<double>(down);
  field.columns_ = across + kDegree;
  field.rows_ = down + kDegree;
  Equations equations(field.columns_ * field.rows_, kDegree * field.columns_ + kTaps);
  for (const Shift& shift : shifts) {
    const Taps x = taps_at(shift.place.x, field.cell_width_, across);
    const Taps y = taps_at(shift.place.y, field.cell_height_, down);
    std::array<size_t, kTaps * kTaps> unknowns;
    std::array<double, kTaps * kTaps> weights;
    for (size_t r = 0; r < kTaps; ++r)
      for (size_t c = 0; c < kTaps; ++c) {
        const size_t i = (y.first + r) * field.columns_ + x.first + c;
        const double weight = y.weight[r] * x.weight[c];
        unknowns[r * kTaps + c] = i;
        weights[r * kTaps + c] = weight;
        equations.right(i).x += weight * shift.by.x;
        equations.right(i).y += weight * shift.by.y;
      }
    equations.add_square(unknowns, weights, 1);
  }
  add_bending(equations, field.columns_, field.rows_, stiffness);
  field.points_ = equations.solved();
  return field;
}

Point SmoothField::operator()(Point place) const {
  if (empty()) return {};
  const Taps x = taps_at(place.x, cell_width_, columns_ - kDegree);
  const Taps y = taps_at(place.y, cell_height_, rows_ - kDegree);
  Point sum;
  for (size_t r = 0; r < kTaps; ++r) {
    const Point* row = &points_[(y.first + r) * columns_ + x.first];
    Point along;
    for (size_t c = 0; c < kTaps; ++c)
      along.x += x.weight[c] * row[c].x, along.y += x.weight[c] * row[c].y;
    sum.x += y.weight[r] * along.x, sum.y += y.weight[r] * along.y;
  }
  return sum;
}

SmoothField SmoothField::scaled(double across, double down) const {
  SmoothField out = *this;
  out.cell_width_ *= across;
  out.cell_height_ *= down;
  for (Point& point : out.points_) point.x *= across, point.y *= down;
  return out;
}

double SmoothField::strain() const {
  if (empty()) return 0;
  // How the displacement changes along x and along y, at places all over. The mean of these changes
  // is the affine part.
  const double width = cell_width_ * static_cast<double>(columns_ - kDegree);
  const double height = cell_height_ * static_cast<double>(rows_ - kDegree);
  const double across = width / (2 * kProbes), down = height / (2 * kProbes);  // stays within
  struct Change {
    double xx, xy, yx, yy;
  };
  std::vector<Change> changes;
  Change mean{};
  for (size_t r = 0; r < kProbes; ++r)
    for (size_t c = 0; c < kProbes; ++c) {
      const Point at{width * (static_cast<double>(c) + 0.5) / kProbes,
                     height * (static_cast<double>(r) + 0.5) / kProbes};
      const Point here = (*this)(at), right = (*this)({at.x + across, at.y}),
                  below = (*this)({at.x, at.y + down});
      changes.push_back({(right.x - here.x) / across, (right.y - here.y) / across,
                         (below.x - here.x) / down, (below.y - here.y) / down});
      mean.xx += changes.back().xx, mean.xy += changes.back().xy;
      mean.yx += changes.back().yx, mean.yy += changes.back().yy;
    }
  double most = 0;
  const double share = 1.0 / static_cast<double>(changes.size());
  for (const Change& one : changes) {
    const double xx = one.xx - share * mean.xx, xy = one.xy - share * mean.xy;
    const double yx = one.yx - share * mean.yx, yy = one.yy - share * mean.yy;
    most = std::max(most, std::sqrt((xx * xx + xy * xy + yx * yx + yy * yy) / 2));
  }
  return most;
}

}  // namespace weir
