// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "weir/base/limits.h"

namespace weir::media {

// What an animation's header says of its frames.
struct Timeline {
  uint32_t frame_count = 1;
  std::vector<int> delays_ms;  // how long each frame stays; shorter than frame_count counts as 0
};

// When frame `index` appears: the sum of the delays before it, as stored. (Players stretch GIF
// delays of 0 and 10 ms to 100 ms, each its own way, so that is not done here.)
std::chrono::microseconds time_of(const Timeline& timeline, uint32_t index);

struct Selection {
  std::vector<uint32_t> frames;  // ascending, the first is 0
  std::string note;              // "long animation: ..." when the end of it was left out
};

// The first frame and evenly spaced ones, at most limits.frames. Frame k can only be drawn by
// drawing all before it, so a tiny file can ask for hours: at most 8 x limits.pixels are drawn for
// a selection, and frames are taken from the part of the animation which that reaches.
Selection select_frames(const Timeline& timeline, uint64_t canvas_pixels, const Limits& limits);

// Pictures of one file that are no animation, such as the pages of a TIFF. They are held together,
// so all of them have at most as many pixels as a single one may: the first, and those behind it up
// to kMostPages, until one does not fit.
constexpr uint32_t kMostPages = 64;
class PagesLeft {
 public:
  PagesLeft(uint32_t pages, uint64_t pixels_of_first, const Limits& limits);
  // Whether the next page, of so many pixels, is still to be looked at.
  bool take(uint64_t pixels);
  void failed(uint32_t index) { failed_.push_back(index + 1); }
  // "12 pages: ..."; empty of a single one.
  std::string note() const;

 private:
  uint32_t pages_;
  uint64_t pixels_left_;
  uint32_t taken_ = 1;
  std::vector<uint32_t> failed_;  // from 1
};

}  // namespace weir::media
