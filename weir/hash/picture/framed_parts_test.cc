// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/picture/framed_parts.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "weir/hash/picture/pdq.h"
#include "weir/hash/picture/pictures_for_test.h"

namespace weir {
namespace {

using testing::Numbers;
using testing::synthetic_picture;

// x = (a u + b v + c) / (g u + h v + 1), y likewise: from the unit square into a picture.
struct Perspective {
  double a, b, c, d, e, f, g, h;

  Point operator()(double u, double v) const {
    const double w = g * u + h * v + 1;
    return {(a * u + b * v + c) / w, (d * u + e * v + f) / w};
  }
  // The other way round, by Cramer's rule.
  Point back(double x, double y) const {
    const double p = a - g * x, q = b - h * x, r = d - g * y, s = e - h * y;
    const double whole = p * s - q * r;
    return {((x - c) * s - q * (y - f)) / whole, (p * (y - f) - r * (x - c)) / whole};
  }
  Quad corners() const { return {(*this)(0, 0), (*this)(1, 0), (*this)(1, 1), (*this)(0, 1)}; }
};

// `inner`, as `place` says, before what is on `canvas`.
void paste(const Pixels& inner, const Perspective& place, Pixels& canvas) {
  for (uint32_t y = 0; y < canvas.height; ++y)
    for (uint32_t x = 0; x < canvas.width; ++x) {
      const Point at = place.back(x + 0.5, y + 0.5);
      if (at.x < 0 || at.x >= 1 || at.y < 0 || at.y >= 1) continue;
      const auto column = static_cast<size_t>(at.x * inner.width);
      const auto row = static_cast<size_t>(at.y * inner.height);
      for (uint32_t c = 0; c < canvas.channels; ++c)
        canvas.samples[(size_t{y} * canvas.width + x) * canvas.channels + c] =
            inner.samples[(row * inner.width + column) * inner.channels + c % inner.channels];
    }
}

Pixels paper(uint32_t width, uint32_t height, uint32_t channels, uint8_t level) {
  return {std::vector<uint8_t>(size_t{width} * height * channels, level), width, height, channels};
}

void add_grain(Pixels& picture, int levels, Numbers& numbers) {
  for (uint8_t& sample : picture.samples)
    sample = static_cast<uint8_t>(
        std::clamp(sample + numbers.below(static_cast<uint32_t>(2 * levels + 1)) - levels, 0, 255));
}

// In levels 70 to 190, so that it stands out from white and from black.
Pixels inner_picture(uint64_t seed) {
  Pixels picture = synthetic_picture(seed, 480, 320, 1);
  for (uint8_t& sample : picture.samples) sample = static_cast<uint8_t>(70 + sample * 120 / 255);
  return picture;
}

double error_of(const Quad& found, const Quad& expected) {
  double most = 0;
  for (size_t i = 0; i < found.size(); ++i)
    most = std::max(most, std::hypot(found[i].x - expected[i].x, found[i].y - expected[i].y));
  return most;
}

// The part that is nearest to what was pasted, and by how many pixels a corner is wrong.
std::pair<const FramedPart*, double> nearest(const std::vector<FramedPart>& parts,
                                             const Quad& expected) {
  std::pair<const FramedPart*, double> best{nullptr, std::numeric_limits<double>::infinity()};
  for (const FramedPart& part : parts)
    if (const double error = error_of(part.outline, expected); error < best.second)
      best = {&part, error};
  return best;
}

// Of the side that is tilted most, in pixels a pixel.
double most_tilt(const Quad& quad) {
  const auto rise = [&](size_t a, size_t b) {
    const double x = std::abs(quad[a].x - quad[b].x), y = std::abs(quad[a].y - quad[b].y);
    return std::min(x, y) / std::max(x, y);
  };
  return std::max({rise(0, 1), rise(1, 2), rise(2, 3), rise(3, 0)});
}

RC_GTEST_PROP(FramedParts, ATiltedPictureOnPaperIsFoundAndStraightened, ()) {
  const auto real = [](int least, int most, double unit) {
    return *rc::gen::inRange(least, most + 1) * unit;
  };
  const bool is_light = *rc::gen::arbitrary<bool>();
  const uint32_t channels = *rc::gen::element(1u, 3u);
  const auto seed = static_cast<uint64_t>(*rc::gen::inRange(1, 1 << 20));
  const uint32_t side = static_cast<uint32_t>(*rc::gen::inRange(700, 1400));
  Pixels canvas = paper(side, side, channels, is_light ? 245 : 12);
  const double s = side;
  const Perspective place{s * real(40, 75, 0.01), s * real(-5, 5, 0.01),  s * real(8, 15, 0.01),
                          s * real(-5, 5, 0.01),  s * real(35, 70, 0.01), s * real(8, 15, 0.01),
                          real(-6, 6, 0.01),      real(-6, 6, 0.01)};
  for (const Point& corner : place.corners())
    RC_PRE(corner.x > 8 && corner.y > 8 && corner.x < s - 8 && corner.y < s - 8);
  RC_PRE(most_tilt(place.corners()) <= 0.2);
  const Pixels inner = inner_picture(seed);
  paste(inner, place, canvas);
  Numbers numbers(seed);
  add_grain(canvas, 6, numbers);

  const auto parts = framed_parts(canvas.view());
  RC_ASSERT(parts.size() <= kMostFramedParts);
  const auto [part, error] = nearest(parts, place.corners());
  RC_ASSERT(part != nullptr);
  RC_ASSERT(error <= 0.006 * s);
  RC_ASSERT(part->straight.width == kFramedSide && part->straight.height == kFramedSide);
  // By chance 128 differ. Some of these pictures have many coefficients near their median.
  RC_ASSERT(distance(pdq(part->straight.view()).hash, pdq(inner.view()).hash).bits <= 50);
}

// A post on a screen, the screen before a dark room: the post has a border, and so has its picture.
TEST(FramedParts, APartWithinAPartIsFoundToo) {
  Pixels room = paper(800, 700, 1, 20);
  const Perspective post{600, 20, 90, -15, 560, 70, 0.02, -0.01};
  paste(paper(10, 10, 1, 240), post, room);
  const Perspective shown{480, 16, 150, -12, 380, 160, 0.02, -0.01};
  const Pixels inner = inner_picture(3);
  paste(inner, shown, room);
  const auto parts = framed_parts(room.view());
  EXPECT_LE(nearest(parts, post.corners()).second, 4.0);
  const auto [part, error] = nearest(parts, shown.corners());
  EXPECT_LE(error, 4.0);
  ASSERT_NE(part, nullptr);
  EXPECT_LE(distance(pdq(part->straight.view()).hash, pdq(inner.view()).hash).bits, 20);
}

TEST(FramedParts, BoxAroundIsCutOffAtThePicture) {
  const Quad part{{{-3, 10.4}, {90, 8.6}, {104, 70}, {2, 71.4}}};
  EXPECT_EQ(box_around(part, 100, 80), (Rect{0, 9, 100, 62}));
}

TEST(FramedParts, NothingStandsOutOfOneToneOrOfTexture) {
  EXPECT_TRUE(framed_parts(paper(300, 200, 3, 128).view()).empty());
  Numbers numbers(4);
  Pixels texture = paper(300, 200, 1, 128);
  add_grain(texture, 100, numbers);
  EXPECT_TRUE(framed_parts(texture.view()).empty());
}

RC_GTEST_PROP(FramedParts, AnyPixelsOfAnySizeWillDo, ()) {
  const auto width = static_cast<uint32_t>(*rc::gen::inRange(1, 400));
  const auto height = static_cast<uint32_t>(*rc::gen::inRange(1, 400));
  const uint32_t channels = *rc::gen::element(1u, 3u);
  Numbers numbers(static_cast<uint64_t>(*rc::gen::inRange(1, 1 << 20)));
  Pixels picture = paper(width, height, channels, static_cast<uint8_t>(numbers.below(256)));
  for (int boxes = numbers.below(12); boxes > 0; --boxes) {
    const auto x = static_cast<uint32_t>(numbers.below(width));
    const auto y = static_cast<uint32_t>(numbers.below(height));
    const auto level = static_cast<uint8_t>(numbers.below(256));
    for (uint32_t row = y; row < std::min(height, y + height / 2); ++row)
      for (uint32_t column = x; column < std::min(width, x + width / 2); ++column)
        for (uint32_t c = 0; c < channels; ++c)
          picture.samples[(size_t{row} * width + column) * channels + c] = level;
  }
  for (const FramedPart& part : framed_parts(picture.view())) {
    for (const Point& corner : part.outline)
      RC_ASSERT(corner.x >= -0.02 * width && corner.x <= 1.02 * width &&
                corner.y >= -0.02 * height && corner.y <= 1.02 * height);
    const Rect box = box_around(part.outline, width, height);
    RC_ASSERT(box.x + box.width <= width && box.y + box.height <= height);
    RC_ASSERT(part.straight.samples.size() == size_t{kFramedSide} * kFramedSide);
  }
}

}  // namespace
}  // namespace weir
