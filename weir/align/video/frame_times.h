// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <vector>

#include "weir/signal/video_track.h"

namespace weir {

inline double seconds_of(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) * 1e-6;
}
std::chrono::microseconds microseconds_of(double seconds);

// The moments of a track by rising time, whatever the order in which it holds them, and how its
// frames are found by time. A place is a number from 0 in this order. Backward, time runs from the
// end of the video to its start.
class FrameTimes {
 public:
  // kOnce makes one place of a frame that is held over several moments, as frames of an item with
  // few frames a second are; between them nothing is known of the video that it was made from.
  // What is held for more than two seconds is a frozen picture, and stays at each moment.
  enum class Held { kEach, kOnce };
  explicit FrameTimes(const VideoTrack& track, bool backward = false, Held held = Held::kEach);

  size_t size() const { return places_.size(); }
  double time(size_t place) const { return places_[place].time; }            // in seconds
  double last_seen(size_t place) const { return places_[place].last_seen; }  // mostly its time
  size_t frame(size_t place) const { return places_[place].frame; }
  bool follows_cut(size_t place) const { return places_[place].follows_cut; }  // from place - 1
  double step() const { return step_; }          // typical time between moments, above 0
  double duration() const { return duration_; }  // at least the time of the last

  size_t nearest(double time) const;            // precondition: size() > 0
  size_t first_at_or_after(double time) const;  // size() when there is none

 private:
  struct Place {
    double time;
    double last_seen;
    size_t frame;
    bool follows_cut;
  };
  std::vector<Place> places_;
  double step_ = 0.5;
  double duration_ = 0;
};

}  // namespace weir
