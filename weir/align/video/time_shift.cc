// SPDX-License-Identifier: Apache-2.0
//
// Hits say to about a second which line in time two videos share. For short windows along it the
// entry is moved in time until its changes agree best with the item's, and a line through these
// shifts, each weighed by how clear it is, corrects offset and speed. Only changes tell the time,
// because what stands still looks the same at any moment.
//
// Example: hits put 10.0 s of the item to 40.0 s of the entry. A man walks there, and his steps
// agree best with the entry at 40.3 s, so the line is moved by 0.3 s.
// Counter-example: where nothing stirs, every shift is as good as any other. The weight is then 0,
// and the line stays as hits have it.
// Constants: the 3 s of a window are those of decision 0100; the others were chosen by hand on the
// tune side of the accuracy bench, and not fitted.
#include "weir/align/video/time_shift.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace weir {

namespace {

constexpr double kShift = 1.0;          // seconds by which hits may be wrong
constexpr double kShiftedTogether = 3;  // seconds of the item that are shifted together
constexpr size_t kManyFrames = 240;     // in a span of more, windows are left out
constexpr double kLeastChange = 2;      // levels, in the mean of pixels; compression does as much
constexpr double kFullChange = 8;       // levels from which on a window has its full weight

// What one track shows at some frames, less the mean of each pixel over them.
struct Changes {
  std::vector<std::vector<int16_t>> frames;
  std::vector<double> energy;  // of each, the sum of squares
};

template <class Frame>
Changes changes_of(size_t count, const Frame& frame) {
  Changes out;
  std::vector<int32_t> mean;
  for (size_t i = 0; i < count; ++i) {
    out.frames.push_back(frame(i));
    mean.resize(out.frames[i].size());
    for (size_t k = 0; k < mean.size(); ++k) mean[k] += out.frames[i][k];
  }
  for (int32_t& one : mean) one /= static_cast<int32_t>(count);
  for (auto& values : out.frames) {
    int32_t sum = 0;
    for (size_t k = 0; k < mean.size(); ++k) {
      values[k] = static_cast<int16_t>(values[k] - mean[k]);
      sum += values[k] * values[k];
    }
    out.energy.push_back(sum);
  }
  return out;
}

double product(const std::vector<int16_t>& a, const std::vector<int16_t>& b) {
  int32_t sum = 0;
  for (size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}

// A moment between two frames: the earlier of them, and how far the moment is on to the later.
struct Between {
  size_t early = 0;
  double share = 0;
};
Between between(const FrameTimes& times, double time) {
  const size_t after = std::clamp<size_t>(times.first_at_or_after(time), 1, times.size() - 1);
  const double gap = times.time(after) - times.time(after - 1);
  const double share = gap > 0 ? (time - times.time(after - 1)) / gap : 0;
  return {after - 1, std::clamp(share, 0.0, 1.0)};
}

double energy_of(const Changes& changes) {
  return std::accumulate(changes.energy.begin(), changes.energy.end(), 0.0);
}

void add(const std::vector<int16_t>& frame, float share, std::vector<float>& sum) {
  for (size_t k = 0; k < sum.size(); ++k) sum[k] += share * float(frame[k]);
}

// Scores how well changes of the item agree with those of the entry, at one shift after the other.
class ShiftScores {
 public:
  // With `own_means` the changes of the entry are told from the mean of the frames at each shift.
  // Over a long reach other shots lie near, and what those differ by would drown the changes.
  ShiftScores(const Changes& item, const Changes& entry, size_t pixels, bool own_means)
      : item_(item),
        entry_(entry),
        own_means_(own_means),
        item_energy_(energy_of(item)),
        least_energy_(kLeastChange * kLeastChange * double(item.frames.size() * pixels)),
        products_(item.frames.size() * entry.frames.size(), kUnknown),
        item_sum_(pixels, 0.0F),
        sum_(pixels) {
    for (const auto& frame : item.frames) add(frame, 1, item_sum_);
  }

  // The correlation at one shift, -1 to 1. For each frame of the item it is given which moment of
  // the entry stands beside it.
  double score(std::span<const Between> pairs) {
    double together = 0, energy = 0;
    std::fill(sum_.begin(), sum_.end(), 0.0F);
    for (size_t i = 0; i < pairs.size(); ++i) {
      const auto [early, share] = pairs[i];
      together += (1 - share) * product_at(i, early) + share * product_at(i, early + 1);
      energy += (1 - share) * entry_.energy[early] + share * entry_.energy[early + 1];
      if (!own_means_) continue;
      add(entry_.frames[early], float(1 - share), sum_);
      add(entry_.frames[early + 1], float(share), sum_);
    }
    // The item's means were rounded, so its changes do not sum up to nothing.
    const auto count = static_cast<double>(pairs.size());
    together -= std::inner_product(sum_.begin(), sum_.end(), item_sum_.begin(), 0.0) / count;
    energy -= std::inner_product(sum_.begin(), sum_.end(), sum_.begin(), 0.0) / count;
    return together / std::sqrt(item_energy_ * std::max(energy, least_energy_));
  }

 private:
  static constexpr double kUnknown = -1e300;
  double product_at(size_t i, size_t j) {
    double& one = products_[i * entry_.frames.size() + j];
    if (one == kUnknown) one = product(item_.frames[i], entry_.frames[j]);
    return one;
  }

  const Changes& item_;
  const Changes& entry_;
  bool own_means_;
  double item_energy_, least_energy_;
  std::vector<double> products_;
  std::vector<float> item_sum_, sum_;  // by pixel
};

// The middle of the shifts that are nearly as good as the best. It may lie between two of them, and
// lies amid many that are equal.
double middle_of_top(const std::vector<double>& scores, double top, double mean) {
  double sum = 0, total = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const double weight = std::max(0.0, scores[i] - (top - 0.15 * (top - mean)));
    sum += weight * static_cast<double>(i);
    total += weight;
  }
  return total > 0 ? sum / total : static_cast<double>(scores.size() / 2);
}

// The line, corrected by a line through the shifts. Its slope counts only where windows lie apart.
TimeLine corrected(const TimeLine& line, std::span<const TimeShift> windows) {
  double w = 0, t = 0, s = 0;
  for (const TimeShift& one : windows)
    w += one.weight, t += one.weight * one.middle, s += one.weight * one.shift;
  if (w < 0.02) return line;
  t /= w, s /= w;
  double tt = 0, ts = 0;
  for (const TimeShift& one : windows) {
    tt += one.weight * (one.middle - t) * (one.middle - t);
    ts += one.weight * (one.middle - t) * (one.shift - s);
  }
  const double slope = tt / w > 0.5 ? ts / tt : 0;
  TimeLine out{std::clamp(line.speed + slope, kSlowestLine, kFastestLine), 0};
  out.offset = line(t) + s - out.speed * t;
  return out;
}

}  // namespace

TimeShift best_shift(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line,
                     std::span<const size_t> places, double reach) {
  const FrameTimes& item = tracks.item_times;
  const FrameTimes& entry = tracks.entry_times;
  TimeShift out;
  for (const size_t place : places) out.middle += item.time(place) / double(places.size());
  if (entry.size() < 2 || places.size() < 2) return out;
  const double step = std::min(entry.step(), 0.5) / 2;
  const int most = static_cast<int>(std::ceil(reach / step));
  const size_t first = between(entry, line(item.time(places.front())) - most * step).early;
  const size_t last = between(entry, line(item.time(places.back())) + most * step).early + 1;
  const uint64_t shifts = 2 * static_cast<uint64_t>(most) + 1, rows = places.size();
  if (!thumbs.may_spend(rows * (last - first + 1) * thumbs.size() +
                        shifts * rows * (reach > kShiftedTogether ? thumbs.size() : 1)))
    return out;
  const Changes in_item =
      changes_of(places.size(), [&](size_t i) { return thumbs.item_frame(item.frame(places[i])); });
  const Changes in_entry = changes_of(
      last - first + 1, [&](size_t j) { return thumbs.entry_frame(entry.frame(first + j)); });
  const double change =
      std::sqrt(energy_of(in_item) / double(places.size()) / double(thumbs.size()));
  if (change < kLeastChange) return out;

  ShiftScores of_shift(in_item, in_entry, thumbs.size(), reach > kShiftedTogether);
  std::vector<double> scores;
  std::vector<Between> pairs(places.size());
  for (int k = -most; k <= most; ++k) {
    for (size_t i = 0; i < places.size(); ++i) {
      pairs[i] = between(entry, line(item.time(places[i])) + k * step);
      pairs[i].early = std::clamp(pairs[i].early, first, last - 1) - first;
    }
    scores.push_back(of_shift.score(pairs));
  }
  out.agreement = *std::max_element(scores.begin(), scores.end());
  const double mean = std::accumulate(scores.begin(), scores.end(), 0.0) / double(scores.size());
  out.shift = (middle_of_top(scores, out.agreement, mean) - most) * step;
  const double clear = std::max(0.0, out.agreement - mean - 0.02);
  out.weight = out.agreement > 0.2 ? clear * std::min(1.0, change / kFullChange) : 0;
  return out;
}

TimeLine shifted_line(const TrackPair& tracks, ThumbPair& thumbs, TimeLine line, double from,
                      double to) {
  if (!thumbs.is_usable() || tracks.entry_times.size() < 2) return line;
  const size_t first = tracks.item_times.first_at_or_after(from - 1e-6);
  const size_t end = tracks.item_times.first_at_or_after(to + 1e-6);
  // Of a long span only some windows are looked at, spread over it.
  const size_t every = 1 + (end - first) / kManyFrames;
  for (const double reach : {kShift, kShift / 2}) {
    std::vector<TimeShift> windows;
    std::vector<size_t> places;
    size_t number = 0;
    for (size_t i = first; i < end; ++i) {
      places.push_back(i);
      const double since = tracks.item_times.time(i) - tracks.item_times.time(places.front());
      if (i + 1 < end && since < kShiftedTogether) continue;
      if (number++ % every == 0) windows.push_back(best_shift(tracks, thumbs, line, places, reach));
      places.clear();
    }
    line = corrected(line, windows);
  }
  return line;
}

}  // namespace weir
