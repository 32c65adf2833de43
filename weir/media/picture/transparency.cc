// SPDX-License-Identifier: Apache-2.0
//
// What shows is summed up in a grid of at most 256 cells to a side. Cells in which nothing shows
// get the harmonic function of the others: of all ways to go on, that with the least energy of
// gradients, which is the likeliest when a picture's spectrum falls with the square of frequency.
// It is found from coarse to fine, and laid between the cells' middles by linear interpolation.
#include "weir/media/picture/transparency.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace weir::media {
namespace {

constexpr uint32_t kGridSide = 256;
constexpr int kSweeps = 4;  // over each level, forth and back; more change no bit of a hash

// A drawing: of its cells, less than kLeastSolid have no other cell within kStroke cells; or all
// have one tone. A cell is of it where one of its kCellShare parts shows.
constexpr int kStroke = 3;
constexpr double kLeastSolid = 0.25;
constexpr double kLeastDeviation = 8;  // levels
constexpr uint32_t kCellShare = 4;
constexpr double kBeneathDeviation = 8;  // levels: less is one colour, with noise

// Cells of up to three channels; `known` are given, others wanted.
struct Grid {
  Grid(uint32_t width_in, uint32_t height_in, uint32_t channels_in)
      : width(width_in),
        height(height_in),
        channels(channels_in),
        values(size_t{width} * height * channels),
        known(size_t{width} * height) {}
  size_t at(uint32_t x, uint32_t y) const { return size_t{y} * width + x; }

  uint32_t width, height, channels;
  std::vector<float> values;
  std::vector<uint8_t> known;
};

// How much shows in each cell, and what.
struct Summary {
  explicit Summary(const Pixels& shown, const Pixels& pixels)
      : grid(cells(pixels.width, pixels), cells(pixels.height, pixels), pixels.channels),
        counts(grid.known.size()),
        sums(grid.values.size()) {
    std::vector<uint32_t> columns;
    for (uint32_t x = 0; x < pixels.width; ++x)
      columns.push_back(cell(x, pixels.width, grid.width));
    const uint32_t n = grid.channels;
    const uint8_t* shows = shown.samples.data();
    const uint8_t* sample = pixels.samples.data();
    for (uint32_t y = 0; y < pixels.height; ++y) {
      const size_t row = size_t{cell(y, pixels.height, grid.height)} * grid.width;
      for (uint32_t x = 0; x < pixels.width; ++x, ++shows, sample += n) {
        if (!*shows) continue;
        const size_t k = row + columns[x];
        ++counts[k];
        for (uint32_t c = 0; c < n; ++c) sums[k * n + c] += sample[c];
      }
    }
    for (size_t k = 0; k < counts.size(); ++k) {
      grid.known[k] = counts[k] > 0;
      for (uint32_t c = 0; c < grid.channels && counts[k] > 0; ++c)
        grid.values[k * grid.channels + c] =
            static_cast<float>(sums[k * grid.channels + c]) / static_cast<float>(counts[k]);
    }
    full = std::max<uint32_t>(
        1, static_cast<uint32_t>(uint64_t{pixels.width} * pixels.height / counts.size()));
  }
  static uint32_t cells(uint32_t side, const Pixels& pixels) {
    const uint32_t longer = std::max(pixels.width, pixels.height);
    if (longer <= kGridSide) return side;
    return std::max<uint32_t>(1, static_cast<uint32_t>(uint64_t{side} * kGridSide / longer));
  }
  static uint32_t cell(uint32_t at, uint32_t pixels, uint32_t cells) {
    return static_cast<uint32_t>(uint64_t{at} * cells / pixels);
  }

  Grid grid;
  std::vector<uint32_t> counts;
  std::vector<uint64_t> sums;
  uint32_t full;  // pixels of a whole cell
};

// Along one axis: the cells around which all are solid.
std::vector<uint8_t> eroded(const std::vector<uint8_t>& solid, uint32_t width, uint32_t height,
                            bool across) {
  std::vector<uint8_t> out(solid.size());
  for (int y = 0; y < static_cast<int>(height); ++y)
    for (int x = 0; x < static_cast<int>(width); ++x) {
      bool all = true;
      for (int d = -kStroke; d <= kStroke; ++d) {
        const int i = across ? x + d : x, j = across ? y : y + d;
        if (i < 0 || j < 0 || i >= static_cast<int>(width) || j >= static_cast<int>(height))
          continue;  // a picture may go on beyond its sides
        all &= solid[static_cast<size_t>(j) * width + static_cast<size_t>(i)] != 0;
      }
      out[static_cast<size_t>(y) * width + static_cast<size_t>(x)] = all;
    }
  return out;
}

double luma_of(const float* value, uint32_t channels) {
  if (channels == 1) return value[0];
  return 0.299 * value[0] + 0.587 * value[1] + 0.114 * value[2];
}

struct Tone {
  double mean = 0;
  double deviation = 0;
};

Tone tone_of(const Summary& summary) {
  double weight = 0, sum = 0, squares = 0;
  for (size_t k = 0; k < summary.counts.size(); ++k) {
    const double luma =
        luma_of(&summary.grid.values[k * summary.grid.channels], summary.grid.channels);
    weight += summary.counts[k];
    sum += summary.counts[k] * luma;
    squares += summary.counts[k] * luma * luma;
  }
  const double mean = sum / std::max(weight, 1.0);
  return {mean, std::sqrt(std::max(0.0, squares / std::max(weight, 1.0) - mean * mean))};
}

bool is_drawing(const Summary& summary, const Tone& tone) {
  if (tone.deviation < kLeastDeviation) return true;
  std::vector<uint8_t> solid(summary.counts.size());
  for (size_t k = 0; k < solid.size(); ++k)
    solid[k] = summary.counts[k] * kCellShare >= summary.full;
  const auto all = std::count(solid.begin(), solid.end(), 1);
  const Grid& grid = summary.grid;
  solid = eroded(eroded(solid, grid.width, grid.height, true), grid.width, grid.height, false);
  const auto inner = std::count(solid.begin(), solid.end(), 1);
  return static_cast<double>(inner) < kLeastSolid * static_cast<double>(all);
}

// Half the sides: each cell the mean of those below it that are known.
Grid coarser(const Grid& fine) {
  Grid coarse((fine.width + 1) / 2, (fine.height + 1) / 2, fine.channels);
  std::vector<uint8_t> counts(coarse.known.size());
  for (uint32_t y = 0; y < fine.height; ++y)
    for (uint32_t x = 0; x < fine.width; ++x) {
      if (!fine.known[fine.at(x, y)]) continue;
      const size_t to = coarse.at(x / 2, y / 2);
      ++counts[to];
      for (uint32_t c = 0; c < fine.channels; ++c)
        coarse.values[to * fine.channels + c] += fine.values[fine.at(x, y) * fine.channels + c];
    }
  for (size_t k = 0; k < counts.size(); ++k) {
    coarse.known[k] = counts[k] > 0;
    for (uint32_t c = 0; c < fine.channels && counts[k] > 0; ++c)
      coarse.values[k * fine.channels + c] /= counts[k];
  }
  return coarse;
}

// Each cell that is not known becomes the mean of its neighbours, in place.
void relax(Grid& grid, uint32_t x, uint32_t y) {
  if (grid.known[grid.at(x, y)]) return;
  const size_t n = grid.channels;
  const size_t left = grid.at(x > 0 ? x - 1 : x, y);
  const size_t right = grid.at(std::min(x + 1, grid.width - 1), y);
  const size_t up = grid.at(x, y > 0 ? y - 1 : y);
  const size_t down = grid.at(x, std::min(y + 1, grid.height - 1));
  float* to = &grid.values[grid.at(x, y) * n];
  for (size_t c = 0; c < n; ++c)
    to[c] = (grid.values[left * n + c] + grid.values[right * n + c] + grid.values[up * n + c] +
             grid.values[down * n + c]) *
            0.25f;
}

// Precondition: some cell is known.
void fill(Grid& grid) {
  if (std::ranges::all_of(grid.known, [](uint8_t known) { return known != 0; })) return;
  Grid coarse = coarser(grid);
  fill(coarse);
  for (uint32_t y = 0; y < grid.height; ++y)
    for (uint32_t x = 0; x < grid.width; ++x)
      if (!grid.known[grid.at(x, y)])
        std::copy_n(&coarse.values[coarse.at(x / 2, y / 2) * grid.channels], grid.channels,
                    &grid.values[grid.at(x, y) * grid.channels]);
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (uint32_t y = 0; y < grid.height; ++y)
      for (uint32_t x = 0; x < grid.width; ++x) relax(grid, x, y);
    for (uint32_t y = grid.height; y-- > 0;)
      for (uint32_t x = grid.width; x-- > 0;) relax(grid, x, y);
  }
}

// Where the middle of a pixel lies between the middles of cells.
struct Between {
  Between(uint32_t at, uint32_t pixels, uint32_t cells) {
    const float place = std::clamp(
        (static_cast<float>(at) + 0.5f) * static_cast<float>(cells) / static_cast<float>(pixels) -
            0.5f,
        0.0f, static_cast<float>(cells - 1));
    first = static_cast<uint32_t>(place);
    second = std::min(first + 1, cells - 1);
    share = place - static_cast<float>(first);
  }
  uint32_t first, second;
  float share;  // of the second
};

void write_filled(const Grid& grid, const Pixels& shown, Pixels& pixels) {
  const size_t n = grid.channels;
  std::vector<Between> columns;
  for (uint32_t x = 0; x < pixels.width; ++x) columns.emplace_back(x, pixels.width, grid.width);
  std::vector<float> line(grid.width * n);
  for (uint32_t y = 0; y < pixels.height; ++y) {
    const Between rows(y, pixels.height, grid.height);
    const float* upper = &grid.values[grid.at(0, rows.first) * n];
    const float* lower = &grid.values[grid.at(0, rows.second) * n];
    for (size_t i = 0; i < line.size(); ++i)
      line[i] = upper[i] + (lower[i] - upper[i]) * rows.share;
    const uint8_t* shows = shown.samples.data() + size_t{y} * pixels.width;
    uint8_t* out = pixels.samples.data() + size_t{y} * pixels.width * n;
    for (uint32_t x = 0; x < pixels.width; ++x) {
      if (shows[x]) continue;
      const Between& at = columns[x];
      for (size_t c = 0; c < n; ++c) {
        const float from = line[at.first * n + c], to = line[at.second * n + c];
        out[x * n + c] = static_cast<uint8_t>(from + (to - from) * at.share + 0.5f);
      }
    }
  }
}

void lay_on(uint32_t ground, uint32_t most, const Pixels& alpha, Pixels& pixels) {
  uint8_t* sample = pixels.samples.data();
  for (const uint8_t a : alpha.samples)
    for (uint32_t c = 0; c < pixels.channels; ++c, ++sample)
      *sample =
          static_cast<uint8_t>((*sample * uint32_t{a} + ground * (most - a) + most / 2) / most);
}

// Whether what does not show is a picture of its own, and not one colour.
bool has_beneath(const Pixels& shown, const Pixels& pixels) {
  uint64_t count = 0, squares = 0;
  std::array<uint64_t, 3> sums{};
  for (size_t i = 0; i < shown.samples.size(); ++i) {
    if (shown.samples[i]) continue;
    ++count;
    for (uint32_t c = 0; c < pixels.channels; ++c) {
      const uint64_t value = pixels.samples[i * pixels.channels + c];
      sums[c] += value;
      squares += value * value;
    }
  }
  double deviation = static_cast<double>(squares);
  for (const uint64_t sum : sums)
    deviation -= static_cast<double>(sum) * static_cast<double>(sum) / static_cast<double>(count);
  return deviation >= kBeneathDeviation * kBeneathDeviation * static_cast<double>(count);
}

}  // namespace

Frame frame_of(Layers layers, Orientation orientation, std::chrono::microseconds time,
               bool keep_beneath) {
  Frame frame{upright(std::move(layers.colours), orientation), time};
  if (layers.alpha.samples.empty()) return frame;
  Pixels alpha = upright(std::move(layers.alpha), orientation);
  const auto [least, most] = std::ranges::minmax(alpha.samples);
  const auto shows = [most = most](uint8_t a) { return 2 * a >= most; };
  if (shows(least)) return frame;

  frame.shown = {std::vector<uint8_t>(alpha.samples.size()), alpha.width, alpha.height};
  std::ranges::transform(alpha.samples, frame.shown.samples.begin(),
                         [&](uint8_t a) { return static_cast<uint8_t>(shows(a) ? 255 : 0); });
  if (keep_beneath && has_beneath(frame.shown, frame.pixels)) frame.beneath = frame.pixels;
  Summary summary(frame.shown, frame.pixels);
  const Tone tone = tone_of(summary);
  if (is_drawing(summary, tone)) {
    lay_on(tone.mean < 128 ? 255 : 0, most, alpha, frame.pixels);
    frame.shown = {};
  } else {
    fill(summary.grid);
    write_filled(summary.grid, frame.shown, frame.pixels);
  }
  return frame;
}

void lay_on_grey(Frame& frame) {
  const uint32_t channels = frame.pixels.channels;
  for (size_t i = 0; i < frame.shown.samples.size(); ++i)
    if (!frame.shown.samples[i])
      std::fill_n(frame.pixels.samples.begin() + static_cast<ptrdiff_t>(i * channels), channels,
                  kBackground);
}

}  // namespace weir::media
