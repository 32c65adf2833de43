// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "weir/align/picture/transform.h"
#include "weir/signal/picture_features.h"

namespace weir::made {

// Pictures and features that come from a formula, for the tests of this folder, which know nothing
// of how features are really found.

inline double uniform(std::mt19937& random, double from, double to) {
  return from + (to - from) * (static_cast<double>(random()) / 4294967296.0);
}

// Grey values at any place of a scene of 640 x 480: soft blobs of many sizes, and disks with edges.
class Scene {
 public:
  explicit Scene(unsigned seed) : samples_(kWidth * kHeight, 128.0f) {
    std::mt19937 random(seed);
    for (int i = 0; i < 260; ++i) {
      const double x = uniform(random, 0, kWidth), y = uniform(random, 0, kHeight);
      const double size = std::exp2(uniform(random, 2.0, 5.5)), height = uniform(random, -60, 60);
      add(x, y, size, height, random() % 3 == 0);
    }
  }
  double at(double x, double y) const {
    const double px = std::clamp(x - 0.5, 0.0, kWidth - 1.001);
    const double py = std::clamp(y - 0.5, 0.0, kHeight - 1.001);
    const auto ix = static_cast<size_t>(px), iy = static_cast<size_t>(py);
    const double fx = px - static_cast<double>(ix), fy = py - static_cast<double>(iy);
    const float* upper = samples_.data() + iy * kWidth + ix;
    const float* lower = upper + kWidth;
    return std::clamp((1 - fy) * ((1 - fx) * upper[0] + fx * upper[1]) +
                          fy * ((1 - fx) * lower[0] + fx * lower[1]),
                      0.0, 255.0);
  }

 private:
  static constexpr size_t kWidth = 640;
  static constexpr size_t kHeight = 480;

  void add(double x, double y, double size, double height, bool hard) {
    const double reach = hard ? size : 3 * size;
    const auto from = [&](double middle) {
      return static_cast<size_t>(std::max(0.0, middle - reach));
    };
    for (size_t r = from(y); r < kHeight && static_cast<double>(r) < y + reach; ++r)
      for (size_t c = from(x); c < kWidth && static_cast<double>(c) < x + reach; ++c) {
        const double dx = (static_cast<double>(c) + 0.5 - x) / size;
        const double dy = (static_cast<double>(r) + 0.5 - y) / size;
        const double apart = dx * dx + dy * dy;
        const double grey = hard ? (apart < 1 ? height : 0) : height * std::exp(-apart / 2);
        samples_[r * kWidth + c] += static_cast<float>(grey);
      }
  }

  std::vector<float> samples_;
};

// A plane of a picture of width x height whose grey values are grey(x, y).
template <class Grey>
Pixels plane(uint32_t width, uint32_t height, uint32_t plane_side, Grey grey) {
  const double shrink = std::max(1.0, static_cast<double>(std::max(width, height)) / plane_side);
  Pixels out;
  out.width = static_cast<uint32_t>(std::lround(width / shrink));
  out.height = static_cast<uint32_t>(std::lround(height / shrink));
  for (uint32_t y = 0; y < out.height; ++y)
    for (uint32_t x = 0; x < out.width; ++x) {
      double sum = 0;  // four samples of each pixel
      for (const double dy : {0.25, 0.75})
        for (const double dx : {0.25, 0.75})
          sum += grey((x + dx) * width / out.width, (y + dy) * height / out.height);
      out.samples.push_back(static_cast<uint8_t>(std::clamp(sum / 4, 0.0, 255.0)));
    }
  return out;
}

inline LocalFeature random_feature(std::mt19937& random, double width, double height) {
  LocalFeature feature;
  feature.x = static_cast<float>(uniform(random, 0, width));
  feature.y = static_cast<float>(uniform(random, 0, height));
  feature.scale = static_cast<float>(1.6 * std::exp2(uniform(random, 0, 3)));
  feature.angle = static_cast<float>(uniform(random, 0, 2 * std::numbers::pi));
  double sum = 0;
  std::array<double, 128> share;
  for (double& one : share) sum += one = std::pow(uniform(random, 0, 1), 4);
  for (size_t i = 0; i < 128; ++i)
    feature.descriptor[i] = static_cast<uint8_t>(std::min(255.0, std::sqrt(share[i] / sum) * 512));
  return feature;
}

inline std::vector<LocalFeature> random_features(size_t count, std::mt19937& random, double width,
                                                 double height) {
  std::vector<LocalFeature> features;
  for (size_t i = 0; i < count; ++i) features.push_back(random_feature(random, width, height));
  return features;
}

// What the extractor would see of a feature after the transform: place, size, angle and descriptor
// all a little off.
inline LocalFeature seen_through(const LocalFeature& feature, const PictureTransform& transform,
                                 std::mt19937& random, double noise_px = 0.5) {
  LocalFeature seen = feature;
  const Point at{feature.x, feature.y};
  const Point to = transform(at);
  const Point tip = transform({at.x + std::cos(feature.angle), at.y + std::sin(feature.angle)});
  const Stretch here = stretch(transform, at);
  seen.x = static_cast<float>(to.x + uniform(random, -noise_px, noise_px));
  seen.y = static_cast<float>(to.y + uniform(random, -noise_px, noise_px));
  seen.angle =
      static_cast<float>(std::atan2(tip.y - to.y, tip.x - to.x) + uniform(random, -0.08, 0.08));
  seen.scale = static_cast<float>(feature.scale * std::sqrt(here.most * here.least) *
                                  std::exp2(uniform(random, -0.15, 0.15)));
  for (uint8_t& number : seen.descriptor)
    number = static_cast<uint8_t>(std::clamp(number + uniform(random, -8, 8), 0.0, 255.0));
  return seen;
}

// A feature as the mirrored picture would give it, its place left as it is.
inline LocalFeature mirrored(const LocalFeature& feature) {
  LocalFeature out = feature;
  out.angle = static_cast<float>(std::numbers::pi) - feature.angle;
  for (size_t row = 0; row < 4; ++row)
    for (size_t cell = 0; cell < 4; ++cell)
      for (size_t direction = 0; direction < 8; ++direction)
        out.descriptor[(row * 4 + cell) * 8 + direction] =
            feature.descriptor[((3 - row) * 4 + cell) * 8 + (8 - direction) % 8];
  return out;
}

inline std::vector<LocalFeature> mirrored(const std::vector<LocalFeature>& features) {
  std::vector<LocalFeature> out;
  for (const LocalFeature& feature : features) out.push_back(mirrored(feature));
  return out;
}

inline PictureTransform similarity(double scale, double radians, double x, double y) {
  const double a = scale * std::cos(radians), b = scale * std::sin(radians);
  return {{a, -b, x, b, a, y, 0, 0, 1}};
}

// A known picture of a scene with `count` features.
inline PictureFeatures entry_of(const Scene& scene, std::mt19937& random, size_t count = 400) {
  PictureFeatures entry{640, 480, random_features(count, random, 640, 480), {}};
  entry.plane = plane(640, 480, 160, [&](double x, double y) { return scene.at(x, y); });
  return entry;
}

// Puts what `transform` makes of the entry's features into the item: `share` of those that fall
// into it.
inline void show(const PictureFeatures& entry, const PictureTransform& transform, double share,
                 std::mt19937& random, PictureFeatures& item) {
  for (const LocalFeature& feature : entry.features) {
    if (uniform(random, 0, 1) > share) continue;
    LocalFeature seen = seen_through(feature, transform, random);
    if (stretch(transform, {feature.x, feature.y}).sign < 0) {
      // seen_through() turned place and angle; the descriptor is that of something turned over.
      const float angle = seen.angle;
      seen = mirrored(seen);
      seen.angle = angle;
    }
    if (seen.x >= 0 && seen.y >= 0 && seen.x <= static_cast<float>(item.width) &&
        seen.y <= static_cast<float>(item.height))
      item.features.push_back(seen);
  }
}

}  // namespace weir::made
