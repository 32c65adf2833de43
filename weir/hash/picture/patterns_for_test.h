// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

#include "weir/base/pixels.h"
#include "weir/hash/picture/pictures_for_test.h"

// Regular patterns, as they stand behind texts and on walls. None is a picture of anything.
namespace weir::testing {

constexpr int kPatternKinds = 25;

namespace patterns {

constexpr double kPi = std::numbers::pi;

struct Look {
  double size;  // pixels of one repetition
  double x, y;  // turned and moved already
  int variant;
};

inline double part(double value) {
  return value - std::floor(value);
}
inline bool odd(double value) {
  return static_cast<int64_t>(std::floor(value)) & 1;
}
inline bool within(double x, double y, double radius) {
  return x * x + y * y < radius * radius;
}

inline double checkers(const Look& p) {
  return odd(p.x / p.size) != odd(p.y / p.size);
}
inline double bricks(const Look& p) {
  const double row = std::floor(p.y / p.size * 2);
  const double x = part(p.x / p.size + (odd(row) ? 0.5 : 0));
  return x < 0.05 || part(p.y / p.size * 2) < 0.1 ? 0.9 : 0.3;
}
inline double stripes(const Look& p) {
  return part(p.x / p.size) < 0.3 + 0.1 * p.variant;
}
inline double waves_of_light(const Look& p) {
  return 0.5 + 0.5 * std::sin(2 * kPi * p.x / p.size);
}
inline double dots(const Look& p) {
  return within(part(p.x / p.size) - 0.5, part(p.y / p.size) - 0.5, 0.2 + 0.05 * p.variant);
}
inline double dots_in_turn(const Look& p) {
  const double shift = odd(p.y / p.size) ? 0.5 : 0;
  return within(part(p.x / p.size + shift) - 0.5, part(p.y / p.size) - 0.5, 0.3);
}
inline double grid(const Look& p) {
  return part(p.x / p.size) < 0.1 || part(p.y / p.size) < 0.1 ? 0.1 : 0.9;
}
inline double tartan(const Look& p) {
  const auto band = [&](double at) {
    const double k = part(at / p.size);
    return k < 0.4 ? 0.1 : k < 0.5 ? 0.8 : k < 0.6 ? 0.3 : k < 0.65 ? 1.0 : 0.5;
  };
  return odd(p.x / 2 + p.y / 2) ? band(p.x) : band(p.y);
}
inline double gradient(const Look& p) {
  return std::clamp(0.5 + p.x / 400, 0.0, 1.0);
}
inline double round_gradient(const Look& p) {
  return std::clamp(1 - std::hypot(p.x, p.y) / (150 + p.size), 0.0, 1.0);
}
inline double rings(const Look& p) {
  return odd(std::hypot(p.x, p.y) / p.size);
}
inline double hexagons(const Look& p) {
  // The nearest and second nearest of the middles of a hexagonal lattice: between them is a wall.
  double nearest = 1e9, second = 1e9;
  const double height = p.size * std::sqrt(0.75);
  const double row = std::floor(p.y / height);
  for (double r = row - 1; r <= row + 2; ++r)
    for (double c = std::floor(p.x / p.size) - 1; c <= std::floor(p.x / p.size) + 2; ++c) {
      const double middle = (c + (odd(r) ? 0.5 : 0)) * p.size;
      const double away = std::hypot(p.x - middle, p.y - r * height);
      if (away < nearest)
        second = std::exchange(nearest, away);
      else
        second = std::min(second, away);
    }
  return second - nearest < p.size * 0.12 ? 0.2 : 0.8;
}
inline double sunburst(const Look& p) {
  return odd(std::atan2(p.y, p.x) / kPi * (6 + 2 * p.variant));
}
inline double zigzag(const Look& p) {
  return odd((p.y + std::abs(part(p.x / p.size) - 0.5) * p.size) / p.size * 2);
}
inline double wavy(const Look& p) {
  return odd((p.y + p.size / 3 * std::sin(2 * kPi * p.x / p.size / 2)) / p.size * 2);
}
inline double triangles(const Look& p) {
  return part(p.x / p.size) < part(p.y / p.size) ? 0.2 : 0.9;
}
inline double diamonds(const Look& p) {
  return odd((p.x + 1.7 * p.y) / p.size) != odd((p.x - 1.7 * p.y) / p.size);
}
inline double houndstooth(const Look& p) {
  const double x = part(p.x / p.size), y = part(p.y / p.size);
  if ((x < 0.5) == (y < 0.5)) return x < 0.5;
  return odd((x + y) * 4);
}
inline double crosses(const Look& p) {
  const double x = std::abs(part(p.x / p.size) - 0.5), y = std::abs(part(p.y / p.size) - 0.5);
  return (x < 0.1 && y < 0.3) || (y < 0.1 && x < 0.3);
}
inline double scales(const Look& p) {
  const double shift = odd(p.y / p.size * 2) ? 0.5 : 0;
  return std::hypot(part(p.x / p.size + shift) - 0.5, part(p.y / p.size * 2) / 2) * 1.4;
}
inline double basket(const Look& p) {
  const bool turned = odd(p.x / p.size) != odd(p.y / p.size);
  return part((turned ? p.x : p.y) / p.size * 3) < 0.25 ? 0.15 : 0.75;
}
inline double spiral(const Look& p) {
  return odd(std::hypot(p.x, p.y) / p.size + std::atan2(p.y, p.x) / kPi);
}
inline double moire(const Look& p) {
  return odd(p.x / p.size) != odd((p.x * 0.97 + p.y * 0.2) / p.size);
}
inline double steps(const Look& p) {
  return std::floor(part(p.x / p.size / 4) * 5) / 5;
}
inline double light_and_dots(const Look& p) {
  return 0.6 * gradient(p) + 0.4 * dots(p);
}

constexpr std::array<double (*)(const Look&), kPatternKinds> kKinds{
    checkers,  bricks,         stripes,  waves_of_light, dots,   dots_in_turn, grid,
    tartan,    gradient,       rings,    hexagons,       zigzag, sunburst,     wavy,
    triangles, round_gradient, diamonds, houndstooth,    basket, crosses,      scales,
    spiral,    moire,          steps,    light_and_dots};

}  // namespace patterns

// 0 <= kind < kPatternKinds; the seed says its size, its turn, where it begins and its tones. Grey.
inline Pixels regular_pattern(int kind, uint64_t seed) {
  constexpr std::array<double, 8> kSizes{32, 16, 8, 10, 25, 12, 5, 40};
  constexpr std::array<std::array<uint32_t, 2>, 5> kSides{
      {{256, 256}, {320, 240}, {300, 250}, {200, 300}, {160, 120}}};
  Numbers numbers(seed * 1'000 + static_cast<uint64_t>(kind) + 1);
  const auto [width, height] = kSides[static_cast<size_t>(numbers.below(5))];
  // Most walls are upright, and of bricks that go into them evenly.
  const double size = kSizes[static_cast<size_t>(numbers.below(8))] +
                      (numbers.below(3) == 0 ? numbers.below(100) * 0.035 : 0);
  const double turn = numbers.below(3) == 0 ? numbers.below(157) * 0.01 : 0;
  const double left = numbers.below(2) * width * 0.5, top = numbers.below(2) * height * 0.5;
  double dark = numbers.below(100), light = dark + 60 + numbers.below(90);
  if (numbers.below(2)) std::swap(dark, light);
  const int variant = numbers.below(4);
  const double c = std::cos(turn), s = std::sin(turn);
  Pixels pixels{{}, width, height, 1};
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x) {
      double sum = 0;  // of 2 x 2 places in the pixel
      for (int i = 0; i < 4; ++i) {
        const double px = x + 0.25 + 0.5 * (i & 1) - left;
        const double py = y + 0.25 + 0.5 * (i >> 1) - top;
        sum += patterns::kKinds[static_cast<size_t>(kind)](
            {size, px * c + py * s, py * c - px * s, variant});
      }
      pixels.samples.push_back(
          static_cast<uint8_t>(std::clamp(dark + (light - dark) * sum / 4, 0.0, 255.0)));
    }
  return pixels;
}

}  // namespace weir::testing
