// SPDX-License-Identifier: Apache-2.0
//
// Tells which hits belong together, by a vote (a Hough transform in short windows): within a window
// of the item, hits of one shared span lie in one bin of entry time minus speed times item time.
// Windows are short so that a speed that is a few per cent off does not smear a span over many
// bins, and so that each part of a compilation is counted by itself.
//
// Example: hits from 12 s of the item to 52 s of the entry, and from 13 s to 53 s, vote for one bin
// at speed 1. A hit from 13 s to 90 s has a bin of its own.
// Counter-example: votes do not say where a span begins or ends, and a hit without support is
// dropped only where its moment has enough better ones.
// Constants: the windows of 12 s and the number of speeds are those of decision 0100; the bins and
// the speeds were chosen by hand on the tune side of the accuracy bench, and not fitted.
#include "weir/align/video/time_votes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace weir {

namespace {

constexpr std::array<double, 15> kSpeeds = {1.0,  0.96, 1.04, 0.9,  1.1, 0.8, 1.25, 0.95,
                                            1.05, 0.75, 1.33, 0.67, 1.5, 0.5, 2.0};
constexpr double kWindow = 12;  // seconds of the item; windows overlap by half
constexpr double kBin = 0.5;    // seconds of the entry

// Bins of offsets. Each moment of the item gives one vote to a bin, that of its heaviest hit there,
// and half of it to the bins beside it.
class Bins {
 public:
  void clear(double least, double most) {
    least_ = least;
    votes_.assign(static_cast<size_t>((most - least) / kBin) + 4, 0.0);
    best_.assign(votes_.size(), 0.0);
    touched_.clear();
  }
  size_t of(double offset) const { return static_cast<size_t>((offset - least_) / kBin) + 1; }
  void add(double offset, double weight) {
    const size_t bin = of(offset);
    for (const size_t near : {bin - 1, bin, bin + 1}) {
      const double vote = near == bin ? weight : weight / 2;
      if (best_[near] == 0) touched_.push_back(near);
      best_[near] = std::max(best_[near], vote);
    }
  }
  void end_moment() {
    for (const size_t bin : touched_) votes_[bin] += best_[bin], best_[bin] = 0;
    touched_.clear();
  }
  double at(double offset) const { return votes_[of(offset)]; }

 private:
  double least_ = 0;
  std::vector<double> votes_;
  std::vector<double> best_;  // of the moment under way
  std::vector<size_t> touched_;
};

void vote(std::span<const TimedHit> window, double speed, Bins& bins, std::span<double> support) {
  const auto offset = [&](const TimedHit& hit) {
    return hit.entry - speed * (hit.item - window.front().item);
  };
  double least = offset(window.front()), most = least;
  for (const TimedHit& hit : window) {
    least = std::min(least, offset(hit));
    most = std::max(most, offset(hit));
  }
  bins.clear(least, most);
  for (size_t i = 0; i < window.size(); ++i) {
    bins.add(offset(window[i]), window[i].weight);
    if (i + 1 == window.size() || window[i + 1].item > window[i].item) bins.end_moment();
  }
  for (size_t i = 0; i < window.size(); ++i)
    support[i] = std::max(support[i], bins.at(offset(window[i])));
}

}  // namespace

std::span<const double> tried_speeds() {
  return kSpeeds;
}

std::vector<TimedHit> best_supported(std::span<const TimedHit> hits, size_t most) {
  std::vector<TimedHit> sorted;
  for (const TimedHit& hit : hits)
    if (hit.weight > 0 && std::abs(hit.item) < 1e6 && std::abs(hit.entry) < 1e6)
      sorted.push_back(hit);
  std::sort(sorted.begin(), sorted.end(), [](const TimedHit& a, const TimedHit& b) {
    return std::tie(a.item, a.entry, a.source) < std::tie(b.item, b.entry, b.source);
  });

  std::vector<double> support(sorted.size(), 0.0);
  Bins bins;
  const auto place = [&](double time) {
    return static_cast<size_t>(
        std::lower_bound(sorted.begin(), sorted.end(), time,
                         [](const TimedHit& hit, double t) { return hit.item < t; }) -
        sorted.begin());
  };
  for (size_t first = 0; first < sorted.size();) {
    const double from = sorted[first].item;
    const size_t end = std::max(first + 1, place(from + kWindow));
    for (const double speed : kSpeeds)
      vote(std::span(sorted).subspan(first, end - first), speed, bins,
           std::span(support).subspan(first, end - first));
    first = std::max(first + 1, place(from + kWindow / 2));
  }

  std::vector<TimedHit> kept;
  std::vector<size_t> moment;
  for (size_t first = 0, end = 0; first < sorted.size(); first = end) {
    moment.clear();
    for (; end < sorted.size() && sorted[end].item == sorted[first].item; ++end)
      moment.push_back(end);
    std::stable_sort(moment.begin(), moment.end(),
                     [&](size_t a, size_t b) { return support[a] > support[b]; });
    moment.resize(std::min(moment.size(), most));
    std::sort(moment.begin(), moment.end());
    for (const size_t i : moment) kept.push_back(sorted[i]);
  }
  return kept;
}

}  // namespace weir
