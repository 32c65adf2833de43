// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/time_evidence.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "weir/align/video/motion.h"

namespace weir {

namespace {

// Constants: the 60 frames, kFaint and kInPlace are those of decision 0125; the others were chosen
// by hand on the tune side of the accuracy bench, and not fitted.
constexpr size_t kMostFrames = 60;
constexpr size_t kLeastFrames = 3;
constexpr double kChanges = 4;      // levels of standard deviation of an entry's pixel that changes
constexpr double kItemChanges = 6;  // and of an item's
constexpr size_t kLeastPixels = 8;  // that must change,
constexpr double kLeastShare = 0.01;  // and the least share of the pixels compared
constexpr size_t kLeastChanging = 4;  // pixels that must change for a square to count

constexpr double kFaint = 12;   // levels that compression alone reaches in one pixel of a hundred
constexpr double kInPlace = 8;  // times the middle residual

using Frames = std::vector<std::vector<int16_t>>;

struct SumsOverTime {
  double xx = 0, yy = 0, xy = 0;
  void add(const SumsOverTime& other) { xx += other.xx, yy += other.yy, xy += other.xy; }
  double correlation() const { return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0; }
};

SumsOverTime over_time(const Frames& item, const Frames& entry, size_t pixel) {
  const auto count = static_cast<double>(item.size());
  double x = 0, y = 0;
  SumsOverTime sums;
  for (size_t i = 0; i < item.size(); ++i) {
    const double a = item[i][pixel], b = entry[i][pixel];
    x += a, y += b;
    sums.xx += a * a, sums.yy += b * b, sums.xy += a * b;
  }
  sums.xx -= x * x / count, sums.yy -= y * y / count, sums.xy -= x * y / count;
  return sums;
}

// Takes the mean of a frame away, since light that changes everywhere at once is no motion.
void level(std::vector<int16_t>& frame) {
  if (frame.empty()) return;
  const double sum = std::accumulate(frame.begin(), frame.end(), 0.0);
  const auto mean = static_cast<int16_t>(std::lround(sum / static_cast<double>(frame.size())));
  for (int16_t& one : frame) one = static_cast<int16_t>(one - mean);
}

double at_share(std::vector<double>& values, double share) {
  const auto place =
      values.begin() + static_cast<ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace

bool Following::tells(const ThumbPair& thumbs) const {
  const double least = std::max<double>(kLeastPixels, kLeastShare * double(thumbs.size()));
  return frames >= kLeastFrames && static_cast<double>(pixels) >= least;
}

Following following(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line, double from,
                    double to) {
  Following out;
  const FrameTimes& times = tracks.item_times;
  if (!thumbs.is_usable() || tracks.entry_times.size() == 0) return out;
  Frames item, entry;
  const size_t first = times.first_at_or_after(from), end = times.first_at_or_after(to);
  const size_t step = 1 + (end - first) / kMostFrames;
  std::vector<int16_t> frame;
  for (size_t i = first; i < end; i += step) {
    if (!entry_at(tracks, thumbs, line(times.time(i)), frame)) continue;
    item.push_back(thumbs.item_frame(times.frame(i)));
    entry.push_back(frame);
    level(item.back()), level(entry.back());
  }
  out.frames = item.size();
  if (out.frames < kLeastFrames) return out;
  const auto count = static_cast<double>(out.frames);
  SumsOverTime all;
  std::vector<double> of_squares;
  for (size_t k = 0; k + 1 < thumbs.squares().size(); ++k) {
    SumsOverTime square;
    size_t changing = 0;
    for (size_t p = thumbs.squares()[k]; p < thumbs.squares()[k + 1]; ++p) {
      const SumsOverTime pixel = over_time(item, entry, p);
      if (pixel.yy < kChanges * kChanges * count && pixel.xx < kItemChanges * kItemChanges * count)
        continue;
      ++changing;
      square.add(pixel);
    }
    out.pixels += changing;
    all.add(square);
    if (changing >= kLeastChanging) of_squares.push_back(square.correlation());
  }
  out.agreement = all.correlation();
  if (!of_squares.empty()) out.agreement = std::max(out.agreement, at_share(of_squares, 0.5));
  return out;
}

Residual residual(const std::vector<int16_t>& picture, const std::vector<int16_t>& other) {
  Residual out;
  const size_t size = std::min(picture.size(), other.size());
  if (size == 0) return out;
  double a = 0, b = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < size; ++i) {
    a += picture[i], b += other[i];
    bb += double(other[i]) * other[i], ab += double(picture[i]) * other[i];
  }
  const auto n = static_cast<double>(size);
  const double spread = bb - b * b / n;
  const double gain = spread > 0 ? (ab - a * b / n) / spread : 0;
  const double offset = (a - gain * b) / n;
  std::vector<double> left;
  left.reserve(size);
  for (size_t i = 0; i < size; ++i) left.push_back(std::abs(picture[i] - gain * other[i] - offset));
  out.middle = at_share(left, 0.5);
  out.most = at_share(left, 0.99);
  return out;
}

bool differs_in_a_place(const Residual& residual) {
  return residual.most > std::max(kFaint, kInPlace * residual.middle);
}

}  // namespace weir
