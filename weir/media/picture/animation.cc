// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/animation.h"

#include <algorithm>

namespace weir::media {
namespace {

// With the default of 100 Mpx this is 0.8 Gpx, 6 to 8 s at the 100 to 125 Mpx/s measured for WebP
// and GIF: within the deadline. A minute of video-sized GIF (480 x 270, 15 frames a second) is 0.2
// Gpx.
constexpr uint64_t kPicturesOfWork = 8;

std::vector<uint32_t> spread(uint32_t frame_count, uint32_t wanted) {
  std::vector<uint32_t> frames;
  const uint32_t count = std::max(1u, std::min(frame_count, wanted));
  for (uint32_t i = 0; i < count; ++i)
    frames.push_back(static_cast<uint32_t>(uint64_t{i} * frame_count / count));
  return frames;
}

// Frames to draw so that each of `frames` can be reached from the start.
uint64_t frames_drawn(const std::vector<uint32_t>& frames) {
  uint64_t drawn = 0;
  for (const uint32_t frame : frames) drawn += uint64_t{frame} + 1;
  return drawn;
}

}  // namespace

std::chrono::microseconds time_of(const Timeline& timeline, uint32_t index) {
  int64_t ms = 0;
  for (size_t i = 0; i < index && i < timeline.delays_ms.size(); ++i)
    ms += std::max(0, timeline.delays_ms[i]);
  return std::chrono::milliseconds(ms);
}

Selection select_frames(const Timeline& timeline, uint64_t canvas_pixels, const Limits& limits) {
  const uint64_t most = limits.pixels * kPicturesOfWork / std::max<uint64_t>(1, canvas_pixels);
  uint32_t reach = timeline.frame_count;
  Selection selection{spread(reach, limits.frames), {}};
  while (reach > 1 && frames_drawn(selection.frames) > most) {
    reach = reach / 4 * 3 + reach % 4 / 2;
    selection.frames = spread(reach, limits.frames);
  }
  if (reach < timeline.frame_count)
    selection.note = "long animation: frames were taken from its first " + std::to_string(reach) +
                     " of " + std::to_string(timeline.frame_count);
  return selection;
}

// Of a page that is held: its colours, what shows of it, and room beside them.
constexpr uint64_t kPageBytesPerPixel = 16;

PagesLeft::PagesLeft(uint32_t pages, uint64_t pixels_of_first, const Limits& limits)
    : pages_(pages),
      pixels_left_(std::min(limits.pixels, limits.memory_bytes / kPageBytesPerPixel)) {
  pixels_left_ -= std::min(pixels_left_, pixels_of_first);
}

bool PagesLeft::take(uint64_t pixels) {
  const bool fits = taken_ < kMostPages && pixels <= pixels_left_;
  pixels_left_ = fits ? pixels_left_ - pixels : 0;  // what stands behind one left out is left out
  taken_ += fits;
  return fits;
}

std::string PagesLeft::note() const {
  if (pages_ < 2) return {};
  std::string note = std::to_string(pages_) + " pages: ";
  note += taken_ < pages_ ? "the first " + std::to_string(taken_) + " are looked at"
                          : std::string("all are looked at");
  note += ", and those behind the first are known by hash alone";
  if (failed_.empty()) return note;
  note += "; damaged are";
  for (size_t i = 0; i < failed_.size(); ++i) note += (i ? ", " : " ") + std::to_string(failed_[i]);
  return note;
}

}  // namespace weir::media
