// SPDX-License-Identifier: Apache-2.0
#include "weir/match/videos/laid_over.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "weir/align/video/thumb_pair.h"
#include "weir/match/videos/line_changes.h"

namespace weir {

namespace {

// Constants: kStands, kMostBar and kApart are those of decision 0132. The others were chosen by
// hand on the tune side of the accuracy bench and not fitted.
constexpr int kOtherBits = 70;      // frames whose hashes differ by so much show different things
constexpr size_t kLeastOthers = 4;  // such frames, at least
constexpr float kStands = 4;        // levels: a sample that deviates less over them stands still
constexpr float kMoves = 18;        // levels: half of all samples must deviate by so much
constexpr double kMostStanding = 0.3;  // share of the frame that may stand still
constexpr size_t kLeastFrames = 8;     // that are looked at for a bar of text
constexpr size_t kMostFrames = 240;    // the first ones of the video
constexpr double kMostBar = 0.25;      // share of the height that a bar takes at most
constexpr double kApart = 0.35;        // correlation of changes across the border of a bar, at most
constexpr double kWithin = 0.6;        // in the picture beside it, at least
constexpr double kLongEdge = 0.4;      // share of the border that is a step of brightness, at least

std::vector<uint8_t> standing(const VideoTrack& video) {
  std::vector<size_t> others;
  for (size_t i = 0; i < video.frames.size(); ++i)
    if (others.empty() ||
        distance(video.frames[i].pdq, video.frames[others.back()].pdq).bits >= kOtherBits)
      others.push_back(i);
  if (others.size() < kLeastOthers) return {};
  const size_t samples = size_t{video.thumb_width} * video.thumb_height;
  std::vector<float> deviation(samples);
  for (size_t at = 0; at < samples; ++at) {
    double sum = 0, squares = 0;
    for (const size_t i : others) {
      const double one = video.thumb(i)[at];
      sum += one, squares += one * one;
    }
    const double mean = sum / double(others.size());
    deviation[at] =
        static_cast<float>(std::sqrt(std::max(0.0, squares / double(others.size()) - mean * mean)));
  }
  std::vector<uint8_t> out(samples);
  size_t count = 0;
  for (size_t at = 0; at < samples; ++at) count += out[at] = deviation[at] < kStands;
  std::nth_element(deviation.begin(), deviation.begin() + static_cast<ptrdiff_t>(samples / 2),
                   deviation.end());
  if (count == 0 || double(count) > kMostStanding * double(samples) ||
      deviation[samples / 2] < kMoves)
    return {};
  return out;
}

// The first row of a bar along the lower border; counted from above, of one along the upper.
std::optional<uint32_t> bar(const VideoTrack& video, bool below) {
  const size_t frames = std::min(video.frames.size(), kMostFrames);
  if (frames < kLeastFrames) return {};
  const LineChanges rows(video, 0, frames, true);
  const auto most = static_cast<uint32_t>(kMostBar * rows.width());
  std::optional<uint32_t> best;
  double lowest = kApart;
  for (uint32_t high = 2; high <= most && high + 6 < rows.width(); ++high) {
    const auto row = [&](uint32_t from_border) {  // 0 is the border itself
      return below ? rows.width() - 1 - from_border : from_border;
    };
    const auto over = rows.together(row(high - 1), row(high + 1), 0, 1);
    const auto within = rows.together(row(high + 2), row(high + 4), 0, 1);
    if (!over || !within || *within < kWithin || *over >= lowest ||
        rows.edge(row(high - 1), row(high + 1)) < kLongEdge)
      continue;
    lowest = *over, best = high + 1;  // the row on the border is mixed of both
  }
  return best;
}

}  // namespace

std::vector<uint8_t> laid_over(const VideoTrack& video) {
  if (!has_thumbs(video)) return {};
  std::vector<uint8_t> out = standing(video);
  for (const bool below : {false, true}) {
    const auto high = bar(video, below);
    if (!high) continue;
    out.resize(size_t{video.thumb_width} * video.thumb_height);
    const size_t from = below ? size_t{video.thumb_height - *high} * video.thumb_width : 0;
    std::fill_n(out.begin() + static_cast<ptrdiff_t>(from), size_t{*high} * video.thumb_width, 1);
  }
  return out;
}

}  // namespace weir
