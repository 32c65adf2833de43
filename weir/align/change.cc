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
constexpr double kLeastContrast = 0.35;  // nor is less than this share of the entry's contrast,
constexpr double kLeastOfParts = 0.18;   // or of this where parts are told one by one
constexpr size_t kAcross = 5;            // pixels from one side of an outline to the other
constexpr size_t kReach = 2;             // a pixel is what most of those this near are
constexpr size_t kTile = 16;             // pixels over which an outline is taken together
constexpr size_t kStraight = 18;         // pixels of an outline in a line that chance does not give
constexpr size_t kGap = 3;               // to the next pixel of the same line

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

// Specks go, holes are filled: each pixel becomes what most of its neighbourhood is.
std::vector<uint8_t> smoothed(const std::vector<uint8_t>& mask, size_t width, size_t height) {
  constexpr size_t kSide = 2 * kReach + 1;
  std::vector<uint8_t> rows(mask.size()), out(mask.size());
  for (size_t y = 0; y < height; ++y)
    for (size_t x = kReach; x + kReach < width; ++x)
      for (size_t k = x - kReach; k <= x + kReach; ++k)
        rows[y * width + x] = static_cast<uint8_t>(rows[y * width + x] + mask[y * width + k]);
  for (size_t y = kReach; y + kReach < height; ++y)
    for (size_t x = 0; x < width; ++x) {
      unsigned sum = 0;
      for (size_t k = y - kReach; k <= y + kReach; ++k) sum += rows[k * width + x];
      out[y * width + x] = 2 * sum > kSide * kSide;
    }
  return out;
}

// The outlines of changes, tile by tile: over a tile, what the texture of one picture happens to do
// at the outline of the other cancels.
class Outlines {
 public:
  Outlines(const Plane& entry, const Plane& item, const std::vector<uint8_t>& changed,
           const std::vector<uint8_t>& inside)
      : entry_(entry), item_(item), changed_(changed), inside_(inside) {
    const size_t width = entry.width, height = entry.height;
    tile_columns_ = width / kTile + 1;
    net_.assign(tile_columns_ * (height / kTile + 1), 0.0);
    marks_.assign(entry.samples.size(), 0);
    for (size_t y = 0; y < height; ++y) add(y * width, width, 1);
    straight_ += straight_marks(width, height, 1, width);
    marks_.assign(entry.samples.size(), 0);
    for (size_t x = 0; x < width; ++x) add(x, height, width);
    straight_ += straight_marks(height, width, width, 1);
  }
  double length() const { return length_; }
  double straight() const { return length_ > 0 ? straight_ / length_ : 0; }
  double share_of_entry() const {
    double entrys = 0, both = 0;
    for (const double net : net_) entrys += std::max(0.0, net), both += std::abs(net);
    return both > 0 ? entrys / both : 0;
  }

 private:
  // Those that cross a line of pixels, `step` apart in memory.
  void add(size_t first, size_t size, size_t step) {
    for (size_t i = 2; i + kAcross + 2 < size; ++i) {
      const size_t a = first + i * step, b = a + kAcross * step;
      if (changed_[a] == changed_[b] || !inside_[a - step] || !inside_[b + step]) continue;
      // Both sides must be sides, not a strip; and one outline is met once.
      if (changed_[a - 2 * step] != changed_[a] || changed_[b + 2 * step] != changed_[b]) continue;
      if (changed_[a + kAcross / 2 * step] == changed_[a + (kAcross / 2 + 1) * step]) continue;
      const double of_entry = std::abs(entry_.samples[b] - entry_.samples[a]);
      const double of_item = std::abs(item_.samples[b] - item_.samples[a]);
      const size_t middle = a + kAcross / 2 * step;
      const size_t x = middle % entry_.width, y = middle / entry_.width;
      net_[y / kTile * tile_columns_ + x / kTile] += of_entry - of_item;
      length_ += 1;
      marks_[middle] = 1;
    }
  }

  // Marks in runs of kStraight and more along a line, a pixel to the side and small gaps allowed.
  // Lines are `across` apart in memory, the pixels of one `along`.
  double straight_marks(size_t lines, size_t size, size_t across, size_t along) {
    std::vector<uint8_t> straight(marks_.size());
    for (size_t line = 0; line + 1 < lines; ++line) {
      size_t first = 0, last = 0, count = 0;  // of the run so far
      const auto end_run = [&] {
        if (count >= kStraight)
          for (size_t i = first; i <= last; ++i)
            straight[line * across + i * along] = straight[(line + 1) * across + i * along] = 1;
        count = 0;
      };
      for (size_t i = 0; i < size; ++i) {
        const size_t at = line * across + i * along;
        if (!marks_[at] && !marks_[at + across]) continue;
        if (count > 0 && i > last + kGap) end_run();
        if (count++ == 0) first = i;
        last = i;
      }
      end_run();
    }
    double sum = 0;
    for (size_t i = 0; i < straight.size(); ++i) sum += straight[i] && marks_[i];
    return sum;
  }

  const Plane& entry_;
  const Plane& item_;
  const std::vector<uint8_t>& changed_;
  const std::vector<uint8_t>& inside_;
  size_t tile_columns_;
  std::vector<double> net_;
  std::vector<uint8_t> marks_;  // middles of the outlines that cross lines of one direction
  double length_ = 0;
  double straight_ = 0;
};

}  // namespace

Change change_between(const Plane& entry, const Plane& item, const Mask& inside, const Mask& agrees,
                      const Chroma& colours, std::span<const DisplacedSpot> spots) {
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

  // Marks what became brighter (`sign` 1), darker (-1) or either (0); gives its share.
  Mask changed(inside.size()), &put_on = change.put_on;
  put_on.assign(inside.size(), 0);
  const auto mark = [&](double least_contrast, float sign) {
    const double limit = std::max(kNoises * noise, least_contrast * contrast);
    double differing = 0;
    for (size_t i = 0; i < inside.size(); ++i) {
      const float brighter = item.samples[i] - toned.samples[i];
      changed[i] =
          inside[i] && !put_on[i] && (sign == 0 ? std::abs(brighter) : sign * brighter) > limit;
      differing += changed[i];
    }
    return differing / count;
  };
  mark(kLeastOfParts, 0);
  // What was put on says nothing of what came or went.
  put_on = put_on_parts(changed, agrees, colours, entry.width, entry.height);
  mark(kLeastOfParts, 0);
  change.newcomers = newcomers(toned, item, changed, inside);
  for (size_t i = 0; i < put_on.size(); ++i) put_on[i] |= change.newcomers.stickers[i];
  change.covers = static_cast<double>(std::count(put_on.begin(), put_on.end(), 1)) / count;
  // Where something came beside what is gone, one became darker and the other brighter.
  for (const float sign : {1.0f, -1.0f}) {
    mark(kLeastOfParts, sign);
    const ChangedParts parts = changed_parts(toned, item, changed, inside);
    change.parts.came += parts.came;
    change.parts.gone += parts.gone;
  }
  change.share = mark(kLeastContrast, 0);
  change.moved = moved_things(toned, item, inside, spots);

  const Outlines outlines(toned, item, smoothed(changed, entry.width, entry.height), inside);
  change.outline = outlines.length();
  change.straight = outlines.straight();
  change.gone = outlines.share_of_entry();
  return change;
}

}  // namespace weir
