// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change/plane.h"

#include <algorithm>
#include <cmath>

#include "weir/base/wide.h"

// Constants: a blur ends at 2.5 sigma, and a source is halved while it is finer than 1.45 pixels to
// one. Both were chosen by hand on the tune side of the accuracy bench, and not fitted.

namespace weir {

namespace {

// One pass of a Gaussian over `count` lines that are `step` apart, each of `size` samples.
WEIR_WIDE void blur_rows(const Plane& from, Plane& to, const std::vector<float>& taps) {
  const size_t reach = taps.size() - 1;
  std::vector<float> line(from.width + 2 * reach);
  for (size_t y = 0; y < from.height; ++y) {
    const float* row = from.row(y);
    std::fill_n(line.begin(), reach, row[0]);
    std::copy_n(row, from.width, line.begin() + static_cast<ptrdiff_t>(reach));
    std::fill(line.end() - static_cast<ptrdiff_t>(reach), line.end(), row[from.width - 1]);
    float* out = to.row(y);
    for (size_t x = 0; x < from.width; ++x) out[x] = taps[0] * line[x + reach];
    for (size_t k = 1; k <= reach; ++k)
      for (size_t x = 0; x < from.width; ++x)
        out[x] += taps[k] * (line[x + reach - k] + line[x + reach + k]);
  }
}

WEIR_WIDE void blur_columns(const Plane& from, Plane& to, const std::vector<float>& taps) {
  const size_t last = from.height - 1;
  for (size_t y = 0; y < from.height; ++y) {
    float* out = to.row(y);
    for (size_t x = 0; x < from.width; ++x) out[x] = taps[0] * from.row(y)[x];
    for (size_t k = 1; k < taps.size(); ++k) {
      const float* above = from.row(y > k ? y - k : 0);
      const float* below = from.row(std::min(last, y + k));
      for (size_t x = 0; x < from.width; ++x) out[x] += taps[k] * (above[x] + below[x]);
    }
  }
}

}  // namespace

Plane plane_of(const Pixels& grey) {
  const size_t size = size_t{grey.width} * grey.height;
  if (size == 0 || grey.channels != 1 || grey.samples.size() != size) return {};
  Plane plane{grey.width, grey.height, std::vector<float>(size)};
  std::copy(grey.samples.begin(), grey.samples.end(), plane.samples.begin());
  return plane;
}

Plane halved(const Plane& plane) {
  Plane half{plane.width / 2, plane.height / 2, {}};
  half.samples.resize(half.width * half.height);
  for (size_t y = 0; y < half.height; ++y) {
    const float* upper = plane.row(2 * y);
    const float* lower = plane.row(2 * y + 1);
    float* out = half.row(y);
    for (size_t x = 0; x < half.width; ++x)
      out[x] = (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1]) / 4;
  }
  return half;
}

Plane blurred(const Plane& plane, double sigma) {
  if (!(sigma > 0.05) || plane.empty()) return plane;
  std::vector<float> taps;
  float sum = 0;
  for (double k = 0; k <= std::ceil(2.5 * sigma); ++k) {
    taps.push_back(static_cast<float>(std::exp(-k * k / (2 * sigma * sigma))));
    sum += taps.size() == 1 ? taps.back() : 2 * taps.back();
  }
  for (float& tap : taps) tap /= sum;
  Plane between = plane, out = plane;
  blur_rows(plane, between, taps);
  blur_columns(between, out, taps);
  return out;
}

WEIR_WIDE Warped warped(const Plane& source, const PictureTransform& to_source, size_t width,
                        size_t height, const SmoothField& bend) {
  Warped out{{width, height, std::vector<float>(width * height)},
             std::vector<uint8_t>(width * height)};
  if (source.width < 2 || source.height < 2) return out;
  const auto& h = to_source.h;
  const double last_x = static_cast<double>(source.width),
               last_y = static_cast<double>(source.height);
  // For each row it is first calculated where its pixels lie, and then their samples are read. Both
  // are loops that a compiler turns into vectors.
  std::vector<double> xs(width), ys(width);
  std::vector<int32_t> left(width), top(width);
  std::vector<float> right(width), down(width);
  for (size_t y = 0; y < height; ++y) {
    const double py = static_cast<double>(y) + 0.5;
    for (size_t x = 0; x < width; ++x) {
      const double px = static_cast<double>(x) + 0.5;
      const double depth = h[6] * px + h[7] * py + h[8];
      const double near = 1 / depth;
      xs[x] = (h[0] * px + h[1] * py + h[2]) * near;
      ys[x] = (h[3] * px + h[4] * py + h[5]) * near;
    }
    for (size_t x = 0; x < width && !bend.empty(); ++x) {
      const Point from{static_cast<double>(x) + 0.5, py}, by = bend(from);
      const Point to = to_source({from.x + by.x, from.y + by.y});
      xs[x] = to.x, ys[x] = to.y;
    }
    float* to = out.plane.row(y);
    uint8_t* inside = out.inside.data() + y * width;
    for (size_t x = 0; x < width; ++x) {
      // In this order, what is not a number becomes 0.
      const double cx = std::min(std::max(0.0, xs[x] - 0.5), last_x - 1.001);
      const double cy = std::min(std::max(0.0, ys[x] - 0.5), last_y - 1.001);
      left[x] = static_cast<int32_t>(cx), top[x] = static_cast<int32_t>(cy);
      right[x] = static_cast<float>(cx - left[x]), down[x] = static_cast<float>(cy - top[x]);
    }
    for (size_t x = 0; x < width; ++x) {
      if (!(xs[x] >= 0 && ys[x] >= 0 && xs[x] <= last_x && ys[x] <= last_y)) continue;
      const float* upper = source.row(static_cast<size_t>(top[x])) + left[x];
      const float* lower = upper + source.width;
      const float above = upper[0] + right[x] * (upper[1] - upper[0]);
      const float below = lower[0] + right[x] * (lower[1] - lower[0]);
      to[x] = above + down[x] * (below - above);
      inside[x] = 1;
    }
  }
  return out;
}

double coarsen(Plane& source, PictureTransform& to_source, size_t width, size_t height) {
  const Stretch middle =
      stretch(to_source, {static_cast<double>(width) / 2, static_cast<double>(height) / 2});
  double scale = std::sqrt(middle.most * middle.least);
  for (; scale > 1.45 && source.width >= 4 && source.height >= 4; scale /= 2) {
    source = halved(source);
    to_source = compose(to_source, {{0.5, 0, 0, 0, 0.5, 0, 0, 0, 1}});
  }
  return scale;
}

}  // namespace weir
