// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/time_line.h"

#include <algorithm>
#include <cmath>

namespace weir {

namespace {

// Constants: speeds go a little beyond the 0.5 to 2 that are looked for; the others were chosen by
// hand on the tune side of the accuracy bench, and not fitted.
constexpr double kMostApart = 0.7;       // seconds of the entry by which a hit may lie off the line
constexpr size_t kMostInSlopes = 48;     // hits, spread over the path, whose slopes are taken
constexpr double kLeastForSlope = 0.75;  // seconds of the item; nearer hits tell little of speed
constexpr double kLeastForSpeed = 1.5;   // seconds of the item; below that 1 is as good a guess

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double apart(const TimeLine& line, const TimedHit& hit) {
  return std::abs(hit.entry - line(hit.item));
}

double badness(const TimeLine& line, std::span<const TimedHit> hits) {
  double sum = 0;
  for (const TimedHit& hit : hits) sum += std::min(apart(line, hit), 2 * kMostApart);
  return sum;
}

void split(std::span<const TimedHit> path, size_t first, size_t end, std::vector<LinePart>& parts) {
  const auto hits = path.subspan(first, end - first);
  const TimeLine line = robust_line(hits);
  size_t outside = 0;
  for (const TimedHit& hit : hits) outside += apart(line, hit) > kMostApart;
  if (outside == 0 || hits.size() < 2) {
    parts.push_back({first, end, line});
    return;
  }
  // Candidates are few, so that a long path does not cost the square of its length.
  const size_t step = std::max<size_t>(1, hits.size() / 32);
  size_t best = 0;
  double least = 1e300;
  for (size_t at = 1; at < hits.size(); at += step) {
    const double sum = badness(robust_line(hits.first(at)), hits.first(at)) +
                       badness(robust_line(hits.subspan(at)), hits.subspan(at));
    if (sum < least) least = sum, best = at;
  }
  split(path, first, first + best, parts);
  split(path, first + best, end, parts);
}

}  // namespace

TimeLine robust_line(std::span<const TimedHit> hits) {
  const size_t step = std::max<size_t>(1, hits.size() / kMostInSlopes);
  std::vector<double> slopes;
  for (size_t i = 0; i < hits.size(); i += step)
    for (size_t j = i + step; j < hits.size(); j += step) {
      const double item = hits[j].item - hits[i].item;
      if (item >= kLeastForSlope) slopes.push_back((hits[j].entry - hits[i].entry) / item);
    }
  TimeLine line;
  if (!slopes.empty() && hits.back().item - hits.front().item >= kLeastForSpeed)
    line.speed = std::clamp(median(slopes), kSlowestLine, kFastestLine);
  std::vector<double> offsets;
  for (const TimedHit& hit : hits) offsets.push_back(hit.entry - line.speed * hit.item);
  line.offset = median(offsets);
  return line;
}

std::vector<LinePart> split_into_lines(std::span<const TimedHit> path) {
  std::vector<LinePart> parts;
  if (!path.empty()) split(path, 0, path.size(), parts);
  return parts;
}

}  // namespace weir
