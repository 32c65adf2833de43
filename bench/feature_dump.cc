// SPDX-License-Identifier: Apache-2.0
//
// The local features of pictures, for tools/feature_code.py. Standard input: for each picture
// width, height, long side and most features (four 32-bit numbers, little-endian), then its grey
// bytes. Standard output: for each picture their number, then x, y, scale, angle as floats and the
// 128 bytes of the descriptor of each.
#include <array>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "weir/hash/features/local_features.h"

int main() {
  std::array<uint32_t, 4> head;
  while (std::fread(head.data(), sizeof head, 1, stdin) == 1) {
    const auto [width, height, side, most] = head;
    std::vector<uint8_t> grey(size_t{width} * height);
    if (std::fread(grey.data(), 1, grey.size(), stdin) != grey.size()) return 1;
    const auto found =
        weir::local_features({grey.data(), width, height, 1, width}, {side, most, 16});
    const auto count = static_cast<uint32_t>(found.features.size());
    std::fwrite(&count, sizeof count, 1, stdout);
    for (const weir::LocalFeature& feature : found.features) {
      const std::array<float, 4> spot = {feature.x, feature.y, feature.scale, feature.angle};
      std::fwrite(spot.data(), sizeof spot, 1, stdout);
      std::fwrite(feature.descriptor.data(), feature.descriptor.size(), 1, stdout);
    }
    std::fflush(stdout);
  }
  return 0;
}
