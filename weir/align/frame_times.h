// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <vector>

#include "weir/base/video.h"

namespace weir {

inline double seconds_of(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) * 1e-6;
}
std::chrono::microseconds microseconds_of(double seconds);

// The moments of a track by rising time, whatever the order in which it holds them, and how its
// frames are found by time. A place is a number from 0 in this order.
class FrameTimes {
 public:
  explicit FrameTimes(const VideoTrack& track);

  size_t size() const { return places_.size(); }
  double time(size_t place) const { return places_[place].time; }  // in seconds
  size_t frame(size_t place) const { return places_[place].frame; }
  double step() const { return step_; }          // typical time from one to the next, above 0
  double duration() const { return duration_; }  // at least the time of the last

  size_t nearest(double time) const;            // precondition: size() > 0
  size_t first_at_or_after(double time) const;  // size() when there is none

 private:
  struct Place {
    double time;
    size_t frame;
  };
  std::vector<Place> places_;
  double step_ = 0.5;
  double duration_ = 0;
};

}  // namespace weir
