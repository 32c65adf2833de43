// SPDX-License-Identifier: Apache-2.0
//
// Tells from when to when a video shows the picture of one moment. The picture is laid over the
// next thumb where it fits best, a little moved or scaled against where it lay in the thumb before,
// and so on until half of it is gone. Half way through a fade between two pictures that have
// nothing in common, either correlates with the mixture to 0.7; half way through a wipe about half
// of the frame is left.
//
// Example: a slide comes with a cut at 10.0 s and fades into the next from 14.0 to 15.0 s. Its span
// goes from 10.0 s to about 14.5 s.
// Counter-example: a camera that pans by more than a third of the frame a second. So much of the
// picture is gone from thumb to thumb that its span is lost.
// Constants: the 0.7 is that of decision 0130; the others were chosen by hand on the tune side of
// the accuracy bench, and not fitted.
#include "weir/align/video/picture_span.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace weir {

namespace {

constexpr double kHalfGone = 0.7;      // correlation below which half of the picture is gone
constexpr double kLeastOverlap = 0.5;  // share of the frame that must still show the picture
constexpr uint32_t kSide = 32;         // pixels, to which thumbs are shrunk
constexpr Distance kNothingLeft{112};  // from one moment to the next: none of the picture is left
constexpr int kAround = 3;             // samples on each side, whose mean is taken off
constexpr double kContrast = 1;        // levels; a flatter frame shows no picture
constexpr double kMostOff = 60;        // seconds that a picture is followed

// A thumb, small enough to be laid over another a hundred times.
struct Small {
  uint32_t width = 0, height = 0;
  std::vector<float> samples;  // not a number where something is laid over
};

// By how much each sample differs from those around it. In many pictures the sky is bright and the
// ground dark, but their details have nothing in common.
Small detailed(const Small& plain) {
  Small out = plain;
  const auto at = [&](int x, int y) {
    return plain
        .samples[static_cast<size_t>(std::clamp(y, 0, int(plain.height) - 1)) * plain.width +
                 static_cast<size_t>(std::clamp(x, 0, int(plain.width) - 1))];
  };
  for (int y = 0; y < int(plain.height); ++y)
    for (int x = 0; x < int(plain.width); ++x) {
      float sum = 0, count = 0;
      for (int v = -kAround; v <= kAround; ++v)
        for (int u = -kAround; u <= kAround; ++u) {
          const float one = at(x + u, y + v);
          if (!std::isnan(one)) sum += one, count += 1;
        }
      out.samples[static_cast<size_t>(y) * plain.width + static_cast<size_t>(x)] -=
          sum / std::max(1.0F, count);
    }
  return out;
}

Small shrunk(const VideoTrack& track, std::span<const uint8_t> laid_over, size_t frame) {
  const auto thumb = track.thumb(frame);
  const uint32_t by = std::max(1u, std::max(track.thumb_width, track.thumb_height) / kSide);
  Small out{track.thumb_width / by, track.thumb_height / by, {}};
  for (uint32_t y = 0; y < out.height; ++y)
    for (uint32_t x = 0; x < out.width; ++x) {
      float sum = 0;
      bool is_shown = true;
      for (uint32_t v = 0; v < by; ++v)
        for (uint32_t u = 0; u < by; ++u) {
          const size_t at = size_t{y * by + v} * track.thumb_width + x * by + u;
          sum += thumb[at];
          is_shown &= at >= laid_over.size() || laid_over[at] == 0;
        }
      out.samples.push_back(is_shown ? sum / static_cast<float>(by * by) : std::nanf(""));
    }
  return detailed(out);
}

// Where the picture lies: a point at (x, y) from the middle of the frame shows what was at
// (scale * x + right, scale * y + down) in the picture.
struct Lie {
  double scale = 1, right = 0, down = 0;
};

// The correlation of a frame with the picture where it lies; -1 where too little of it is left.
double fit(const Small& picture, const Small& frame, const Lie& lie) {
  const double middle_x = (picture.width - 1) / 2.0, middle_y = (picture.height - 1) / 2.0;
  double shown = 0, n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;
  for (const float sample : frame.samples) shown += !std::isnan(sample);
  for (uint32_t y = 0; y < frame.height; ++y) {
    const double v = lie.scale * (y - middle_y) + lie.down + middle_y;
    if (v < 0 || v > picture.height - 1) continue;
    const auto top = std::min(static_cast<uint32_t>(v), picture.height - 2);
    const auto low = static_cast<float>(v - top);
    for (uint32_t x = 0; x < frame.width; ++x) {
      const double u = lie.scale * (x - middle_x) + lie.right + middle_x;
      if (u < 0 || u > picture.width - 1) continue;
      const auto left = std::min(static_cast<uint32_t>(u), picture.width - 2);
      const auto across = static_cast<float>(u - left);
      const float* at = &picture.samples[size_t{top} * picture.width + left];
      const float upper = at[0] + across * (at[1] - at[0]);
      const float lower = at[picture.width] + across * (at[picture.width + 1] - at[picture.width]);
      const double p = upper + low * (lower - upper);
      const double q = frame.samples[size_t{y} * frame.width + x];
      if (std::isnan(p * q)) continue;
      n += 1, a += p, b += q, aa += p * p, bb += q * q, ab += p * q;
    }
  }
  if (n < 1 || n < kLeastOverlap * shown) return -1;
  const double va = aa / n - a / n * a / n, vb = bb / n - b / n * b / n;
  if (va < kContrast * kContrast || vb < kContrast * kContrast) return 0;
  return (ab / n - a / n * b / n) / std::sqrt(va * vb);
}

// Moves the lie to the best one near it, by small steps in one direction after the other. Returns
// the correlation there.
double best_fit(const Small& picture, const Small& frame, Lie& lie) {
  double best = fit(picture, frame, lie);
  for (const double step : {2.0, 1.0, 0.5, 0.25}) {
    bool moved = true;
    for (int round = 0; moved && round < 6; ++round) {
      moved = false;
      for (const auto& [scale, right, down] :
           {Lie{0, step, 0}, Lie{0, -step, 0}, Lie{0, 0, step}, Lie{0, 0, -step},
            Lie{step / 40, 0, 0}, Lie{-step / 40, 0, 0}}) {
        const Lie other{lie.scale + scale, lie.right + right, lie.down + down};
        const double one = fit(picture, frame, other);
        if (one <= best + 1e-4) continue;
        best = one, lie = other, moved = true;
      }
    }
  }
  return best;
}

}  // namespace

PictureSpan picture_span(const VideoTrack& track, std::span<const uint8_t> laid_over,
                         const FrameTimes& times, size_t place) {
  const Small picture = shrunk(track, laid_over, times.frame(place));
  PictureSpan span;
  span.first = span.last = place;
  std::vector<double> fits;
  const auto walk = [&](bool forward) {
    Lie lie, before;
    double last = 1;
    size_t at = place;
    while (forward ? at + 1 < times.size() : at > 0) {
      const size_t next = forward ? at + 1 : at - 1;
      if (std::abs(times.time(next) - times.time(place)) > kMostOff) break;
      const bool is_cut = times.follows_cut(forward ? next : at);
      const Small frame = shrunk(track, laid_over, times.frame(next));
      // Either the picture moves on as it moved before, or it stands where it lay.
      Lie moved{2 * lie.scale - before.scale, 2 * lie.right - before.right,
                2 * lie.down - before.down};
      Lie stayed = lie;
      const double on = best_fit(picture, frame, moved);
      const double still = on > 0.98 ? -1 : best_fit(picture, frame, stayed);
      const Distance apart =
          distance(track.frames[times.frame(at)].pdq, track.frames[times.frame(next)].pdq);
      const double one = apart >= kNothingLeft ? 0 : std::max(on, still);
      if (one < kHalfGone) {
        const double near = forward ? times.last_seen(at) : times.time(at);
        const double far = forward ? times.time(next) : times.last_seen(next);
        // Once a fade has begun, the end lies where half is gone; a cut lies between two moments.
        const double share = is_cut || last > 0.95 || last <= one
                                 ? 0.5
                                 : std::clamp((last - kHalfGone) / (last - one), 0.0, 1.0);
        return near + share * (far - near);
      }
      before = lie, lie = on >= still ? moved : stayed;
      last = one, at = next;
      fits.push_back(one);
      const double way =
          std::max(std::abs(lie.right) / picture.width, std::abs(lie.down) / picture.height);
      span.moved = std::max({span.moved, way, std::abs(lie.scale - 1) / 2});
      (forward ? span.last : span.first) = at;
    }
    if (!forward && at == 0) return 0.0;
    if (forward) return at + 1 == times.size() ? times.duration() : times.last_seen(at);
    return times.time(at);
  };
  span.from = walk(false);
  span.to = walk(true);
  if (!fits.empty()) {
    const auto low = fits.begin() + static_cast<ptrdiff_t>(fits.size() / 4);
    std::nth_element(fits.begin(), low, fits.end());
    span.steadiness = *low;
  }
  return span;
}

const PictureSpan& PictureSpans::around(const VideoTrack& track, const FrameTimes& times,
                                        size_t place) {
  const auto known = std::find_if(found_.begin(), found_.end(), [&](const PictureSpan& one) {
    return one.first <= place && place <= one.last;
  });
  if (known != found_.end()) return *known;
  found_.push_back(picture_span(track, laid_over_, times, place));
  return found_.back();
}

}  // namespace weir
