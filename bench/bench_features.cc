// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "weir/hash/features/local_features.h"

#if WEIR_PEER_OPENCV_FEATURES2D
#include <opencv2/features2d.hpp>
#endif

// Local features from pixels, with the plane of the picture that comes with them. The peer is
// OpenCV's SIFT for as many features, on one thread and on grey pixels of the side that ours looks
// at, so without the resizing that ours includes.

namespace {

using weir::FeatureOptions;
using weir::PixelView;
using weir::bench::Harness;
using weir::bench::keep;

// Smooth levels on finer and finer grids, as photographs have structure of every size: more spots
// than the budget takes.
std::vector<uint8_t> picture(uint32_t width, uint32_t height, uint32_t channels) {
  std::vector<float> levels(size_t{width} * height, 128.0f);
  std::mt19937 random(1);
  for (uint32_t cell = 128, strength = 40; cell >= 4; cell /= 2, strength = strength * 3 / 4) {
    const uint32_t columns = width / cell + 2, rows = height / cell + 2;
    std::vector<float> points(size_t{columns} * rows);
    for (float& point : points)
      point = static_cast<float>(random() % 2001) / 1000 * static_cast<float>(strength) -
              static_cast<float>(strength);
    for (uint32_t y = 0; y < height; ++y)
      for (uint32_t x = 0; x < width; ++x) {
        const float right = static_cast<float>(x % cell) / static_cast<float>(cell);
        const float down = static_cast<float>(y % cell) / static_cast<float>(cell);
        const float* upper = points.data() + size_t{y / cell} * columns + x / cell;
        const float* lower = upper + columns;
        levels[size_t{y} * width + x] += (upper[0] * (1 - right) + upper[1] * right) * (1 - down) +
                                         (lower[0] * (1 - right) + lower[1] * right) * down;
      }
  }
  std::vector<uint8_t> samples;
  for (const float level : levels)
    samples.insert(samples.end(), channels,
                   static_cast<uint8_t>(std::fmin(std::fmax(level, 0.0f), 255.0f)));
  return samples;
}

void measure(Harness& harness, const std::string& name, uint32_t width, uint32_t height,
             const FeatureOptions& options) {
  const std::vector<uint8_t> rgb = picture(width, height, 3);
  const PixelView view{rgb.data(), width, height, 3, size_t{width} * 3};
  const size_t found = weir::local_features(view, options).features.size();
  const std::string line = "features " + name + " " + std::to_string(width) + "x" +
                           std::to_string(height) + " (" + std::to_string(found) + ")";
  if (!harness.wants(line)) return;
  const auto ours = [&] { keep(weir::local_features(view, options)); };
#if WEIR_PEER_OPENCV_FEATURES2D
  cv::setNumThreads(1);
  const double shrink = static_cast<double>(options.side) / std::max(width, height);
  const auto other_width = static_cast<uint32_t>(std::lround(width * shrink));
  const auto other_height = static_cast<uint32_t>(std::lround(height * shrink));
  std::vector<uint8_t> grey = picture(other_width, other_height, 1);
  const cv::Mat image(static_cast<int>(other_height), static_cast<int>(other_width), CV_8UC1,
                      grey.data());
  const auto sift = cv::SIFT::create(static_cast<int>(options.most));
  const auto other = [&] {
    std::vector<cv::KeyPoint> points;
    cv::Mat descriptors;
    sift->detectAndCompute(image, cv::noArray(), points, descriptors);
    keep(descriptors);
  };
  const auto seconds = harness.seconds_per_run({{line, ours}, {"OpenCV SIFT", other}});
  harness.report({line, seconds[0] * 1e3, "ms", "OpenCV SIFT", seconds[1] / seconds[0]});
#else
  const auto seconds = harness.seconds_per_run({{line, ours}});
  harness.report({line, seconds[0] * 1e3, "ms", "", 0});
#endif
}

}  // namespace

int main(int argc, char** argv) {
  Harness harness(argc, argv);
  measure(harness, "entry", 512, 384, weir::kEntryFeatures);
  measure(harness, "entry", 1920, 1080, weir::kEntryFeatures);
  measure(harness, "item", 800, 600, weir::kItemFeatures);
  measure(harness, "item", 1920, 1080, weir::kItemFeatures);
  measure(harness, "item", 4000, 3000, weir::kItemFeatures);
  return 0;
}
