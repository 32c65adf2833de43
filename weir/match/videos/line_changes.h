// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "weir/signal/video_track.h"

namespace weir {

// How the columns of a thumb, or its rows, change over some frames of a track: neighbours within
// one scene do so together.
class LineChanges {
 public:
  // Frames from `first` to before `end`; of rows where `across`. They are columns here, all the
  // same.
  LineChanges(const VideoTrack& track, size_t first, size_t end, bool across);

  uint32_t width() const { return width_; }

  // How alike two columns change in one of so many bands along them; nothing where hardly anything
  // changes. Where only one of them changes they have nothing in common.
  std::optional<double> together(uint32_t left, uint32_t right, size_t band, size_t bands) const;

  // The share of rows, over all frames, in which two columns are far apart.
  double edge(uint32_t left, uint32_t right) const;

 private:
  uint32_t width_, height_;
  std::vector<std::vector<float>> changes_;  // by column, then row: of each frame
  std::vector<float> means_;                 // by column, then row
};

}  // namespace weir
