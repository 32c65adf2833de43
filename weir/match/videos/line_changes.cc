// SPDX-License-Identifier: Apache-2.0
#include "weir/match/videos/line_changes.h"

#include <algorithm>
#include <cmath>

namespace weir {

namespace {

// Constants: both were chosen by hand on the tune side of the accuracy bench and not fitted.
constexpr double kLeastChange = 3;  // levels that samples must change by, to say anything
constexpr float kStep = 8;          // levels between two samples that are far apart

}  // namespace

LineChanges::LineChanges(const VideoTrack& track, size_t first, size_t end, bool across)
    : width_(across ? track.thumb_height : track.thumb_width),
      height_(across ? track.thumb_width : track.thumb_height),
      changes_(size_t{width_} * height_) {
  const size_t frames = end - first;
  for (uint32_t x = 0; x < width_; ++x)
    for (uint32_t y = 0; y < height_; ++y) {
      auto& one = changes_[size_t{x} * height_ + y];
      const size_t at =
          across ? size_t{x} * track.thumb_width + y : size_t{y} * track.thumb_width + x;
      double sum = 0;
      for (size_t i = first; i < end; ++i) sum += track.thumb(i)[at];
      means_.push_back(static_cast<float>(sum / double(frames)));
      for (size_t i = first; i < end; ++i)
        one.push_back(static_cast<float>(track.thumb(i)[at] - sum / double(frames)));
    }
}

std::optional<double> LineChanges::together(uint32_t left, uint32_t right, size_t band,
                                            size_t bands) const {
  double aa = 0, bb = 0, ab = 0, count = 0;
  for (size_t y = band * height_ / bands; y < (band + 1) * height_ / bands; ++y) {
    const auto& a = changes_[size_t{left} * height_ + y];
    const auto& b = changes_[size_t{right} * height_ + y];
    for (size_t i = 0; i < a.size(); ++i) aa += a[i] * a[i], bb += b[i] * b[i], ab += a[i] * b[i];
    count += static_cast<double>(a.size());
  }
  const double least = kLeastChange * kLeastChange * count;
  if (aa < least && bb < least) return {};
  return ab / std::sqrt(std::max(aa, least) * std::max(bb, least));
}

double LineChanges::edge(uint32_t left, uint32_t right) const {
  size_t far = 0, all = 0;
  for (uint32_t y = 0; y < height_; ++y) {
    const size_t a = size_t{left} * height_ + y, b = size_t{right} * height_ + y;
    for (size_t i = 0; i < changes_[a].size(); ++i, ++all)
      far += std::abs(means_[a] + changes_[a][i] - means_[b] - changes_[b][i]) >= kStep;
  }
  return all > 0 ? static_cast<double>(far) / static_cast<double>(all) : 0;
}

}  // namespace weir
