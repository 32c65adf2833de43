// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "weir/hash/picture/pdq.h"

// PDQ from luma and from pixels. memcpy of the same input is the floor that nothing can pass; the
// plain definition has the arithmetic of the published implementation in the order that is easiest
// to read.

namespace {

using weir::PixelView;
using weir::bench::Contender;
using weir::bench::Harness;
using weir::bench::keep;

// Smooth with a little noise, as photographs are; the time does not depend on it.
std::vector<uint8_t> picture(size_t width, size_t height, size_t channels) {
  std::mt19937 random(1);
  std::vector<uint8_t> samples(width * height * channels);
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<uint8_t>(64 + i * 100 / samples.size() + random() % 16);
  return samples;
}

void measure(Harness& harness, const std::string& name, const std::function<void()>& ours,
             const std::string& against, const std::function<void()>& other) {
  if (!harness.wants(name)) return;
  const auto seconds = harness.seconds_per_run({{name, ours}, {against, other}});
  harness.report({name, seconds[0] * 1e3, "ms", against, seconds[1] / seconds[0]});
}

void measure_luma(Harness& harness, size_t width, size_t height) {
  const std::vector<uint8_t> samples = picture(width, height, 1);
  const std::vector<float> luma(samples.begin(), samples.end());
  std::vector<float> copy(luma.size());
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  const auto hash = [&] { keep(weir::pdq_luma(luma.data(), width, height)); };
  measure(harness, "pdq float luma " + size, hash, "memcpy of it", [&] {
    std::memcpy(copy.data(), luma.data(), luma.size() * sizeof(float));
    keep(copy[0]);
  });
  measure(
      harness, "pdq float luma " + size + " plain",
      [&] { keep(weir::plain::pdq_luma(luma.data(), width, height)); }, "pdq", hash);
}

void measure_pixels(Harness& harness, uint32_t width, uint32_t height, uint32_t channels) {
  const std::vector<uint8_t> samples = picture(width, height, channels);
  std::vector<uint8_t> copy(samples.size());
  const PixelView view{samples.data(), width, height, channels, size_t{width} * channels};
  const std::string name = std::string(channels == 1 ? "pdq grey " : "pdq rgb ") +
                           std::to_string(width) + "x" + std::to_string(height);
  measure(
      harness, name, [&] { keep(weir::pdq(view)); }, "memcpy of it",
      [&] {
        std::memcpy(copy.data(), samples.data(), samples.size());
        keep(copy[0]);
      });
}

void measure_dihedral(Harness& harness, size_t width, size_t height) {
  const std::vector<uint8_t> samples = picture(width, height, 1);
  const std::vector<float> luma(samples.begin(), samples.end());
  measure(
      harness, "eight orientations " + std::to_string(width) + "x" + std::to_string(height),
      [&] { keep(weir::pdq_dihedral_luma(luma.data(), width, height)); }, "one orientation",
      [&] { keep(weir::pdq_luma(luma.data(), width, height)); });
}

}  // namespace

int main(int argc, char** argv) {
  Harness harness(argc, argv);
  measure_luma(harness, 64, 64);
  measure_luma(harness, 512, 512);
  measure_luma(harness, 1920, 1080);
  measure_pixels(harness, 500, 375, 1);  // 0.19 Mpx, as in the usual sets of small photographs
  measure_pixels(harness, 500, 375, 3);
  measure_pixels(harness, 1920, 1080, 1);
  measure_pixels(harness, 1920, 1080, 3);
  measure_pixels(harness, 4000, 3000, 1);
  measure_dihedral(harness, 64, 64);
  measure_dihedral(harness, 512, 512);
  return 0;
}
