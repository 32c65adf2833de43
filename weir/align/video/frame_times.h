// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <vector>

#include "weir/signal/video_track.h"

// Orders the moments of a track by time, so that frames are found by time. A frame that an item
// holds over several moments becomes one of them: between them nothing is known of the video that
// the item was made from, and the entry, which moved on meanwhile, would seem to disagree.
// Example: 10 s of an item with one frame a second are sampled twice a second. That makes ten
// places; the frame of the one at 3.0 s was last seen at 3.5 s.
// Counter-example: a picture that is held for 5 s is no low rate of frames but frozen, and stays at
// each moment. Entries keep all their moments, as their frames are asked for by time.

namespace weir {

// Times are kept in microseconds and calculated with in seconds.
inline double seconds_of(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) * 1e-6;
}
std::chrono::microseconds microseconds_of(double seconds);

// The moments of a track by rising time, whatever the order in which it holds them. A place is a
// number from 0 in this order. Backward, time runs from the end of the video to its start.
class FrameTimes {
 public:
  // kOnce makes one place of a frame that is held over several moments, for up to two seconds;
  // kEach keeps every moment.
  enum class Held { kEach, kOnce };
  explicit FrameTimes(const VideoTrack& track, bool backward = false, Held held = Held::kEach);

  size_t size() const { return places_.size(); }
  // Of a place: its time in seconds, the time until which its frame was seen if it is held, the
  // frame of the track, and whether a cut lies between it and the place before.
  double time(size_t place) const { return places_[place].time; }
  double last_seen(size_t place) const { return places_[place].last_seen; }
  size_t frame(size_t place) const { return places_[place].frame; }
  bool follows_cut(size_t place) const { return places_[place].follows_cut; }

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
