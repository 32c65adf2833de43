// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/thumb_pair.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "weir/align/picture/transform.h"

namespace weir {

namespace {

// Constants: the 16 squares are those of decision 0100; the last two bound memory, and the others,
// those of the header included, were chosen by hand on the tune side of the accuracy bench, and not
// fitted.
constexpr size_t kAcross = 4;         // squares along each side
constexpr double kLeastContrast = 3;  // levels of standard deviation; less is no pattern
constexpr size_t kLeastInSquare = 9;  // pixels, below which a square does not count
constexpr size_t kLeastSquares = 4;   // squares with a pattern, below which there is no middle one
constexpr size_t kMostKept = 2'048;   // frames of either side
constexpr size_t kMostLikenesses = 1'000'000;

// The sums from which a correlation follows. Thumbs are small enough for whole numbers.
struct Sums {
  int64_t n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;
  void add(const Sums& other) {
    n += other.n, a += other.a, b += other.b;
    aa += other.aa, bb += other.bb, ab += other.ab;
  }
  // Nothing when both sides are flat; 0 when only one is.
  std::optional<double> correlation() const {
    if (n == 0) return {};
    const auto count = static_cast<double>(n);
    const double least = kLeastContrast * kLeastContrast * count;
    const auto spread = [&](int64_t xy, int64_t x, int64_t y) {
      return static_cast<double>(xy) - static_cast<double>(x) * static_cast<double>(y) / count;
    };
    const double va = spread(aa, a, a), vb = spread(bb, b, b);
    if (va < least && vb < least) return {};
    if (va < least / 9 || vb < least / 9) return 0.0;
    return spread(ab, a, b) / std::sqrt(va * vb);
  }
};

Sums sums_of(const int16_t* a, const int16_t* b, size_t size) {
  int32_t sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;  // of a square of a thumb: no overflow
  for (size_t i = 0; i < size; ++i) {
    sum_a += a[i], sum_b += b[i];
    aa += a[i] * a[i], bb += b[i] * b[i], ab += a[i] * b[i];
  }
  return {static_cast<int64_t>(size), sum_a, sum_b, aa, bb, ab};
}

}  // namespace

bool has_thumbs(const VideoTrack& track) {
  const size_t bytes = size_t{track.thumb_width} * track.thumb_height;
  return track.thumb_width >= 4 && track.thumb_height >= 4 && track.width > 0 && track.height > 0 &&
         track.thumbs.size() / bytes >= track.frames.size();
}

ThumbPair::ThumbPair(const VideoTrack& item, const VideoTrack& entry,
                     const PictureTransform& entry_to_item, std::span<const uint8_t> laid_over,
                     Work* work)
    : item_(item), entry_(entry), work_(work) {
  const auto back = inverse(entry_to_item);
  if (!back || !has_thumbs(item) || !has_thumbs(entry)) return;
  const double item_x = double(item.width) / item.thumb_width;
  const double item_y = double(item.height) / item.thumb_height;
  const double entry_x = double(entry.thumb_width) / entry.width;
  const double entry_y = double(entry.thumb_height) / entry.height;
  const double wide = entry.thumb_width, high = entry.thumb_height;
  struct Place {
    uint32_t x, y;
    std::array<Tap, kTaps> taps;
  };
  std::vector<Place> places;
  double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
  for (uint32_t y = 0; y < item.thumb_height; ++y)
    for (uint32_t x = 0; x < item.thumb_width; ++x) {
      Place place{x, y, {}};
      const size_t sample = size_t{y} * item.thumb_width + x;
      bool inside = sample >= laid_over.size() || laid_over[sample] == 0;
      for (size_t k = 0; k < kTaps && inside; ++k) {
        const Point p = (*back)(
            {(x + 0.25 + 0.5 * double(k % 2)) * item_x, (y + 0.25 + 0.5 * double(k / 2)) * item_y});
        const double px = p.x * entry_x, py = p.y * entry_y;
        inside = px >= 0 && py >= 0 && px <= wide && py <= high;
        const double cx = std::clamp(px - 0.5, 0.0, wide - 1.001);
        const double cy = std::clamp(py - 0.5, 0.0, high - 1.001);
        if (!inside) continue;
        place.taps[k] = {uint32_t(cy) * entry.thumb_width + uint32_t(cx),
                         float(cx - std::floor(cx)), float(cy - std::floor(cy))};
      }
      if (!inside) continue;
      left = std::min<double>(left, x), right = std::max(right, x + 1.0);
      top = std::min<double>(top, y), bottom = std::max(bottom, y + 1.0);
      places.push_back(place);
    }
  const auto square_of = [&](const Place& place) {
    return size_t((place.y - top) * kAcross / (bottom - top)) * kAcross +
           size_t((place.x - left) * kAcross / (right - left));
  };
  std::stable_sort(places.begin(), places.end(),
                   [&](const Place& a, const Place& b) { return square_of(a) < square_of(b); });
  for (const Place& place : places) {
    pixels_.push_back(place.y * item.thumb_width + place.x);
    taps_.insert(taps_.end(), place.taps.begin(), place.taps.end());
    ++squares_[square_of(place) + 1];
  }
  for (size_t i = 0; i < kSquares; ++i) squares_[i + 1] += squares_[i];
}

const std::vector<int16_t>& ThumbPair::item_frame(size_t frame) {
  if (const auto found = item_frames_.find(frame); found != item_frames_.end())
    return found->second;
  if (item_frames_.size() >= kMostKept) item_frames_.clear();
  const auto thumb = item_.thumb(frame);
  std::vector<int16_t> values(pixels_.size());
  for (size_t i = 0; i < pixels_.size(); ++i) values[i] = thumb[pixels_[i]];
  return item_frames_[frame] = std::move(values);
}

const std::vector<int16_t>& ThumbPair::entry_frame(size_t frame) {
  if (const auto found = entry_frames_.find(frame); found != entry_frames_.end())
    return found->second;
  if (entry_frames_.size() >= kMostKept) entry_frames_.clear();
  const uint8_t* thumb = entry_.thumb(frame).data();
  const size_t stride = entry_.thumb_width;
  std::vector<int16_t> values(pixels_.size());
  for (size_t i = 0; i < pixels_.size(); ++i) {
    float sum = 0;
    for (size_t k = 0; k < kTaps; ++k) {
      const Tap& tap = taps_[i * kTaps + k];
      const uint8_t* upper = thumb + tap.corner;
      const uint8_t* lower = upper + stride;
      const float high = float(upper[0]) + tap.right * float(upper[1] - upper[0]);
      const float low = float(lower[0]) + tap.right * float(lower[1] - lower[0]);
      sum += high + tap.down * (low - high);
    }
    values[i] = static_cast<int16_t>(std::lround(sum / kTaps));
  }
  return entry_frames_[frame] = std::move(values);
}

std::optional<ThumbLikeness> ThumbPair::compared(const std::vector<int16_t>& item,
                                                 const std::vector<int16_t>& entry) const {
  Sums all;
  std::vector<double> each;
  for (size_t i = 0; i < kSquares; ++i) {
    const size_t size = squares_[i + 1] - squares_[i];
    const Sums square = sums_of(item.data() + squares_[i], entry.data() + squares_[i], size);
    all.add(square);
    if (size < kLeastInSquare) continue;
    if (const auto one = square.correlation()) each.push_back(*one);
  }
  const auto whole = all.correlation();
  if (!whole) return {};
  ThumbLikeness likeness{*whole, *whole};
  if (each.size() >= kLeastSquares) {
    const auto middle = each.begin() + static_cast<ptrdiff_t>(each.size() / 2);
    std::nth_element(each.begin(), middle, each.end());
    likeness.typical = *middle;
  }
  return likeness;
}

std::optional<ThumbLikeness> ThumbPair::likeness(size_t item, size_t entry) {
  const uint64_t key = uint64_t{item} << 32 | entry;
  if (const auto found = likenesses_.find(key); found != likenesses_.end()) return found->second;
  if (!may_spend(size())) return {};
  if (likenesses_.size() >= kMostLikenesses) likenesses_.clear();
  return likenesses_[key] = compared(item_frame(item), entry_frame(entry));
}

}  // namespace weir
