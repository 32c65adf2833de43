// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/frame_times.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace weir {

std::chrono::microseconds microseconds_of(double seconds) {
  return std::chrono::microseconds(std::llround(std::clamp(seconds, -1e9, 1e9) * 1e6));
}

namespace {

// Constants: the first is that of decision 0131; the second is a little more than the 2 s for which
// an item of half a frame a second holds each frame.
constexpr double kHeldFor = 0.1;     // seconds: nearer moments show one frame by chance of sampling
constexpr double kFrozenFrom = 2.1;  // seconds: what is held for longer is frozen

// Whether the second frame is the first one, at another moment.
bool is_held(const VideoTrack& track, size_t first, size_t second) {
  const TrackFrame &a = track.frames[first], &b = track.frames[second];
  const size_t bytes = size_t{track.thumb_width} * track.thumb_height;
  if (b.begins_shot || a.pdq != b.pdq || a.clean != b.clean || bytes == 0 ||
      track.thumbs.size() / bytes < track.frames.size())
    return false;
  return std::ranges::equal(track.thumb(first), track.thumb(second));
}

}  // namespace

FrameTimes::FrameTimes(const VideoTrack& track, bool backward, Held held) {
  places_.reserve(track.frames.size());
  for (size_t i = 0; i < track.frames.size(); ++i)
    places_.push_back({seconds_of(track.frames[i].time), seconds_of(track.frames[i].time), i,
                       track.frames[i].begins_shot});
  std::stable_sort(places_.begin(), places_.end(),
                   [](const Place& a, const Place& b) { return a.time < b.time; });
  std::vector<double> steps;
  for (size_t i = 1; i < places_.size(); ++i)
    if (places_[i].time > places_[i - 1].time)
      steps.push_back(places_[i].time - places_[i - 1].time);
  if (!steps.empty()) {
    const auto middle = steps.begin() + static_cast<ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    step_ = std::max(*middle, 1e-3);
  }
  duration_ = seconds_of(track.duration);
  if (!places_.empty()) duration_ = std::max(duration_, places_.back().time);
  size_t kept = 0;
  for (size_t first = 0, end = 0; first < places_.size(); first = end) {
    for (end = first + 1; held == Held::kOnce && end < places_.size() &&
                          places_[end].time - places_[end - 1].time >= kHeldFor &&
                          is_held(track, places_[first].frame, places_[end].frame);)
      ++end;
    const double last = places_[end - 1].time;
    const bool is_one = last - places_[first].time <= kFrozenFrom;
    for (size_t i = first; i < (is_one ? first + 1 : end); ++i) places_[kept++] = places_[i];
    if (is_one) places_[kept - 1].last_seen = last;
  }
  places_.resize(kept);
  if (!backward) return;
  std::reverse(places_.begin(), places_.end());
  bool began_shot = false;
  for (Place& place : places_) {
    std::swap(place.time, place.last_seen);
    place.time = duration_ - place.time;
    place.last_seen = duration_ - place.last_seen;
    began_shot = std::exchange(place.follows_cut, began_shot);
  }
}

size_t FrameTimes::first_at_or_after(double time) const {
  const auto found = std::lower_bound(places_.begin(), places_.end(), time,
                                      [](const Place& p, double t) { return p.time < t; });
  return static_cast<size_t>(found - places_.begin());
}

size_t FrameTimes::nearest(double time) const {
  const size_t after = first_at_or_after(time);
  if (after == 0) return 0;
  if (after == size()) return size() - 1;
  return time - places_[after - 1].last_seen <= places_[after].time - time ? after - 1 : after;
}

}  // namespace weir
