// SPDX-License-Identifier: Apache-2.0
//
// Frames that show different things are compared sample by sample: what hardly differs over all of
// them was put there. That needs frames that differ enough: a fixed camera sees nothing change and
// gets nothing blanked.
#include "weir/hash/video/video_clean.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "weir/hash/picture/content_box.h"

namespace weir {
namespace {

// Blurred bands. Chosen on made clips with blurs of 10 pixels of 640 and more, coded at 0.5 Mbit/s.
constexpr double kBlurredShare = 0.3;    // of the picture's sharpness, at most, in a band
constexpr double kLeastSharpness = 1.0;  // of the picture, in levels
constexpr double kLeastBand = 0.06;      // of the side, each
constexpr double kMostBand = 0.42;
constexpr int kStepLevels = 8;        // across the edge of what was laid over
constexpr double kStepShare = 0.4;    // of the edge
constexpr double kMostUneven = 0.02;  // the bands differ in width by no more of the side

// Frames that show different things.
constexpr int kOtherBits = 70;
constexpr size_t kLeastOthers = 6;
constexpr size_t kMostOthers = 256;

constexpr float kStill = 3.0f;       // standard deviation in levels; codecs make up to 2 of noise
constexpr float kMoving = 18.0f;     // of the samples that move, at the median
constexpr double kMostStill = 0.75;  // of the frame
constexpr double kLeastStill = 0.02;
constexpr double kStillLine = 0.95;  // of a line at the border, for it to be cut off

constexpr int kFillRounds = 40;

// Mean size of the second difference along a line, for each of the lines; `along` and `across` are
// steps in bytes.
std::vector<double> sharpness(const uint8_t* first, size_t lines, ptrdiff_t across, size_t length,
                              ptrdiff_t along) {
  std::vector<double> sharp(lines);
  for (size_t line = 0; line < lines; ++line) {
    const uint8_t* at = first + static_cast<ptrdiff_t>(line) * across;
    uint64_t sum = 0;
    for (size_t i = 1; i + 1 < length; ++i) {
      at += along;
      sum += static_cast<uint64_t>(std::abs(at[-along] - 2 * at[0] + at[along]));
    }
    sharp[line] = static_cast<double>(sum) / static_cast<double>(std::max<size_t>(1, length - 2));
  }
  return sharp;
}

double mean(const std::vector<double>& values, size_t from, size_t to) {
  double sum = 0;
  for (size_t i = from; i < to; ++i) sum += values[i];
  return to > from ? sum / static_cast<double>(to - from) : 0;
}

struct Band {
  size_t first = 0;  // lines of the picture
  size_t end = 0;
};

// The lines between two blurred bands of nearly the same width. The edge of a band is where a line
// is as sharp as the picture for the first time, counted from outside.
std::optional<Band> between_bands(const std::vector<double>& sharp) {
  const size_t lines = sharp.size();
  const auto at_share = [&](double share) {
    return static_cast<size_t>(share * static_cast<double>(lines));
  };
  const double centre = mean(sharp, at_share(0.45), at_share(0.55));
  if (centre < kLeastSharpness) return std::nullopt;
  const double blurred = centre * kBlurredShare;
  size_t first = 0, end = lines;
  while (first < lines && sharp[first] < blurred) ++first;
  while (end > first && sharp[end - 1] < blurred) --end;
  const size_t left = first, right = lines - end;
  if (std::min(left, right) < at_share(kLeastBand) || std::max(left, right) > at_share(kMostBand))
    return std::nullopt;
  const size_t uneven = std::max(left, right) - std::min(left, right);
  if (uneven > at_share(kMostUneven) + 1) return std::nullopt;
  // A step, not a slope such as that of a lens.
  const size_t reach = std::max<size_t>(2, lines / 50);
  if (mean(sharp, first, first + reach) < 2 * blurred ||
      mean(sharp, end - reach, end) < 2 * blurred)
    return std::nullopt;
  return Band{first, end};
}

// Whether a picture was laid over another along line `at`: much of the line differs from what lies
// just outside, which no picture does along a straight line from side to side.
bool is_laid_over(const uint8_t* first, size_t at, ptrdiff_t across, size_t length,
                  ptrdiff_t along) {
  size_t steps = 0;
  for (size_t i = 0; i < length; ++i) {
    const uint8_t* inside =
        first + static_cast<ptrdiff_t>(at + 1) * across + static_cast<ptrdiff_t>(i) * along;
    steps += std::abs(inside[0] - inside[-3 * across]) > kStepLevels;
  }
  return static_cast<double>(steps) >= kStepShare * static_cast<double>(length);
}

std::optional<Band> laid_over(const uint8_t* first, size_t lines, ptrdiff_t across, size_t length,
                              ptrdiff_t along) {
  const auto band = between_bands(sharpness(first, lines, across, length, along));
  if (!band || band->first < 2 || band->end + 2 > lines) return std::nullopt;
  if (!is_laid_over(first, band->first, across, length, along)) return std::nullopt;
  // The other edge, seen from its own side.
  const uint8_t* last = first + static_cast<ptrdiff_t>(lines - 1) * across;
  if (!is_laid_over(last, lines - band->end, -across, length, along)) return std::nullopt;
  return band;
}

std::optional<Rect> between_blurred(const PixelView& grey) {
  const auto row = static_cast<ptrdiff_t>(grey.stride);
  if (const auto band = laid_over(grey.samples, grey.width, 1, grey.height, row))
    return Rect{static_cast<uint32_t>(band->first), 0,
                static_cast<uint32_t>(band->end - band->first), grey.height};
  if (const auto band = laid_over(grey.samples, grey.height, row, grey.width, 1))
    return Rect{0, static_cast<uint32_t>(band->first), grey.width,
                static_cast<uint32_t>(band->end - band->first)};
  return std::nullopt;
}

// Frames that show other things than the one taken before, spread over the track.
std::vector<size_t> different_frames(const VideoTrack& track) {
  std::vector<size_t> chosen;
  for (size_t i = 0; i < track.frames.size(); ++i)
    if (chosen.empty() ||
        distance(track.frames[i].pdq, track.frames[chosen.back()].pdq).bits >= kOtherBits)
      chosen.push_back(i);
  if (chosen.size() <= kMostOthers) return chosen;
  std::vector<size_t> spread;
  for (size_t i = 0; i < kMostOthers; ++i)
    spread.push_back(chosen[i * chosen.size() / kMostOthers]);
  return spread;
}

// What of the frame never changes, sample by sample; nothing when too little can be told.
std::vector<bool> still_samples(const VideoTrack& track) {
  const std::vector<size_t> frames = different_frames(track);
  const size_t samples = track.thumb(0).size();
  if (frames.size() < kLeastOthers) return {};
  std::vector<float> deviation(samples);
  std::vector<double> sums(samples), squares(samples);
  for (const size_t frame : frames) {
    const auto thumb = track.thumb(frame);
    for (size_t i = 0; i < samples; ++i) {
      sums[i] += thumb[i];
      squares[i] += double{1} * thumb[i] * thumb[i];
    }
  }
  const auto count = static_cast<double>(frames.size());
  std::vector<float> moving;
  std::vector<bool> still(samples);
  for (size_t i = 0; i < samples; ++i) {
    const double mean = sums[i] / count;
    deviation[i] = static_cast<float>(std::sqrt(std::max(0.0, squares[i] / count - mean * mean)));
    still[i] = deviation[i] < kStill;
    if (!still[i]) moving.push_back(deviation[i]);
  }
  const auto share = static_cast<double>(samples - moving.size()) / static_cast<double>(samples);
  if (share < kLeastStill || share > kMostStill) return {};
  std::ranges::nth_element(moving, moving.begin() + static_cast<ptrdiff_t>(moving.size() / 2));
  return moving[moving.size() / 2] >= kMoving ? still : std::vector<bool>();
}

// What is left when still lines at the border are cut off.
ShownPart moving_part(const std::vector<bool>& still, uint32_t width, uint32_t height) {
  const auto row = [&](uint32_t y) {
    size_t count = 0;
    for (uint32_t x = 0; x < width; ++x) count += still[size_t{y} * width + x];
    return static_cast<double>(count) >= kStillLine * width;
  };
  const auto column = [&](uint32_t x) {
    size_t count = 0;
    for (uint32_t y = 0; y < height; ++y) count += still[size_t{y} * width + x];
    return static_cast<double>(count) >= kStillLine * height;
  };
  uint32_t top = 0, bottom = height, left = 0, right = width;
  while (top < bottom && row(top)) ++top;
  while (bottom > top && row(bottom - 1)) --bottom;
  while (left < right && column(left)) ++left;
  while (right > left && column(right - 1)) --right;
  const auto share = [](uint32_t at, uint32_t side) {
    return static_cast<float>(at) / static_cast<float>(side);
  };
  return {share(left, width), share(top, height), share(right, width), share(bottom, height)};
}

ShownPart both(const ShownPart& a, const ShownPart& b) {
  const ShownPart part{std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
                       std::min(a.bottom, b.bottom)};
  return part.right - part.left > 0.1f && part.bottom - part.top > 0.1f ? part : b;
}

// Fills in the samples of `still` as a rubber sheet would lie that is fixed around them.
class Filler {
 public:
  Filler(const std::vector<bool>& still, const ShownPart& part, uint32_t width, uint32_t height)
      : width_(width), height_(height) {
    // Only what lies within the part, and one sample around, where its edge is mixed in.
    std::vector<bool> wide(still.size());
    const auto is_still = [&](int x, int y) {
      return x >= 0 && y >= 0 && x < static_cast<int>(width) && y < static_cast<int>(height) &&
             inside(x, y, part) && still[static_cast<size_t>(y) * width + static_cast<size_t>(x)];
    };
    for (int y = 0; y < static_cast<int>(height); ++y)
      for (int x = 0; x < static_cast<int>(width); ++x)
        if (inside(x, y, part) && (is_still(x, y) || is_still(x - 1, y) || is_still(x + 1, y) ||
                                   is_still(x, y - 1) || is_still(x, y + 1)))
          filled_.push_back({static_cast<uint32_t>(x), static_cast<uint32_t>(y)});
  }
  size_t count() const { return filled_.size(); }

  void fill(std::vector<float>& samples) const {
    for (int round = 0; round < kFillRounds; ++round)
      for (const Place& place : filled_) {
        float sum = 0, count = 0;
        const auto add = [&](uint32_t x, uint32_t y) {
          sum += samples[size_t{y} * width_ + x];
          ++count;
        };
        if (place.x > 0) add(place.x - 1, place.y);
        if (place.x + 1 < width_) add(place.x + 1, place.y);
        if (place.y > 0) add(place.x, place.y - 1);
        if (place.y + 1 < height_) add(place.x, place.y + 1);
        samples[size_t{place.y} * width_ + place.x] = sum / count;
      }
  }

 private:
  struct Place {
    uint32_t x;
    uint32_t y;
  };
  bool inside(int x, int y, const ShownPart& part) const {
    const float centre_x = (static_cast<float>(x) + 0.5f) / static_cast<float>(width_);
    const float centre_y = (static_cast<float>(y) + 0.5f) / static_cast<float>(height_);
    return centre_x > part.left && centre_x < part.right && centre_y > part.top &&
           centre_y < part.bottom;
  }

  uint32_t width_;
  uint32_t height_;
  std::vector<Place> filled_;
};

}  // namespace

std::optional<Rect> shown_box(const PixelView& grey) {
  if (const auto box = content_box(grey)) return box;
  return between_blurred(grey);
}

void blank_what_stays(VideoTrack& track, std::span<const ShownPart> parts) {
  if (track.frames.empty() || track.thumb_width < 8 || track.thumb_height < 8) return;
  const std::vector<bool> still = still_samples(track);
  if (still.empty()) return;
  const ShownPart moving = moving_part(still, track.thumb_width, track.thumb_height);
  const Filler filler(still, moving, track.thumb_width, track.thumb_height);
  const auto samples = static_cast<double>(still.size());
  if (moving == ShownPart() && static_cast<double>(filler.count()) < 2 * kLeastStill * samples)
    return;
  std::vector<float> filled(still.size());
  for (size_t i = 0; i < track.frames.size(); ++i) {
    const auto thumb = track.thumb(i);
    std::copy(thumb.begin(), thumb.end(), filled.begin());
    filler.fill(filled);
    const PdqDihedral hash =
        thumb_hash(filled, track.thumb_width, track.thumb_height, both(parts[i], moving));
    TrackFrame& frame = track.frames[i];
    frame.clean = hash.dihedral[static_cast<size_t>(Dihedral::kOriginal)];
    frame.clean_mirrored = hash.dihedral[static_cast<size_t>(Dihedral::kFlipY)];
    frame.clean_quality = static_cast<uint8_t>(hash.quality);
  }
}

}  // namespace weir
