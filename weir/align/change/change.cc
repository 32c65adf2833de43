// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change/change.h"

#include <algorithm>
#include <cmath>

#include "weir/align/change/tone_curve.h"
#include "weir/base/wide.h"

namespace weir {

namespace {

// Constants: they were chosen by hand on the tune side of the accuracy bench, and not fitted; that
// outlines and parts tell an edit from another moment was measured in decision 0078.
constexpr size_t kFewest = 200;  // pixels that must agree before anything is told
constexpr double kNoises = 4;    // standard deviations: a smaller difference is no change,
constexpr double kLeastShareOfContrast =
    0.35;                               // nor is one below this share of the entry's contrast,
constexpr double kLeastOfParts = 0.18;  // or below this one where parts are told one by one
constexpr size_t kAcross = 5;           // pixels from one side of an outline to the other
constexpr size_t kReach = 2;            // a pixel becomes what most pixels this near are
constexpr size_t kTile = 16;            // pixels over which an outline is taken together
constexpr double kMuchOutline = 120;    // pixels of outline; a shorter one tells less
constexpr size_t kStraight = 18;        // pixels of an outline in one line: chance seldom does that
constexpr size_t kGap = 3;              // pixels to the next one of the same line

// Specks go, holes are filled: each pixel becomes what most of its neighbourhood is.
WEIR_WIDE std::vector<uint8_t> smoothed(const std::vector<uint8_t>& mask, size_t width,
                                        size_t height) {
  constexpr size_t kSide = 2 * kReach + 1;
  std::vector<uint8_t> rows(mask.size()), out(mask.size());
  if (width < kSide) return out;
  // to[x] += from[x], which a compiler turns into vectors.
  const auto add = [](uint8_t* to, const uint8_t* from, size_t count) {
    for (size_t x = 0; x < count; ++x) to[x] = static_cast<uint8_t>(to[x] + from[x]);
  };
  for (size_t y = 0; y < height; ++y)
    for (size_t k = 0; k < kSide; ++k)
      add(&rows[y * width + kReach], &mask[y * width + k], width - kSide + 1);
  for (size_t y = kReach; y + kReach < height; ++y) {
    uint8_t* sums = &out[y * width];
    for (size_t k = y - kReach; k <= y + kReach; ++k) add(sums, &rows[k * width], width);
    for (size_t x = 0; x < width; ++x) sums[x] = 2 * sums[x] > kSide * kSide;
  }
  return out;
}

// The outlines of the changes: how much of them runs level or upright for long, and which picture
// they belong to. The latter is told tile by tile, since the texture of one picture along the
// outline of the other cancels out over a tile.
class Outlines {
 public:
  Outlines(const Plane& entry, const Plane& item, const Mask& changed, const Mask& inside)
      : entry_(entry), item_(item), changed_(changed), inside_(inside) {
    const size_t width = entry.width, height = entry.height;
    tile_columns_ = width / kTile + 1;
    net_.assign(tile_columns_ * (height / kTile + 1), 0.0);
    marks_.assign(changed.size(), 0);
    for (size_t y = 0; y < height; ++y) add(y * width, width, 1);
    straight_ += straight_marks(width, height, 1, width);
    marks_.assign(changed.size(), 0);
    for (size_t x = 0; x < width; ++x) add(x, height, width);
    straight_ += straight_marks(height, width, width, 1);
  }
  // The share of the outlines that is straight; it is small where there is little outline.
  double straight() const { return straight_ / std::max(length_, kMuchOutline); }
  // How evenly the outlines belong to both pictures: 0 when only one has any, 0.5 when both have as
  // much.
  double of_both() const {
    double entrys = 0, both = 0;
    for (const double net : net_) entrys += std::max(0.0, net), both += std::abs(net);
    const double share = both > 0 ? entrys / both : 0;
    return std::min(share, 1 - share) * std::min(1.0, length_ / kMuchOutline);
  }

 private:
  // Adds the outlines that cross a line of pixels, which lie `step` apart in memory.
  void add(size_t first, size_t size, size_t step) {
    for (size_t i = 2; i + kAcross + 2 < size; ++i) {
      const size_t a = first + i * step, b = a + kAcross * step;
      if (changed_[a] == changed_[b] || !inside_[a - step] || !inside_[b + step]) continue;
      // Both sides must be wider than a strip, and each outline is to be met once.
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

  // Counts the marks that lie in runs of kStraight and more along a line; a run may step aside by a
  // pixel and have small gaps. Lines lie `across` apart in memory, the pixels of one line `along`.
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
  const Mask& changed_;
  const Mask& inside_;
  size_t tile_columns_;
  std::vector<double> net_;
  Mask marks_;  // middles of the outlines that cross lines of one direction
  double length_ = 0;
  double straight_ = 0;
};

}  // namespace

WEIR_WIDE PictureChange change_between(const Plane& entry, const Plane& item, const Mask& inside,
                                       const Mask& agrees, const Plane& trust,
                                       std::span<const DisplacedSpot> spots) {
  PictureChange change;
  if (static_cast<size_t>(std::count(agrees.begin(), agrees.end(), 1)) < kFewest) return change;
  const ToneCurve curve(entry, item, trust);
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
  if (!(contrast >= 1) || apart.empty()) return change;
  const auto middle = apart.begin() + static_cast<ptrdiff_t>(apart.size() / 2);
  std::nth_element(apart.begin(), middle, apart.end());
  const double noise = 1.48 * *middle;  // of a normal distribution with this median
  change.noise = noise / contrast;

  // Marks what became brighter (`sign` 1), darker (-1) or either (0).
  Mask changed(inside.size());
  const auto mark = [&, out = changed.data(), shows = inside.data()](double least_contrast,
                                                                     float sign) {
    const auto limit = static_cast<float>(std::max(kNoises * noise, least_contrast * contrast));
    const float *to = item.samples.data(), *from = toned.samples.data();
    for (size_t i = 0; i < inside.size(); ++i) {
      const float brighter = to[i] - from[i];
      const float by = sign == 0 ? std::abs(brighter) : sign * brighter;
      out[i] = shows[i] & static_cast<uint8_t>(by > limit);
    }
  };
  change.laid_over.assign(inside.size(), 0);
  // What became brighter and what became darker are taken apart: where something came beside what
  // is gone, they would be one part otherwise.
  for (const float sign : {1.0f, -1.0f}) {
    mark(kLeastOfParts, sign);
    const ChangedParts parts = changed_parts(toned, item, changed, inside);
    const Mask over = laid_over_parts(toned, item, changed);
    for (size_t i = 0; i < over.size(); ++i) change.laid_over[i] |= over[i];
    change.parts.came += parts.came;
    change.parts.gone += parts.gone;
  }
  mark(kLeastShareOfContrast, 0);
  uint32_t differing = 0, over = 0;
  for (size_t i = 0; i < inside.size(); ++i)
    differing += changed[i], over += changed[i] & change.laid_over[i];
  change.share = differing / count;
  if (differing > 0) change.over = static_cast<double>(over) / differing;
  change.moved = moved_places(toned, item, inside, spots);
  const Mask whole = smoothed(changed, entry.width, entry.height);
  const Outlines outlines(toned, item, whole, inside);
  change.straight = outlines.straight();
  change.outlines = outlines.of_both();
  return change;
}

}  // namespace weir
