// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/features/local_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <numbers>
#include <vector>

#include "weir/hash/features/feature_plain.h"
#include "weir/hash/features/feature_spread.h"
#include "weir/hash/picture/pictures_for_test.h"

namespace weir {
namespace {

using testing::ForcedTarget;
using testing::Numbers;
using testing::supported_targets;

// Levels on finer and finer grids, smooth between their points: a plane without end that can be
// drawn turned, moved and at any size, with spots of every size.
class Scene {
 public:
  explicit Scene(uint64_t seed) : seed_(seed) {}
  double at(double x, double y) const {
    double level = 128, points = 5, strength = 55;
    for (uint64_t grid = 0; grid < 5; ++grid, points *= 2.1, strength *= 0.7)
      level += strength * noise(grid, x * points, y * points);
    return std::clamp(level, 0.0, 255.0);
  }

 private:
  // -1 to 1.
  double noise(uint64_t grid, double x, double y) const {
    const double column = std::floor(x), row = std::floor(y);
    const auto smooth = [](double t) { return t * t * (3 - 2 * t); };
    const double right = smooth(x - column), down = smooth(y - row);
    const auto point = [&](double dx, double dy) {
      const auto place = static_cast<int64_t>((row + dy) * 4096 + column + dx);
      Numbers numbers((seed_ * 8 + grid) * 0x1000193 + static_cast<uint64_t>(place + (1 << 30)));
      numbers.next();
      return numbers.below(2001) / 1000.0 - 1;
    };
    return (1 - down) * ((1 - right) * point(0, 0) + right * point(1, 0)) +
           down * ((1 - right) * point(0, 1) + right * point(1, 1));
  }
  uint64_t seed_;
};

// Place in the scene of place (x, y) in the picture, both with x to the right and y down.
using Mapping = std::function<std::pair<double, double>(double, double)>;

Pixels drawn(const Scene& scene, uint32_t width, uint32_t height, const Mapping& to_scene) {
  Pixels pixels{{}, width, height, 1};
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x) {
      const auto [u, v] = to_scene(x + 0.5, y + 0.5);
      pixels.samples.push_back(static_cast<uint8_t>(std::lround(scene.at(u, v))));
    }
  return pixels;
}

Mapping scaled(double side) {
  return [=](double x, double y) { return std::pair{x / side, y / side}; };
}

uint32_t distance(const LocalFeature& a, const LocalFeature& b) {
  uint32_t sum = 0;
  for (size_t i = 0; i < a.descriptor.size(); ++i) {
    const int difference = int{a.descriptor[i]} - int{b.descriptor[i]};
    sum += static_cast<uint32_t>(difference * difference);
  }
  return sum;
}

double angle_between(double a, double b) {
  return std::abs(std::remainder(a - b, 2 * std::numbers::pi));
}

// Of the features of `from`, those whose nearest in `to` by descriptor is where `expected` says.
double share_found(const std::vector<LocalFeature>& from, const std::vector<LocalFeature>& to,
                   const std::function<LocalFeature(LocalFeature)>& expected) {
  size_t found = 0, asked = 0;
  for (const LocalFeature& feature : from) {
    const LocalFeature wanted = expected(feature);
    if (wanted.x < 0) continue;
    ++asked;
    const auto nearest = std::min_element(to.begin(), to.end(), [&](const auto& a, const auto& b) {
      return distance(a, wanted) < distance(b, wanted);
    });
    if (nearest == to.end()) continue;
    const double limit = 1.0 + wanted.scale / 2;
    found += std::hypot(nearest->x - wanted.x, nearest->y - wanted.y) < limit &&
             angle_between(nearest->angle, wanted.angle) < 0.3 &&
             std::abs(std::log2(nearest->scale / wanted.scale)) < 0.4;
  }
  return static_cast<double>(found) / static_cast<double>(std::max<size_t>(asked, 1));
}

constexpr FeatureOptions kSmall{256, 300, 64};

TEST(LocalFeatures, FollowTheirPlaceWhenThePictureMoves) {
  const Scene scene(1);
  const auto still = local_features(drawn(scene, 240, 240, scaled(240)).view(), kSmall);
  const auto moved = local_features(drawn(scene, 240, 240,
                                          [](double x, double y) {
                                            return std::pair{(x + 23) / 240, y / 240};
                                          })
                                        .view(),
                                    kSmall);
  ASSERT_GT(still.features.size(), 100u);
  EXPECT_GT(share_found(still.features, moved.features,
                        [](LocalFeature feature) {
                          feature.x -= 23;
                          if (feature.x < 6 * feature.scale) feature.x = -1;
                          return feature;
                        }),
            0.75);
}

TEST(LocalFeatures, FollowTheirPlaceAndAngleWhenThePictureTurns) {
  const Scene scene(2);
  constexpr double kAngle = 0.7;
  const double c = std::cos(kAngle), s = std::sin(kAngle);
  const auto still = local_features(drawn(scene, 240, 240, scaled(240)).view(), kSmall);
  const auto turned =
      local_features(drawn(scene, 240, 240,
                           [=](double x, double y) {
                             return std::pair{((x - 120) * c + (y - 120) * s + 120) / 240,
                                              ((y - 120) * c - (x - 120) * s + 120) / 240};
                           })
                         .view(),
                     kSmall);
  EXPECT_GT(share_found(still.features, turned.features,
                        [=](LocalFeature feature) {
                          const double x = feature.x - 120, y = feature.y - 120;
                          if (std::hypot(x, y) > 110 - 6 * feature.scale) feature.x = -1;
                          if (feature.x < 0) return feature;
                          feature.x = static_cast<float>(x * c - y * s + 120);
                          feature.y = static_cast<float>(x * s + y * c + 120);
                          feature.angle += static_cast<float>(kAngle);
                          return feature;
                        }),
            0.6);
}

TEST(LocalFeatures, GrowWithThePicture) {
  const Scene scene(3);
  const auto small = local_features(drawn(scene, 160, 160, scaled(160)).view(), kSmall);
  const auto large = local_features(drawn(scene, 250, 250, scaled(250)).view(), kSmall);
  EXPECT_GT(share_found(small.features, large.features,
                        [](LocalFeature feature) {
                          feature.x *= 250.0f / 160;
                          feature.y *= 250.0f / 160;
                          feature.scale *= 250.0f / 160;
                          return feature;
                        }),
            0.6);
}

TEST(LocalFeatures, OfAPictureInAPictureAreEnoughToFindIt) {
  const Scene shown(10), around(11);
  constexpr double kSide = 0.3 * 800;
  const auto entry = local_features(drawn(shown, 512, 400, scaled(512)).view(), kEntryFeatures);
  const Pixels picture = drawn(around, 800, 500, scaled(800));
  const Pixels inner = drawn(shown, 240, 187, scaled(kSide));
  Pixels item = picture;
  for (uint32_t y = 0; y < inner.height; ++y)
    std::copy_n(inner.samples.begin() + y * inner.width, inner.width,
                item.samples.begin() + (y + 150) * item.width + 400);
  const double share =
      share_found(entry.features, local_features(item.view(), kItemFeatures).features,
                  [](LocalFeature feature) {
                    feature.x = static_cast<float>(feature.x * kSide / 512 + 400);
                    feature.y = static_cast<float>(feature.y * kSide / 512 + 150);
                    feature.scale = static_cast<float>(feature.scale * kSide / 512);
                    return feature;
                  });
  EXPECT_GT(share * static_cast<double>(entry.features.size()), 40);
}

TEST(LocalFeatures, MirroredIsTheFeatureOfTheMirroredPicture) {
  const Scene scene(4);
  const Pixels picture = drawn(scene, 240, 200, scaled(240));
  Pixels mirror = picture;
  for (uint32_t y = 0; y < 200; ++y)
    std::reverse(mirror.samples.begin() + y * 240, mirror.samples.begin() + (y + 1) * 240);
  const auto features = local_features(picture.view(), kSmall).features;
  EXPECT_GT(share_found(features, local_features(mirror.view(), kSmall).features,
                        [](const LocalFeature& feature) {
                          LocalFeature other = mirrored(feature);
                          EXPECT_EQ(other.x, feature.x);
                          other.x = 240 - other.x;
                          return other;
                        }),
            0.8);
}

TEST(LocalFeatures, MirroringTwiceGivesTheSameFeature) {
  for (LocalFeature feature :
       local_features(testing::synthetic_picture(5, 200, 150, 3).view(), kSmall).features) {
    const LocalFeature twice = mirrored(mirrored(feature));
    EXPECT_EQ(twice.descriptor, feature.descriptor);
    EXPECT_LT(angle_between(twice.angle, feature.angle), 1e-5);
  }
}

TEST(LocalFeatures, AreTheSameOnEveryTarget) {
  for (const uint32_t channels : {1u, 3u}) {
    const Pixels picture = testing::synthetic_picture(6, 301, 187, channels);
    const PictureFeatures first = local_features(picture.view(), kSmall);
    EXPECT_GT(first.features.size(), 50u);
    for (const int64_t target : supported_targets()) {
      SCOPED_TRACE(hwy::TargetName(target));
      const ForcedTarget forced(target);
      const PictureFeatures again = local_features(picture.view(), kSmall);
      EXPECT_EQ(again.features, first.features);
      EXPECT_EQ(again.plane.samples, first.plane.samples);
    }
  }
}

TEST(LocalFeatures, StayWithinBudgetRangesAndPicture) {
  for (const size_t most : {0, 1, 17, 300}) {
    const Pixels picture = testing::synthetic_picture(7, 333, 222, 3);
    const PictureFeatures found =
        local_features(picture.view(), {256, static_cast<uint32_t>(most), 64});
    EXPECT_LE(found.features.size(), most);
    EXPECT_GE(found.features.size(), std::min<size_t>(most, 10));
    EXPECT_EQ(found.width, 333u);
    EXPECT_EQ(found.height, 222u);
    EXPECT_EQ(found.plane.width, 64u);
    EXPECT_EQ(found.plane.height, 43u);
    EXPECT_EQ(found.plane.channels, 1u);
    for (const LocalFeature& feature : found.features) {
      EXPECT_TRUE(feature.x > 0 && feature.x < 333 && feature.y > 0 && feature.y < 222);
      EXPECT_GT(feature.scale, 0);
      EXPECT_TRUE(feature.angle >= 0 && feature.angle < 2 * std::numbers::pi_v<float>);
      double squares = 0;  // of roots of shares: 512 squared in all, but for rounding
      for (const uint8_t value : feature.descriptor) squares += double{1} * value * value;
      EXPECT_NEAR(squares, 512.0 * 512, 8000);
    }
  }
}

TEST(LocalFeatures, TakeAnySize) {
  const std::pair<uint32_t, uint32_t> sizes[] = {
      {1, 1}, {1, 5000}, {5000, 1}, {20000, 10}, {2, 3}, {12, 12}, {13, 700}, {31, 17}, {16, 16}};
  for (const auto& [width, height] : sizes)
    for (const uint32_t channels : {1u, 3u}) {
      SCOPED_TRACE(::testing::Message() << width << " x " << height << " x " << channels);
      Numbers numbers(width);
      Pixels picture{{}, width, height, channels};
      for (size_t i = 0; i < size_t{width} * height * channels; ++i)
        picture.samples.push_back(static_cast<uint8_t>(numbers.below(256)));
      const PictureFeatures found = local_features(picture.view(), kItemFeatures);
      EXPECT_EQ(found.width, width);
      EXPECT_LE(found.plane.width, std::min(width, 512u));
      EXPECT_LE(found.plane.height, std::min(height, 512u));
      EXPECT_EQ(found.plane.samples.size(), size_t{found.plane.width} * found.plane.height);
    }
}

TEST(LocalFeatures, FlatPicturesAndGradientsHaveNone) {
  const std::function<double(uint32_t, uint32_t)> pictures[] = {
      [](uint32_t, uint32_t) { return 0; },
      [](uint32_t, uint32_t) { return 255; },
      [](uint32_t x, uint32_t) { return x * 0.7; },
      [](uint32_t x, uint32_t y) { return x * 0.2 + y * 0.13; },
      [](uint32_t x, uint32_t y) { return 250 - std::hypot(x + 100, y + 200) * 0.3; },
  };
  for (const auto& level : pictures) {
    Pixels picture{{}, 300, 300, 1};
    for (uint32_t y = 0; y < 300; ++y)
      for (uint32_t x = 0; x < 300; ++x)
        picture.samples.push_back(static_cast<uint8_t>(std::lround(level(x, y))));
    EXPECT_EQ(local_features(picture.view(), kItemFeatures).features.size(), 0u);
  }
}

TEST(LocalFeatures, SayWhatOfThePlaneShows) {
  const Pixels picture = drawn(Scene(8), 300, 200, scaled(300));
  Pixels shown{std::vector<uint8_t>(300 * 200, 255), 300, 200, 1};
  EXPECT_TRUE(local_features(picture.view(), kSmall).shown.samples.empty());
  EXPECT_TRUE(local_features(picture.view(), kSmall, shown.view()).shown.samples.empty());
  for (uint32_t y = 0; y < 200; ++y) std::fill_n(shown.samples.begin() + y * 300, 75, uint8_t{0});
  const PictureFeatures cut = local_features(picture.view(), kSmall, shown.view());
  ASSERT_EQ(cut.shown.width, cut.plane.width);
  ASSERT_EQ(cut.shown.height, cut.plane.height);
  ASSERT_EQ(cut.shown.channels, 1u);
  for (size_t i = 0; i < cut.shown.samples.size(); ++i)
    EXPECT_EQ(cut.shown.samples[i], i % cut.shown.width < 16 ? 0 : 255);
}

TEST(LocalFeatures, DarkAndFadedPicturesKeepMostOfTheirs) {
  const Scene scene(8);
  Pixels picture = drawn(scene, 240, 240, scaled(240));
  const size_t usual = local_features(picture.view(), kSmall).features.size();
  for (uint8_t& sample : picture.samples) sample = static_cast<uint8_t>(20 + sample / 4);
  const size_t faded = local_features(picture.view(), kSmall).features.size();
  EXPECT_GT(usual, 250u);
  EXPECT_GT(faded, 150u);
}

// Bars and strokes of black and white over the lower 35 %, as captions are.
TEST(LocalFeatures, ACaptionDoesNotTakeThemAll) {
  const Scene scene(9);
  Pixels picture = drawn(scene, 300, 300, scaled(300));
  for (uint8_t& sample : picture.samples) sample = static_cast<uint8_t>(60 + sample / 2);
  Numbers numbers(9);
  for (uint32_t y = 195; y < 300; ++y)
    for (uint32_t x = 0; x < 300; ++x)
      picture.samples[y * 300 + x] = Numbers(x / 3 * 1000 + y / 4).below(2) * 255;
  const auto found = local_features(picture.view(), kSmall).features;
  const auto above = std::count_if(found.begin(), found.end(),
                                   [](const LocalFeature& feature) { return feature.y < 190; });
  EXPECT_GT(above, 60);
}

// --- the kernels against their definitions
// --------------------------------------------------------

FloatPlane noise_plane(size_t width, size_t height, uint64_t seed, uint32_t levels = 256) {
  Numbers numbers(seed);
  FloatPlane plane(width, height);
  for (size_t i = 0; i < plane.stride * height; ++i)
    plane.samples[i] = static_cast<float>(numbers.below(levels)) - 20.0f;
  return plane;
}

TEST(FeatureKernels, BlurEqualsItsDefinitionOnEveryTarget) {
  for (const int64_t target : supported_targets()) {
    const ForcedTarget forced(target);
    for (const size_t width : {2, 15, 16, 17, 63, 64, 65, 130})
      for (const double sigma : {0.5, 1.6, 3.1}) {
        SCOPED_TRACE(::testing::Message()
                     << hwy::TargetName(target) << " " << width << " " << sigma);
        const FloatPlane from = noise_plane(width, 11, width);
        FloatPlane blurred(width, 11), change(width, 11), plain_blurred(width, 11),
            plain_change(width, 11);
        RowBlur row_blur(gauss_weights(sigma), width);
        for (size_t y = 0; y < 11; ++y) {
          row_blur.run(from, y, blurred, &change);
          plain::blur_row(from, gauss_weights(sigma), y, plain_blurred, plain_change);
        }
        for (size_t y = 0; y < 11; ++y)
          for (size_t x = 0; x < width; ++x) {
            ASSERT_EQ(blurred.row(y)[x], plain_blurred.row(y)[x]) << x << " " << y;
            ASSERT_EQ(change.row(y)[x], plain_change.row(y)[x]) << x << " " << y;
          }
      }
  }
}

TEST(FeatureKernels, ExtremaEqualTheirDefinitionOnEveryTarget) {
  for (const int64_t target : supported_targets()) {
    const ForcedTarget forced(target);
    for (size_t width = 9; width < 60; ++width) {
      SCOPED_TRACE(::testing::Message() << hwy::TargetName(target) << " " << width);
      // Few levels, so that neighbours are often equal.
      const uint32_t levels = width % 2 == 0 ? 100 : 256;
      const FloatPlane below = noise_plane(width, 30, width, levels);
      const FloatPlane here = noise_plane(width, 30, width + 100, levels);
      const FloatPlane above = noise_plane(width, 30, width + 200, levels);
      std::vector<uint32_t> fast, plain;
      for (size_t y = 1; y < 29; ++y) {
        add_extrema(below, here, above, y, 10, fast);
        plain::add_extrema(below, here, above, y, 10, plain);
      }
      ASSERT_EQ(fast, plain);
    }
  }
}

TEST(FeatureKernels, PatchesEqualTheirDefinitionOnEveryTarget) {
  const FloatPlane plane = noise_plane(70, 50, 3);
  for (const int64_t target : supported_targets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    const ForcedTarget forced(target);
    Numbers numbers(4);
    for (int i = 0; i < 60; ++i) {
      const float angle = static_cast<float>(numbers.below(6283)) / 1000;
      const Patch patch{static_cast<float>(numbers.below(7000)) / 100,
                        static_cast<float>(numbers.below(5000)) / 100, std::cos(angle),
                        std::sin(angle), 0.3f + static_cast<float>(numbers.below(200)) / 100};
      ASSERT_EQ(cells(plane, patch), plain::cells(plane, patch));
      ASSERT_EQ(directions(plane, patch), plain::directions(plane, patch));
    }
  }
}

TEST(FeatureKernels, AnglesAreWithinTheirTolerance) {
  for (int i = 0; i < 5000; ++i) {
    const double angle = i * 2 * std::numbers::pi / 5000;
    const float found = plain::angle_of(static_cast<float>(7 * std::cos(angle)),
                                        static_cast<float>(7 * std::sin(angle)), 1.0f);
    EXPECT_LT(angle_between(found * 2 * std::numbers::pi, angle), 2e-5) << i;
  }
}

TEST(FeatureSpread, TakesTheStrongestButNotAllFromOnePlace) {
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < 100; ++i)
    candidates.push_back({0.05f, 0.05f, 2, 50.0f + static_cast<float>(i)});
  for (size_t i = 0; i < 10; ++i)
    candidates.push_back({0.09f + static_cast<float>(i) / 12, 0.6f, 2, 10});
  const auto chosen = spread(candidates, 20);
  ASSERT_EQ(chosen.size(), 20u);
  EXPECT_EQ(chosen[0], 99u);
  EXPECT_GE(std::count_if(chosen.begin(), chosen.end(), [](size_t i) { return i >= 100; }), 6);
}

TEST(FeatureSpread, LargeOnesSurviveACrowdOfStrongerSmallOnes) {
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < 1000; ++i)
    candidates.push_back({static_cast<float>(i % 32) / 32, static_cast<float>(i % 31) / 31, 1, 90});
  for (size_t i = 0; i < 20; ++i) candidates.push_back({static_cast<float>(i) / 20, 0.5f, 9, 2});
  const auto chosen = spread(candidates, 100);
  ASSERT_EQ(chosen.size(), 100u);
  EXPECT_EQ(std::count_if(chosen.begin(), chosen.end(), [](size_t i) { return i >= 1000; }), 20);
}

TEST(FeatureSpread, NoPlaceStaysFreeWhileThereAreCandidates) {
  std::vector<Candidate> candidates{{0.5f, 0.5f, 1, 5}};  // alone in the smallest band
  for (size_t i = 0; i < 200; ++i)
    candidates.push_back({static_cast<float>(i) / 200, 0.3f, i % 2 == 0 ? 5.0f : 17.0f, 9});
  EXPECT_EQ(spread(candidates, 150).size(), 150u);
  EXPECT_EQ(spread(candidates, 500).size(), 201u);
}

}  // namespace
}  // namespace weir
