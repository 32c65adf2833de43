// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/video/thumb_hash.h"

#include <algorithm>

namespace weir {

namespace {

constexpr uint32_t kThumbHashSide = 64;  // what PDQ samples

}  // namespace

PdqDihedral thumb_hash(std::span<const float> samples, uint32_t width, uint32_t height,
                       const ShownPart& part) {
  Pixels out{{}, kThumbHashSide, kThumbHashSide, 1};
  out.samples.resize(size_t{kThumbHashSide} * kThumbHashSide);
  const auto at = [](float from, float to, uint32_t i, uint32_t side) {
    const float share = from + (to - from) * (static_cast<float>(i) + 0.5f) / kThumbHashSide;
    return std::clamp(share * static_cast<float>(side) - 0.5f, 0.0f, static_cast<float>(side - 1));
  };
  for (uint32_t i = 0; i < kThumbHashSide; ++i) {
    const float y = at(part.top, part.bottom, i, height);
    const auto y0 = static_cast<uint32_t>(y);
    const uint32_t y1 = std::min(y0 + 1, height - 1);
    const float down = y - static_cast<float>(y0);
    for (uint32_t j = 0; j < kThumbHashSide; ++j) {
      const float x = at(part.left, part.right, j, width);
      const auto x0 = static_cast<uint32_t>(x);
      const uint32_t x1 = std::min(x0 + 1, width - 1);
      const float across = x - static_cast<float>(x0);
      const auto row = [&](uint32_t r) {
        return samples[size_t{r} * width + x0] * (1 - across) +
               samples[size_t{r} * width + x1] * across;
      };
      const float value = row(y0) * (1 - down) + row(y1) * down;
      out.samples[size_t{i} * kThumbHashSide + j] =
          static_cast<uint8_t>(std::clamp(value + 0.5f, 0.0f, 255.0f));
    }
  }
  return pdq_dihedral(out.view());
}

}  // namespace weir
