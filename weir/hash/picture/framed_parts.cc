// SPDX-License-Identifier: Apache-2.0
//
// In a small plane, a border pixel is one where tones step and that has even tones on its outer
// side: the edge of a frame is full of them, and texture is not. Lines of many border pixels are
// looked for on each of the four sides, for every tilt at once by adding shifted rows, and then
// laid where tones step in a finer plane. Four lines make a part when tones step along each of them
// from corner to corner, and no further.
#include "weir/hash/picture/framed_parts.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "weir/hash/features/feature_plane.h"

namespace weir {
namespace {

// Where lines are looked for. Lengths in pixels of that plane.
constexpr size_t kCoarseSide = 224;
constexpr size_t kLeastSide = 32;
constexpr int kLeastStep = 6;        // levels, across a border
constexpr int kClearer = 2;          // times as much as beside it
constexpr size_t kBeside = 4;        // pixels on its outer side that are looked at
constexpr double kMostTilt = 0.2;    // of a line, in pixels a pixel
constexpr double kTiltStep = 1.5;    // between tilts, from end to end
constexpr double kLeastLine = 0.15;  // border pixels of a line, as a share of the plane's side
constexpr size_t kMostLines = 14;    // on each side
constexpr double kSameLine = 3;      // at both ends

// Where they are laid. Lengths in pixels of that plane.
constexpr size_t kFineSide = 512;
constexpr int kAcross = 5;       // to both sides of a line
constexpr double kEvery = 2;     // between places on it
constexpr double kFineStep = 6;  // levels
constexpr double kOnLine = 1;    // how near the step is
constexpr double kInset = 0.3;   // a part begins inside its border

// Four of them. Shares of the plane's side, or of a side of the part.
constexpr double kLeastPart = 0.2;     // each side
constexpr double kMostPart = 0.97;     // of the plane's area
constexpr double kLeastCovered = 0.4;  // of each side
constexpr double kEnd = 0.12;          // what is an end of a side
constexpr double kSamePart = 0.02;     // at each corner
constexpr double kOutside = 0.01;      // how far a corner may lie outside the plane

// A grey plane turned so that what is looked for is a left border.
struct Turned {
  size_t width = 0;
  size_t height = 0;
  std::vector<uint8_t> samples;
};

Turned transposed(const Turned& plane) {
  Turned out{plane.height, plane.width, std::vector<uint8_t>(plane.samples.size())};
  for (size_t y = 0; y < plane.height; ++y)
    for (size_t x = 0; x < plane.width; ++x)
      out.samples[x * out.width + y] = plane.samples[y * plane.width + x];
  return out;
}

Turned mirrored(Turned plane) {
  for (size_t y = 0; y < plane.height; ++y) {
    const auto row = plane.samples.begin() + static_cast<ptrdiff_t>(y * plane.width);
    std::reverse(row, row + static_cast<ptrdiff_t>(plane.width));
  }
  return plane;
}

// x = middle + tilt * (y - height / 2); a place is the centre of a pixel at 0.5, 0.5.
struct Line {
  double middle = 0;
  double tilt = 0;
  double height = 0;  // of the plane
  uint32_t votes = 0;

  double x_at(double y) const { return middle + tilt * (y - height / 2); }
};

// 1 where a left border runs through a pixel; rows with a margin on both sides, for tilted lines.
struct BorderMap {
  explicit BorderMap(const Turned& plane)
      : width(plane.width),
        height(plane.height),
        margin(static_cast<size_t>(std::ceil(kMostTilt * static_cast<double>(height) / 2)) + 2),
        stride(width + 2 * margin),
        at(stride * height) {
    for (size_t y = 0; y < height; ++y) {
      const uint8_t* row = plane.samples.data() + y * width;
      uint8_t* out = at.data() + y * stride + margin;
      for (size_t x = kBeside; x + 1 < width; ++x) {
        const int step = std::abs(row[x + 1] - row[x - 1]);
        const int beside =
            std::max(std::abs(row[x - 1] - row[x - 3]), std::abs(row[x - 2] - row[x - 4]));
        out[x] = step >= kLeastStep && step >= kClearer * beside;
      }
    }
  }

  // How many border pixels lie on the lines of this tilt through each pixel of the middle row.
  void vote(double tilt, std::vector<uint16_t>& votes) const {
    std::fill(votes.begin(), votes.end(), uint16_t{0});
    for (size_t y = 0; y < height; ++y) {
      const double down = static_cast<double>(y) + 0.5 - static_cast<double>(height) / 2;
      const uint8_t* row = at.data() + y * stride + margin + std::lround(tilt * down);
      for (size_t x = 0; x < width; ++x) votes[x] = static_cast<uint16_t>(votes[x] + row[x]);
    }
  }

  size_t width, height, margin, stride;
  std::vector<uint8_t> at;
};

bool is_same(const Line& a, const Line& b) {
  return std::abs(a.x_at(0) - b.x_at(0)) <= kSameLine &&
         std::abs(a.x_at(a.height) - b.x_at(a.height)) <= kSameLine;
}

std::vector<Line> left_borders(const Turned& plane) {
  const BorderMap map(plane);
  const auto height = static_cast<double>(map.height);
  const double step = kTiltStep / height;
  const int tilts = static_cast<int>(kMostTilt / step);
  std::vector<Line> found;
  std::vector<uint16_t> votes(map.width);
  for (int t = -tilts; t <= tilts; ++t) {
    map.vote(t * step, votes);
    for (size_t x = 1; x + 1 < map.width; ++x)
      if (votes[x] >= kLeastLine * height && votes[x] >= votes[x - 1] && votes[x] > votes[x + 1])
        found.push_back({static_cast<double>(x) + 0.5, t * step, height, votes[x]});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Line& a, const Line& b) { return a.votes > b.votes; });
  std::vector<Line> lines;
  for (const Line& line : found) {
    if (lines.size() == kMostLines) break;
    if (std::none_of(lines.begin(), lines.end(),
                     [&](const Line& one) { return is_same(one, line); }))
      lines.push_back(line);
  }
  return lines;
}

std::vector<Line> right_borders(const Turned& plane) {
  std::vector<Line> lines = left_borders(mirrored(plane));
  for (Line& line : lines) {
    line.middle = static_cast<double>(plane.width) - line.middle;
    line.tilt = -line.tilt;
  }
  return lines;
}

// Between the nearest four pixels, x and y counted from the centre of the first. Within the plane.
inline float between(const FloatPlane& plane, float x, float y) {
  const auto left = static_cast<uint32_t>(x), top = static_cast<uint32_t>(y);
  const float share_x = x - static_cast<float>(left), share_y = y - static_cast<float>(top);
  const size_t next = left + 1 < plane.width ? 1 : 0;
  const float* above = plane.samples.get() + top * plane.stride + left;
  const float* below = top + 1 < plane.height ? above + plane.stride : above;
  const float upper = above[0] + share_x * (above[next] - above[0]);
  const float lower = below[0] + share_x * (below[next] - below[0]);
  return upper + share_y * (lower - upper);
}

// A plane, or the same with x and y exchanged. Places count pixels' centres as 0.5; those outside
// see the border.
struct Tones {
  const FloatPlane& plane;
  bool is_across = false;

  double height() const { return static_cast<double>(is_across ? plane.width : plane.height); }
  float at(double x, double y) const {
    if (is_across) std::swap(x, y);
    const auto within = [](double place, size_t side) {
      return std::clamp(static_cast<float>(place) - 0.5f, 0.0f, static_cast<float>(side - 1));
    };
    return between(plane, within(x, plane.width), within(y, plane.height));
  }
};

// A line laid where tones step, and where along it they do.
class Border {
 public:
  Border(const Line& coarse, const Tones& tones) : line_(coarse) {
    const auto places = static_cast<size_t>(tones.height() / kEvery);
    const double scale = tones.height() / coarse.height;
    line_.height = tones.height();
    line_.middle = coarse.middle * scale;
    offsets_.reserve(places);
    for (size_t i = 0; i < places; ++i) offsets_.push_back(step_at(place(i), tones));
    for (const double near : {3.0, 2.0, kOnLine}) fit(near);
    stepping_.assign(places + 1, 0);
    for (size_t i = 0; i < places; ++i) stepping_[i + 1] = stepping_[i] + is_near(i, kOnLine);
  }

  double middle() const { return line_.middle; }
  // Share of what lies between two heights where tones step.
  double covered(double from, double to) const {
    const auto index = [&](double y) {
      return static_cast<size_t>(
          std::clamp(std::round(y / kEvery), 0.0, static_cast<double>(offsets_.size())));
    };
    const size_t first = index(from), last = index(to);
    if (last <= first) return 0;
    return static_cast<double>(stepping_[last] - stepping_[first]) /
           static_cast<double>(last - first);
  }
  // How clearly a side runs from here to there: all of it, both ends, and nothing beyond them.
  double clear(double from, double to) const {
    const double end = kEnd * (to - from);
    return covered(from, to) + (covered(from, from + end) + covered(to - end, to)) / 2 -
           (covered(from - end, from) + covered(to, to + end)) / 2;
  }
  Line inside(double by) const {
    Line line = line_;
    line.middle += by;
    return line;
  }

 private:
  static constexpr double kNone = 1e9;

  double place(size_t i) const { return (static_cast<double>(i) + 0.5) * kEvery; }
  bool is_near(size_t i, double near) const {
    return std::abs(offsets_[i] - line_.x_at(place(i))) <= near;
  }

  // Where in this row, near the line, tones step most; the rows beside it help.
  double step_at(double y, const Tones& tones) const {
    std::array<double, 2 * kAcross + 1> row{};
    const double x = line_.x_at(y);
    for (int k = -kAcross; k <= kAcross; ++k)
      for (const double beside : {-1.5, 0.0, 1.5})
        row[static_cast<size_t>(k + kAcross)] +=
            static_cast<double>(tones.at(x + k + line_.tilt * beside, y + beside)) / 3;
    std::array<double, 2 * kAcross + 1> steps{};
    for (size_t k = 1; k + 1 < row.size(); ++k) steps[k] = std::abs(row[k + 1] - row[k - 1]);
    const auto most = std::max_element(steps.begin(), steps.end()) - steps.begin();
    const auto k = static_cast<size_t>(most);
    if (k < 2 || k + 2 >= row.size() || steps[k] < kFineStep) return kNone;
    const double bend = steps[k - 1] - 2 * steps[k] + steps[k + 1];
    const double between = bend < 0 ? (steps[k - 1] - steps[k + 1]) / bend / 2 : 0;
    return x + static_cast<double>(most - kAcross) + between;
  }

  // Least squares through the steps that are near.
  void fit(double near) {
    double n = 0, y = 0, x = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < offsets_.size(); ++i) {
      if (!is_near(i, near)) continue;
      const double down = place(i) - line_.height / 2;
      n += 1, y += down, x += offsets_[i], yy += down * down, xy += down * offsets_[i];
    }
    const double whole = n * yy - y * y;
    if (n < 8 || whole < 1) return;
    line_.tilt = (n * xy - y * x) / whole;
    line_.middle = (x - line_.tilt * y) / n;
  }

  Line line_;
  std::vector<double> offsets_;     // by place: x of the step, or kNone
  std::vector<uint32_t> stepping_;  // how many of the places before this one lie on the line
};

// Where an upright line meets a level one, of which x and y are exchanged.
Point meeting(const Line& upright, const Line& level) {
  const double m = upright.x_at(0), n = level.x_at(0);
  const double x = (m + upright.tilt * n) / (1 - upright.tilt * level.tilt);
  return {x, n + level.tilt * x};
}

struct Part {
  Quad corners;
  double clear = 0;
};

class PartSearch {
 public:
  PartSearch(const Turned& coarse, const FloatPlane& fine)
      : width_(static_cast<double>(fine.width)), height_(static_cast<double>(fine.height)) {
    const auto laid = [&](const std::vector<Line>& lines, bool is_across) {
      std::vector<Border> borders;
      for (const Line& line : lines) borders.emplace_back(line, Tones{fine, is_across});
      return borders;
    };
    const Turned across = transposed(coarse);
    left_ = laid(left_borders(coarse), false), right_ = laid(right_borders(coarse), false);
    top_ = laid(left_borders(across), true), bottom_ = laid(right_borders(across), true);
  }

  // The clearest first.
  std::vector<Part> found() const {
    std::vector<Part> parts;
    for (const Border& left : left_)
      for (const Border& right : right_) {
        if (right.middle() - left.middle() < kLeastPart * width_) continue;
        for (const Border& top : top_) {
          if (top.covered(left.middle(), right.middle()) < kLeastCovered / 2) continue;
          for (const Border& bottom : bottom_) {
            if (bottom.middle() - top.middle() < kLeastPart * height_) continue;
            if (const auto part = part_of(left, top, right, bottom)) parts.push_back(*part);
          }
        }
      }
    std::stable_sort(parts.begin(), parts.end(),
                     [](const Part& a, const Part& b) { return a.clear > b.clear; });
    return parts;
  }

 private:
  std::optional<Part> part_of(const Border& left, const Border& top, const Border& right,
                              const Border& bottom) const {
    const Line l = left.inside(kInset), t = top.inside(kInset);
    const Line r = right.inside(-kInset), b = bottom.inside(-kInset);
    const Quad q{meeting(l, t), meeting(r, t), meeting(r, b), meeting(l, b)};
    for (const Point& corner : q)
      if (corner.x < -kOutside * width_ || corner.x > (1 + kOutside) * width_ ||
          corner.y < -kOutside * height_ || corner.y > (1 + kOutside) * height_)
        return std::nullopt;
    if (std::min(q[1].x - q[0].x, q[2].x - q[3].x) < kLeastPart * width_ ||
        std::min(q[3].y - q[0].y, q[2].y - q[1].y) < kLeastPart * height_)
      return std::nullopt;
    if ((q[1].x - q[0].x + q[2].x - q[3].x) * (q[3].y - q[0].y + q[2].y - q[1].y) / 4 >
        kMostPart * width_ * height_)
      return std::nullopt;
    if (std::min({left.covered(q[0].y, q[3].y), top.covered(q[0].x, q[1].x),
                  right.covered(q[1].y, q[2].y), bottom.covered(q[3].x, q[2].x)}) < kLeastCovered)
      return std::nullopt;
    return Part{q, left.clear(q[0].y, q[3].y) + top.clear(q[0].x, q[1].x) +
                       right.clear(q[1].y, q[2].y) + bottom.clear(q[3].x, q[2].x)};
  }

  double width_, height_;
  std::vector<Border> left_, right_, top_, bottom_;
};

bool is_same(const Quad& a, const Quad& b, double near) {
  for (size_t i = 0; i < a.size(); ++i)
    if (std::hypot(a[i].x - b[i].x, a[i].y - b[i].y) > near) return false;
  return true;
}

struct Sides {
  Sides(const PixelView& picture, size_t longest) {
    const auto longer = static_cast<double>(std::max(picture.width, picture.height));
    const double share = std::min(1.0, static_cast<double>(longest) / longer);
    width = static_cast<size_t>(std::max(1L, std::lround(picture.width * share)));
    height = static_cast<size_t>(std::max(1L, std::lround(picture.height * share)));
  }
  size_t width, height;
};

Quad scaled(Quad part, double by_x, double by_y) {
  for (Point& corner : part) corner = {corner.x * by_x, corner.y * by_y};
  return part;
}

// From the unit square into a quad (Heckbert, Fundamentals of Texture Mapping, 1989, 2.2.3):
// x = (a u + b v + c) / (g u + h v + 1), y = (d u + e v + f) / (g u + h v + 1).
struct FromUnitSquare {
  explicit FromUnitSquare(const Quad& q) {
    const double sx = q[0].x - q[1].x + q[2].x - q[3].x, sy = q[0].y - q[1].y + q[2].y - q[3].y;
    const double x1 = q[1].x - q[2].x, x2 = q[3].x - q[2].x;
    const double y1 = q[1].y - q[2].y, y2 = q[3].y - q[2].y;
    const double whole = x1 * y2 - x2 * y1;
    if (std::abs(whole) > 1e-9) g = (sx * y2 - x2 * sy) / whole, h = (x1 * sy - sx * y1) / whole;
    a = q[1].x - q[0].x + g * q[1].x, b = q[3].x - q[0].x + h * q[3].x, c = q[0].x;
    d = q[1].y - q[0].y + g * q[1].y, e = q[3].y - q[0].y + h * q[3].y, f = q[0].y;
  }
  double a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
};

// Where the samples of a row lie first, which is arithmetic on columns; then the samples.
Pixels straightened(const FloatPlane& plane, const Quad& part) {
  const FromUnitSquare p(part);
  const auto right = static_cast<float>(plane.width - 1);
  const auto bottom = static_cast<float>(plane.height - 1);
  std::array<float, kFramedSide> xs, ys;
  Pixels out{std::vector<uint8_t>(size_t{kFramedSide} * kFramedSide), kFramedSide, kFramedSide, 1};
  for (uint32_t row = 0; row < kFramedSide; ++row) {
    const double v = (row + 0.5) / kFramedSide;
    const auto x_from = static_cast<float>(p.b * v + p.c), x_by = static_cast<float>(p.a);
    const auto y_from = static_cast<float>(p.e * v + p.f), y_by = static_cast<float>(p.d);
    const auto w_from = static_cast<float>(p.h * v + 1), w_by = static_cast<float>(p.g);
    for (size_t i = 0; i < kFramedSide; ++i) {
      const float u = (static_cast<float>(i) + 0.5f) / kFramedSide;
      const float w = w_from + w_by * u;
      xs[i] = std::clamp((x_from + x_by * u) / w - 0.5f, 0.0f, right);
      ys[i] = std::clamp((y_from + y_by * u) / w - 0.5f, 0.0f, bottom);
    }
    for (size_t i = 0; i < kFramedSide; ++i)
      out.samples[row * kFramedSide + i] =
          static_cast<uint8_t>(between(plane, xs[i], ys[i]) + 0.5f);
  }
  return out;
}

}  // namespace

std::vector<FramedPart> framed_parts(const PixelView& picture) {
  const Sides coarse(picture, kCoarseSide), fine(picture, kFineSide);
  if (std::min({size_t{picture.width}, size_t{picture.height}, coarse.width, coarse.height}) <
      kLeastSide)
    return {};
  const FloatPlane tones = resized_grey(picture, fine.width, fine.height);
  Pixels small = resized_pixels(tones, coarse.width, coarse.height);
  const PartSearch search({coarse.width, coarse.height, std::move(small.samples)}, tones);
  const double near = kSamePart * static_cast<double>(std::max(fine.width, fine.height));
  std::vector<Quad> found;
  for (const Part& part : search.found()) {
    if (found.size() == kMostFramedParts) break;
    if (std::none_of(found.begin(), found.end(),
                     [&](const Quad& one) { return is_same(one, part.corners, near); }))
      found.push_back(part.corners);
  }
  std::vector<FramedPart> parts;
  for (const Quad& part : found)
    parts.push_back({scaled(part, picture.width / static_cast<double>(fine.width),
                            picture.height / static_cast<double>(fine.height)),
                     straightened(tones, part)});
  return parts;
}

Rect box_around(const Quad& part, uint32_t width, uint32_t height) {
  const auto [left, right] = std::minmax({part[0].x, part[1].x, part[2].x, part[3].x});
  const auto [top, bottom] = std::minmax({part[0].y, part[1].y, part[2].y, part[3].y});
  const auto within = [](double at, uint32_t side) {
    return static_cast<uint32_t>(std::clamp(std::round(at), 0.0, static_cast<double>(side)));
  };
  const uint32_t x = within(left, width), y = within(top, height);
  return {x, y, within(right, width) - x, within(bottom, height) - y};
}

}  // namespace weir
