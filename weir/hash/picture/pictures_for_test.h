// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "weir/base/pixels.h"

// Pictures that the tests of this folder share.
namespace weir::testing {

// xorshift64* from an integer seed.
class Numbers {
 public:
  explicit Numbers(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15) {}
  uint32_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<uint32_t>((state_ * 0x2545F4914F6CDD1D) >> 32);
  }
  int below(uint32_t end) { return static_cast<int>(next() % end); }

 private:
  uint64_t state_;
};

// The picture of tests/golden/pdq_synthetic.tsv with this seed: in each channel six triangle waves,
// over them four boxes and noise, all in integers and all drawn from one sequence of numbers.
inline Pixels synthetic_picture(uint64_t seed, uint32_t width, uint32_t height, uint32_t channels) {
  struct Wave {
    int fx, fy, phase, amplitude;
  };
  struct Box {
    int x, y, width, height;
    std::array<int, 3> level;
  };
  Numbers numbers(seed);
  std::vector<std::array<Wave, 6>> waves(channels);
  for (auto& channel : waves)
    for (Wave& w : channel) {
      w.fx = numbers.below(2048);
      w.fy = numbers.below(2048);
      w.phase = numbers.below(65536);
      w.amplitude = 8 + numbers.below(35);
    }
  std::array<Box, 4> boxes{};
  for (Box& box : boxes) {
    box.x = numbers.below(width);
    box.y = numbers.below(height);
    box.width = 1 + numbers.below(width / 2 + 1);
    box.height = 1 + numbers.below(height / 2 + 1);
    for (uint32_t c = 0; c < channels; ++c) box.level[c] = numbers.below(256);
  }
  const int noise = numbers.below(24);

  Pixels pixels{{}, width, height, channels};
  pixels.samples.reserve(size_t{width} * height * channels);
  for (int y = 0; y < static_cast<int>(height); ++y) {
    for (int x = 0; x < static_cast<int>(width); ++x) {
      for (uint32_t c = 0; c < channels; ++c) {
        int v = 0;
        for (const Wave& w : waves[c]) {
          const int p = (w.fx * x + w.fy * y + w.phase) % 65536;
          v += (w.amplitude * (p < 32768 ? p : 65535 - p)) >> 15;
        }
        for (const Box& box : boxes)
          if (x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height)
            v = (v + 3 * box.level[c]) >> 2;
        v += numbers.below(static_cast<uint32_t>(2 * noise + 1)) - noise;
        pixels.samples.push_back(static_cast<uint8_t>(std::clamp(v, 0, 255)));
      }
    }
  }
  return pixels;
}

inline std::vector<uint8_t> file_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A binary PGM or PPM of 8 bits without comments, as the vectors are.
inline Pixels read_pnm(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  Pixels pixels;
  int most = 0;
  file >> magic >> pixels.width >> pixels.height >> most;
  file.get();
  pixels.channels = magic == "P6" ? 3 : 1;
  pixels.samples.assign(std::istreambuf_iterator<char>(file), {});
  return pixels;
}

// The rows of a table whose lines are separated by tabs; comments and the line of names left out.
inline std::vector<std::vector<std::string>> read_table(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  bool names_seen = false;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (!std::exchange(names_seen, true)) continue;
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == '\t')
        cells.emplace_back();
      else
        cells.back() += c;
    }
    rows.push_back(std::move(cells));
  }
  return rows;
}

// Every instruction set that this machine has and this program was built for.
inline std::vector<int64_t> supported_targets() {
  return hwy::SupportedAndGeneratedTargets();
}

// Kernels use this instruction set alone while this lives.
class ForcedTarget {
 public:
  explicit ForcedTarget(int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    reset();
  }
  ~ForcedTarget() {
    hwy::SetSupportedTargetsForTest(0);
    reset();
  }
  ForcedTarget(const ForcedTarget&) = delete;
  ForcedTarget& operator=(const ForcedTarget&) = delete;

 private:
  // The next dispatched call looks at the set anew.
  static void reset() { hwy::GetChosenTarget().DeInit(); }
};

}  // namespace weir::testing
