// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "weir/signal/video_track.h"

namespace weir {

// Measures how alike the columns of a thumb, or its rows, change over some frames of a track.
// Neighbours within one scene change together, since what moves covers both and light falls on
// both. So two that do not are of different pictures.
//
// Example: a cloud darkens the columns 20 and 22 at once, and together() gives about 1. Column 34
// shows another video beside it, and together(30, 34, 0, 1) gives about 0.
//
// Counter-example: a still picture has no changes, so nothing can be said of it. together() then
// gives nothing, rather than a number.
class LineChanges {
 public:
  // Looks at the frames from `first` to before `end`. With `across` it measures rows of the thumb,
  // which are called columns here all the same.
  LineChanges(const VideoTrack& track, size_t first, size_t end, bool across);

  uint32_t width() const { return width_; }

  // The correlation of the changes of two columns, in one of so many bands along them. Nothing
  // where hardly anything changes; about 0 where only one of them changes.
  std::optional<double> together(uint32_t left, uint32_t right, size_t band, size_t bands) const;

  // The share of rows, over all frames, in which two columns are far apart.
  double edge(uint32_t left, uint32_t right) const;

 private:
  uint32_t width_, height_;
  std::vector<std::vector<float>> changes_;  // by column, then row: of each frame
  std::vector<float> means_;                 // by column, then row
};

}  // namespace weir
