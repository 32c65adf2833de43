// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace weir {

namespace {

constexpr size_t kTones = 16;
constexpr size_t kFewest = 200;          // pixels that agree, to tell anything
constexpr double kNoises = 4;            // standard deviations that are no change
constexpr double kLeastContrast = 0.35;  // nor is less than this share of the entry's contrast
constexpr size_t kAcross = 4;            // pixels from one side of an outline to the other

// What became of each tone of the entry: gamma, contrast, posterising and inversion are all curves.
// The median of what each of kTones tones became, straight lines between.
class ToneCurve {
 public:
  ToneCurve(const Plane& entry, const Plane& item, const std::vector<uint8_t>& agrees) {
    std::array<std::vector<float>, kTones> became;
    for (size_t i = 0; i < agrees.size(); ++i)
      if (agrees[i]) became[bin(entry.samples[i])].push_back(item.samples[i]);
    double known = -1;
    for (size_t tone = 0; tone < kTones; ++tone) {
      auto& values = became[tone];
      if (values.size() < 10) continue;
      const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
      std::nth_element(values.begin(), middle, values.end());
      value_[tone] = *middle;
      // Tones that are seldom seen lie between their neighbours, or go on from the last.
      const size_t from = known < 0 ? 0 : static_cast<size_t>(known) + 1;
      for (size_t gap = from; gap < tone; ++gap) {
        const float share =
            known < 0 ? 1
                      : static_cast<float>(gap + 1 - from) / static_cast<float>(tone + 1 - from);
        value_[gap] = (1 - share) * (known < 0 ? 0 : value_[from - 1]) + share * value_[tone];
      }
      known = static_cast<double>(tone);
    }
    for (size_t tone = known < 0 ? 0 : static_cast<size_t>(known) + 1; tone < kTones; ++tone)
      value_[tone] = known < 0 ? 0 : value_[static_cast<size_t>(known)];
  }
  float operator()(float tone) const {
    const float at = std::clamp(tone / kWidth - 0.5f, 0.0f, static_cast<float>(kTones) - 1.001f);
    const auto low = static_cast<size_t>(at);
    const float share = at - static_cast<float>(low);
    return value_[low] + share * (value_[low + 1] - value_[low]);
  }

 private:
  static constexpr float kWidth = 256.0f / kTones;
  static size_t bin(float tone) {
    return std::min(kTones - 1, static_cast<size_t>(std::max(0.0f, tone) / kWidth));
  }
  std::array<float, kTones> value_{};
};

// Adds the outlines that cross a line of pixels, `step` apart in memory.
void add_outlines(const float* entry, const float* item, const uint8_t* changed,
                  const uint8_t* inside, size_t size, size_t step, double& entrys, double& items,
                  double& outline) {
  for (size_t i = 1; i + kAcross + 1 < size; ++i) {
    const size_t a = i * step, b = (i + kAcross) * step;
    if (!inside[a - step] || !inside[b + step] || changed[a] == changed[b]) continue;
    // Both sides must be sides, not a speck or a gap.
    if (changed[a - step] != changed[a] || changed[b + step] != changed[b]) continue;
    const double of_entry = std::abs(entry[b] - entry[a]), of_item = std::abs(item[b] - item[a]);
    (of_entry > of_item ? entrys : items) += std::abs(of_entry - of_item);
    outline += 1;
  }
}

}  // namespace

Change change_between(const Plane& entry, const Plane& item, const std::vector<uint8_t>& inside,
                      const std::vector<uint8_t>& agrees) {
  Change change;
  if (static_cast<size_t>(std::count(agrees.begin(), agrees.end(), 1)) < kFewest) return change;
  const ToneCurve curve(entry, item, agrees);
  Plane toned = entry;
  std::vector<float> apart;
  double sum = 0, squares = 0, count = 0;
  for (size_t i = 0; i < toned.samples.size(); ++i) {
    toned.samples[i] = curve(entry.samples[i]);
    if (!inside[i]) continue;
    sum += toned.samples[i], squares += toned.samples[i] * toned.samples[i], count += 1;
    if (agrees[i]) apart.push_back(std::abs(toned.samples[i] - item.samples[i]));
  }
  const double contrast = std::sqrt(std::max(0.0, squares / count - sum * sum / (count * count)));
  if (contrast < 1 || apart.empty()) return change;
  const auto middle = apart.begin() + static_cast<ptrdiff_t>(apart.size() / 2);
  std::nth_element(apart.begin(), middle, apart.end());
  const double noise = 1.48 * *middle;  // of a normal distribution with this median
  change.noise = noise / contrast;

  const double limit = std::max(kNoises * noise, kLeastContrast * contrast);
  std::vector<uint8_t> changed(inside.size());
  double differing = 0;
  for (size_t i = 0; i < inside.size(); ++i) {
    changed[i] = inside[i] && std::abs(toned.samples[i] - item.samples[i]) > limit;
    differing += changed[i];
  }
  change.share = differing / count;

  double entrys = 0, items = 0;
  const size_t width = entry.width, height = entry.height;
  for (size_t y = 0; y < height; ++y)
    add_outlines(toned.row(y), item.row(y), changed.data() + y * width, inside.data() + y * width,
                 width, 1, entrys, items, change.outline);
  for (size_t x = 0; x < width; ++x)
    add_outlines(toned.samples.data() + x, item.samples.data() + x, changed.data() + x,
                 inside.data() + x, height, width, entrys, items, change.outline);
  if (entrys + items > 0) change.gone = entrys / (entrys + items);
  return change;
}

}  // namespace weir
