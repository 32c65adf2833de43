// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "weir/hash/features/local_features.h"
#include "weir/hash/picture/pdq.h"
#include "weir/match/pictures/made_pictures_for_test.h"
#include "weir/match/videos/video_match.h"
#include "weir/signal/video_track.h"

// Moving pictures that come from a seed, edits of them, their tracks, and an archive of them.
namespace weir::made {

inline double seconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) * 1e-6;
}

// What is seen at a moment, in seconds.
struct Video {
  double seconds = 0;
  std::function<Pixels(double)> at;
};

constexpr uint32_t kWide = 256;
constexpr uint32_t kHigh = 192;

// Only the rows and columns around the disc are looked at: most of the tests' time is drawing.
inline void draw_disc(Pixels& picture, double middle_x, double middle_y, double radius,
                      uint8_t level) {
  const auto from = [&](double middle) {
    return static_cast<int64_t>(std::max(0.0, std::floor(middle - radius)));
  };
  const auto to = [&](double middle, uint32_t side) {
    return static_cast<int64_t>(std::min<double>(side, std::ceil(middle + radius) + 1));
  };
  for (int64_t y = from(middle_y); y < to(middle_y, picture.height); ++y)
    for (int64_t x = from(middle_x); x < to(middle_x, picture.width); ++x) {
      const double dx = static_cast<double>(x) - middle_x, dy = static_cast<double>(y) - middle_y;
      if (dx * dx + dy * dy < radius * radius)
        picture.samples[static_cast<size_t>(y) * picture.width + static_cast<size_t>(x)] = level;
    }
}

// Shots of a few seconds; in each a camera pans over a scene, and discs move before it.
inline Video film(unsigned seed, double seconds) {
  struct Shot {
    Pixels scene;
    double x, y, pan_x, pan_y;
    std::vector<std::array<double, 6>> discs;  // place, speed, size, level
  };
  auto shots = std::make_shared<std::vector<std::pair<double, Shot>>>();
  std::mt19937 random(seed);
  const auto number = [&](double from, double to) {
    return from + (to - from) * (static_cast<double>(random()) / 4294967296.0);
  };
  for (double begin = 0; begin < seconds; begin += number(3, 6)) {
    Shot shot{scene(random()), number(40, 160), number(30, 130), number(-8, 8), number(-6, 6), {}};
    for (int i = 0; i < 4; ++i)
      shot.discs.push_back({number(0, kWide), number(0, kHigh), number(-40, 40), number(-30, 30),
                            number(10, 30), number(0, 255)});
    shots->emplace_back(begin, std::move(shot));
  }
  return {seconds, [shots](double time) {
            auto after = std::upper_bound(shots->begin(), shots->end(), time,
                                          [](double t, const auto& s) { return t < s.first; });
            const auto& [begin, shot] = after == shots->begin() ? *after : *std::prev(after);
            const double since = time - begin;
            const auto bounced = [&](double from, double speed, double side) {
              const double at = std::fmod(std::abs(from + speed * since), 2 * side);
              return at < side ? at : 2 * side - at;
            };
            Pixels out{{}, kWide, kHigh, 1};
            out.samples.reserve(size_t{kWide} * kHigh);
            for (uint32_t y = 0; y < kHigh; ++y)
              for (uint32_t x = 0; x < kWide; ++x)
                out.samples.push_back(static_cast<uint8_t>(level(
                    shot.scene, shot.x + shot.pan_x * since + x, shot.y + shot.pan_y * since + y)));
            for (const auto& d : shot.discs)
              draw_disc(out, bounced(d[0], d[2], kWide), bounced(d[1], d[3], kHigh), d[4],
                        static_cast<uint8_t>(d[5]));
            return out;
          }};
}

inline Video part(const Video& video, double from, double to, double speed = 1) {
  return {(to - from) / speed, [=](double time) { return video.at(from + speed * time); }};
}
inline Video joined(std::vector<Video> parts) {
  double seconds = 0;
  for (const Video& one : parts) seconds += one.seconds;
  return {seconds, [parts = std::move(parts)](double time) {
            size_t i = 0;
            while (i + 1 < parts.size() && time >= parts[i].seconds) time -= parts[i++].seconds;
            return parts[i].at(time);
          }};
}
inline Video edited(const Video& video, std::function<Pixels(Pixels)> edit) {
  return {video.seconds, [=](double time) { return edit(video.at(time)); }};
}
inline Video held(Pixels picture, double seconds) {
  return {seconds, [picture = std::move(picture)](double) { return picture; }};
}

inline TrackFrame frame_of(const Pixels& picture) {
  const PdqDihedral hash = pdq_dihedral(picture.view());
  TrackFrame out;
  out.pdq = out.clean = hash.dihedral[0];
  out.mirrored = out.clean_mirrored =
      hash.dihedral[static_cast<size_t>(Dihedral::kFlipY)];  // left to right
  out.quality = static_cast<uint8_t>(hash.quality);
  return out;
}

// The first frame is at `first` seconds, so that tracks are not sampled at the same moments.
inline VideoTrack track_of(const Video& video, const TrackOptions& options, double first = 0) {
  VideoTrack track;
  track.duration = std::chrono::microseconds(std::llround(video.seconds * 1e6));
  Pixels last;
  double last_still = -1e9;
  for (double time = first; time < video.seconds;
       time += static_cast<double>(options.every.count()) * 1e-6) {
    const Pixels picture = video.at(time);
    const uint32_t longer = std::max(picture.width, picture.height);
    const Pixels small = resized(picture, picture.width * options.thumb_side / longer,
                                 picture.height * options.thumb_side / longer);
    TrackFrame frame = frame_of(picture);
    frame.time = std::chrono::microseconds(std::llround(time * 1e6));
    double differing = 0;
    for (size_t i = 0; i < last.samples.size(); ++i)
      differing += std::abs(int{last.samples[i]} - int{small.samples[i]});
    frame.begins_shot =
        last.samples.empty() || differing > 20 * static_cast<double>(small.samples.size());
    if (frame.begins_shot ||
        time - last_still >= static_cast<double>(options.still_every.count()) * 1e-6) {
      track.stills.push_back({frame.time, local_features(picture.view(), options.still)});
      last_still = time;
    }
    track.width = picture.width, track.height = picture.height;
    track.thumb_width = small.width, track.thumb_height = small.height;
    track.thumbs.insert(track.thumbs.end(), small.samples.begin(), small.samples.end());
    track.frames.push_back(frame);
    last = small;
  }
  return track;
}

// Known videos as a store and an index hold them.
class Archive {
 public:
  void add(int64_t entry, const Video& video, bool is_benign = false) {
    VideoTrack track = track_of(video, kEntryTrack);
    if (!index_.add(EntryId{entry}, track, is_benign)) std::abort();
    tracks_[EntryId{entry}] = std::move(track);
  }
  void remove(int64_t entry) {
    index_.remove(EntryId{entry});
    tracks_.erase(EntryId{entry});
  }
  KnownTracks known() const {
    return [this](EntryId entry) -> Result<std::optional<VideoTrack>> {
      const auto found = tracks_.find(entry);
      if (found == tracks_.end()) return std::optional<VideoTrack>();
      return std::optional(found->second);
    };
  }
  std::vector<VideoMatch> match(const VideoTrack& item) const {
    auto found = match_video(item, index_, known());
    return found ? std::move(*found) : std::vector<VideoMatch>{};
  }
  // Frames of the item lie between those of the entries.
  std::vector<VideoMatch> match(const Video& item) const {
    return match(track_of(item, kItemTrack, 0.07));
  }
  VideoIndex& index() { return index_; }

 private:
  VideoIndex index_;
  std::map<EntryId, VideoTrack> tracks_;
};

}  // namespace weir::made
