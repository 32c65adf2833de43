// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "weir/align/picture/made_pictures_for_test.h"
#include "weir/align/video/frame_times.h"
#include "weir/align/video/video_align.h"

// Tracks of videos that come from a formula, and hits as an index would give them, for the tests of
// this folder, which know nothing of how hashes and features are really found.
namespace weir::made {

// What is seen at a moment (seconds) and a place; pictures are 640 x 480.
using Film = std::function<double(double time, double x, double y)>;

// A scene with `discs` moving before it, differently for each `day`.
inline Film day_at(const Scene& scene, unsigned day, int discs = 3) {
  std::mt19937 random(day);
  std::vector<std::array<double, 6>> all;
  for (int i = 0; i < discs; ++i)
    all.push_back({uniform(random, 100, 540), uniform(random, 80, 400), uniform(random, 40, 160),
                   uniform(random, 0.3, 1.2), uniform(random, 30, 60), uniform(random, 0, 255)});
  return [&scene, all](double time, double x, double y) {
    for (const auto& d : all) {
      const double phase = d[3] * time + d[0];
      if (std::hypot(x - d[0] - d[2] * std::sin(phase), y - d[1] - d[2] * std::sin(1.7 * phase)) <
          d[4])
        return d[5];
    }
    return scene.at(x, y);
  };
}

inline VideoTrack track_of(const Film& film, double seconds, double every, double first = 0) {
  VideoTrack track;
  track.width = 640, track.height = 480;
  track.thumb_width = 64, track.thumb_height = 48;
  track.duration = microseconds_of(seconds);
  for (double time = first; time < seconds; time += every) {
    TrackFrame frame;
    frame.time = microseconds_of(time);
    std::mt19937_64 random(static_cast<uint64_t>(time));  // another picture every second
    for (uint64_t& word : frame.pdq.words) word = random();
    frame.quality = 100;
    track.frames.push_back(frame);
    for (uint32_t y = 0; y < track.thumb_height; ++y)
      for (uint32_t x = 0; x < track.thumb_width; ++x) {
        double sum = 0;
        for (const double down : {2.5, 7.5})
          for (const double right : {2.5, 7.5}) sum += film(time, 10 * x + right, 10 * y + down);
        track.thumbs.push_back(static_cast<uint8_t>(std::clamp(sum / 4, 0.0, 255.0)));
      }
  }
  return track;
}

// For every frame of the item between two moments a hit of the entry's frame nearest to `line`, off
// by up to `off` seconds.
inline std::vector<FrameHit> hits_on(const VideoTrack& item, double from, double to,
                                     const std::function<double(double)>& line, double off = 0.2,
                                     bool mirrored = false) {
  std::mt19937 random(5);
  std::vector<FrameHit> hits;
  for (const TrackFrame& frame : item.frames) {
    const double time = seconds_of(frame.time);
    if (time < from || time > to) continue;
    hits.push_back({frame.time, microseconds_of(line(time) + uniform(random, -off, off)), mirrored,
                    5.0, std::nullopt});
  }
  return hits;
}

}  // namespace weir::made
