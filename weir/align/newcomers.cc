// SPDX-License-Identifier: Apache-2.0
#include "weir/align/newcomers.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numbers>
#include <utility>

namespace weir {

namespace {

// Chosen on cut-outs before photographs, real cameras, and what the tune side of the bench puts on.
constexpr double kLeastShare = 0.02;  // of the pixels compared
constexpr double kMostAtRim = 0.5;    // of the part: else it is a strip that only one side shows
constexpr double kThin = 0.095;       // 4 pi area / outline^2 (1 for a disc), of strokes and text
constexpr double kRagged = 0.36;      // the same: more is round
constexpr double kLarge = 0.06;       // share of which on grain does not fray the outline,
constexpr double kRaggedIfLarge = 0.45;
constexpr double kMostOfFewTones = 0.45;  // of the part, in its three commonest tones
constexpr double kLeastSticker = 0.005;   // of the pixels compared
constexpr double kRoundAsSticker = 0.5;
constexpr double kTonesOfSticker = 0.55;
constexpr int kAroundSticker = 2;    // pixels, at which it still shows
constexpr int kBorder = 2;           // pixels; twice as much is as wide as a stroke gets
constexpr double kLeastCore = 0.12;  // of the part, that is further from its outline
constexpr int kTones = 32;
constexpr double kMostStraight = 0.55;  // of the outline, in runs
constexpr size_t kRun = 14;             // pixels, level or upright

// The pixels at which a part ends.
Mask outline_of(const std::vector<size_t>& part, const Mask& whole, size_t width, size_t height) {
  Mask out(whole.size());
  for (const size_t at : part) out[at] = ends_at(whole, at, width, height);
  return out;
}

// Marks runs along lines that are `across` apart in memory, their pixels `along`; a step to the
// line beside does not end a run.
void mark_runs(const Mask& outline, size_t lines, size_t size, size_t across, size_t along,
               Mask& straight) {
  for (size_t line = 0; line + 1 < lines; ++line) {
    const size_t start = line * across;
    size_t count = 0;
    for (size_t i = 0; i <= size; ++i) {
      const size_t at = start + i * along;
      if (i < size && (outline[at] || outline[at + across])) {
        ++count;
        continue;
      }
      for (size_t k = i - count; count >= kRun && k < i; ++k)
        straight[start + k * along] = straight[start + k * along + across] = 1;
      count = 0;
    }
  }
}

double straight_share(const Mask& outline, size_t width, size_t height) {
  Mask straight(outline.size());
  mark_runs(outline, height, width, width, 1, straight);
  mark_runs(outline, width, height, 1, width, straight);
  size_t all = 0, in_runs = 0;
  for (size_t i = 0; i < outline.size(); ++i) {
    all += outline[i];
    in_runs += outline[i] && straight[i];
  }
  return all > 0 ? static_cast<double>(in_runs) / static_cast<double>(all) : 0;
}

double share_of_few_tones(const std::vector<size_t>& part, const Plane& plane) {
  std::array<size_t, kTones> tones{};
  for (const size_t at : part)
    ++tones[static_cast<size_t>(
        std::clamp(static_cast<int>(plane.samples[at]) * kTones / 256, 0, kTones - 1))];
  std::partial_sort(tones.begin(), tones.begin() + 3, tones.end(), std::greater<>());
  return static_cast<double>(tones[0] + tones[1] + tones[2]) / static_cast<double>(part.size());
}

}  // namespace

Newcomers newcomers(const Plane& entry, const Plane& item, const Mask& changed,
                    const Mask& inside) {
  const size_t width = entry.width, height = entry.height;
  const Mask whole = closed(changed, width, height);
  const Mask core = shrunk(whole, kBorder, width, height);
  const auto at_rim = [&](size_t at) {
    const size_t x = at % width, y = at / width;
    return x < 2 || y < 2 || x + 2 >= width || y + 2 >= height;
  };
  const auto compared = static_cast<double>(std::count(inside.begin(), inside.end(), 1));
  Newcomers out{0, 0, Mask(whole.size()), Mask(whole.size())};
  Mask left = whole, counted(whole.size());
  for (size_t first = 0; first < left.size(); ++first) {
    if (!left[first]) continue;
    const std::vector<size_t> part = taken_part(left, first, width, height);
    const auto size = static_cast<double>(part.size());
    if (size < kLeastSticker * compared) continue;
    const auto rim = std::count_if(part.begin(), part.end(), at_rim);
    if (static_cast<double>(rim) > kMostAtRim * size) continue;
    const Mask outline = outline_of(part, whole, width, height);
    const auto length = static_cast<double>(std::count(outline.begin(), outline.end(), 1));
    const double round = 4 * std::numbers::pi * size / (length * length);
    // Of what the outline belongs to: that is what is there.
    const bool is_entrys = along_outline(part, whole, entry, item, counted).more_of_entry() > 0;
    const double few_tones = share_of_few_tones(part, is_entrys ? entry : item);
    const double straight = straight_share(outline, width, height);
    if (round >= kRoundAsSticker && few_tones >= kTonesOfSticker)
      for (const size_t at : part) out.stickers[at] = 1, out.plates[at] = straight > kMostStraight;
    if (size < kLeastShare * compared || round < kThin || few_tones > kMostOfFewTones) continue;
    if (round > (size >= kLarge * compared ? kRaggedIfLarge : kRagged)) continue;
    if (straight > kMostStraight) continue;
    const auto deep = std::count_if(part.begin(), part.end(), [&](size_t at) { return core[at]; });
    if (static_cast<double>(deep) < kLeastCore * size) continue;
    ++out.parts;
    out.share += size / compared;
  }
  out.stickers = grown(std::move(out.stickers), kAroundSticker, width, height);
  return out;
}

}  // namespace weir
