// SPDX-License-Identifier: Apache-2.0
//
// From each side, lines are read inwards as long as they show one colour. That alone would also cut
// skies, studio backgrounds and vignettes, so the place where it ends must look like the edge of
// a picture: within a few lines, much of a line differs from the border at once. A sky drifts away
// slowly, and an object before a plain background begins with a few pixels.
#include "weir/hash/picture/content_box.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace weir {
namespace {

// All chosen so that JPEG at quality 30 and up, with bars of any colour, passes.
constexpr int kDriftLevels = 6;      // of a line's mean from the border's colour
constexpr int kNoiseLevels = 24;     // of a pixel; ringing beside the edge goes further
constexpr int kEdgeLevels = 12;      // of a pixel that clearly is no longer border
constexpr size_t kNoisePercent = 2;  // of a border line may lie beyond kNoiseLevels
constexpr size_t kEdgePercent = 30;  // of a line at the edge lie beyond kEdgeLevels
constexpr size_t kEdgeLines = 10;    // a block of JPEG and a little: where the edge must be found
constexpr size_t kMostPercent = 45;  // of the picture, from one side
constexpr size_t kLeastLeft = 16;    // pixels on a side of what is left
constexpr size_t kProbes = 512;      // pixels looked at in a line
constexpr size_t kSampleShare = 64;  // a border under 1/64 of a side hardly moves PDQ's samples
constexpr int kRounds = 3;           // a frame around bars around a frame

using Colour = std::array<int, 3>;

// The picture seen from one side: line 0 lies along that side, further lines lie inwards.
struct Side {
  const uint8_t* start;
  ptrdiff_t along;    // bytes from one probed pixel of a line to the next
  ptrdiff_t inwards;  // bytes from one line to the next
  size_t probes;      // in each line
  size_t lines;
  size_t channels;
};

Side side_of(const uint8_t* corner, ptrdiff_t along, size_t length, ptrdiff_t inwards, size_t lines,
             size_t channels) {
  const size_t step = std::max<size_t>(1, length / kProbes);
  return {corner,  along * static_cast<ptrdiff_t>(step), inwards, (length + step - 1) / step, lines,
          channels};
}

Colour mean_of(const Side& side, size_t line) {
  std::array<size_t, 3> sums{};
  const uint8_t* pixel = side.start + static_cast<ptrdiff_t>(line) * side.inwards;
  for (size_t i = 0; i < side.probes; ++i, pixel += side.along)
    for (size_t c = 0; c < side.channels; ++c) sums[c] += pixel[c];
  Colour mean{};
  for (size_t c = 0; c < side.channels; ++c) mean[c] = static_cast<int>(sums[c] / side.probes);
  return mean;
}

size_t pixels_beyond(const Side& side, size_t line, const Colour& colour, int levels) {
  size_t count = 0;
  const uint8_t* pixel = side.start + static_cast<ptrdiff_t>(line) * side.inwards;
  for (size_t i = 0; i < side.probes; ++i, pixel += side.along) {
    bool beyond = false;
    for (size_t c = 0; c < side.channels; ++c) beyond |= std::abs(pixel[c] - colour[c]) > levels;
    count += beyond;
  }
  return count;
}

bool is_border(const Side& side, size_t line, const Colour& colour) {
  if (pixels_beyond(side, line, colour, kNoiseLevels) * 100 > side.probes * kNoisePercent)
    return false;
  const Colour mean = mean_of(side, line);
  for (size_t c = 0; c < side.channels; ++c)
    if (std::abs(mean[c] - colour[c]) > kDriftLevels) return false;
  return true;
}

// How many lines of this side are border; 0 when that would be more than `most`.
size_t border_of(const Side& side, size_t least, size_t most) {
  const Colour colour = mean_of(side, 0);
  size_t lines = 0;
  while (lines < side.lines && lines <= most && is_border(side, lines, colour)) ++lines;
  if (lines < least || lines > most) return 0;

  // Against the last line of the border, not the first: then a steep gradient is no edge either.
  const Colour last = mean_of(side, lines - 1);
  const size_t end = std::min(side.lines, lines + kEdgeLines);
  for (size_t line = lines; line < end; ++line)
    if (pixels_beyond(side, line, last, kEdgeLevels) * 100 >= side.probes * kEdgePercent)
      return lines;
  return 0;
}

size_t least_border(size_t size) {
  return std::max<size_t>(2, size / kSampleShare);
}

// What is left of `box` after one look at its top and bottom, then at its left and right.
Rect trimmed(const PixelView& picture, Rect box) {
  const ptrdiff_t pixel = picture.channels;
  const ptrdiff_t row = static_cast<ptrdiff_t>(picture.stride);
  const auto at = [&](size_t x, size_t y) { return picture.row(y) + x * picture.channels; };
  const auto allowed = [](size_t size, size_t gone) {
    const size_t most = size * kMostPercent / 100;
    return most > gone ? most - gone : 0;
  };

  const size_t most_top = allowed(picture.height, box.y);
  const size_t most_bottom = allowed(picture.height, picture.height - box.y - box.height);
  const size_t least_rows = least_border(picture.height);
  const size_t n = picture.channels;
  const auto top = static_cast<uint32_t>(border_of(
      side_of(at(box.x, box.y), pixel, box.width, row, box.height, n), least_rows, most_top));
  const auto bottom = static_cast<uint32_t>(
      border_of(side_of(at(box.x, box.y + box.height - 1), pixel, box.width, -row, box.height, n),
                least_rows, most_bottom));
  box.y += top;
  box.height -= top + bottom;

  const size_t most_left = allowed(picture.width, box.x);
  const size_t most_right = allowed(picture.width, picture.width - box.x - box.width);
  const size_t least_columns = least_border(picture.width);
  const auto left = static_cast<uint32_t>(border_of(
      side_of(at(box.x, box.y), row, box.height, pixel, box.width, n), least_columns, most_left));
  const auto right = static_cast<uint32_t>(
      border_of(side_of(at(box.x + box.width - 1, box.y), row, box.height, -pixel, box.width, n),
                least_columns, most_right));
  box.x += left;
  box.width -= left + right;
  return box;
}

}  // namespace

std::optional<Rect> content_box(const PixelView& picture) {
  if (picture.width < kLeastLeft || picture.height < kLeastLeft) return std::nullopt;
  const Rect whole{0, 0, picture.width, picture.height};
  Rect box = whole;
  for (int round = 0; round < kRounds; ++round) {
    const Rect next = trimmed(picture, box);
    if (next == box) break;
    box = next;
    if (box.width < kLeastLeft || box.height < kLeastLeft) return std::nullopt;
  }
  if (box == whole) return std::nullopt;
  return box;
}

}  // namespace weir
