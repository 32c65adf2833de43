// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/orient.h"

#include <algorithm>
#include <utility>

namespace weir::media {
namespace {

// Upright (x, y) is stored at (x, y), or (y, x) when transposed, then counted from the far side
// where mirrored.
struct Turn {
  bool transposed;
  bool mirrored_x;
  bool mirrored_y;
};

constexpr Turn kTurns[9] = {
    {false, false, false},  // 0: not in use
    {false, false, false}, {false, true, false}, {false, true, true}, {false, false, true},
    {true, false, false},  {true, false, true},  {true, true, true},  {true, true, false},
};

// Squares keep both sides of a transposition within the cache: 32 rows of 64-byte lines are 2 KiB.
constexpr uint32_t kBlock = 32;

template <size_t kChannels>
void turn(const Pixels& from, Turn how, Pixels& to) {
  const ptrdiff_t row = static_cast<ptrdiff_t>(from.width) * kChannels;
  ptrdiff_t step_x = kChannels;  // in the stored picture, along one of its axes
  ptrdiff_t step_y = row;
  const uint8_t* origin = from.samples.data();
  if (how.mirrored_x) origin += (from.width - 1) * step_x, step_x = -step_x;
  if (how.mirrored_y) origin += (from.height - 1) * step_y, step_y = -step_y;
  if (how.transposed) std::swap(step_x, step_y);

  for (uint32_t top = 0; top < to.height; top += kBlock) {
    const uint32_t bottom = std::min(to.height, top + kBlock);
    for (uint32_t left = 0; left < to.width; left += kBlock) {
      const uint32_t right = std::min(to.width, left + kBlock);
      for (uint32_t y = top; y < bottom; ++y) {
        uint8_t* out = to.samples.data() + (static_cast<size_t>(y) * to.width + left) * kChannels;
        for (uint32_t x = left; x < right; ++x, out += kChannels) {
          const uint8_t* in = origin + x * step_x + y * step_y;
          for (size_t c = 0; c < kChannels; ++c) out[c] = in[c];
        }
      }
    }
  }
}

}  // namespace

Pixels upright(Pixels stored, Orientation orientation) {
  if (orientation <= kUpright || orientation > 8 || stored.samples.empty()) return stored;
  const Turn how = kTurns[orientation];
  Pixels result;
  result.width = how.transposed ? stored.height : stored.width;
  result.height = how.transposed ? stored.width : stored.height;
  result.channels = stored.channels;
  result.samples.resize(stored.samples.size());
  if (stored.channels == 1)
    turn<1>(stored, how, result);
  else
    turn<3>(stored, how, result);
  return result;
}

}  // namespace weir::media
