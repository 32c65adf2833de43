// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/base/hash256.h"
#include "weir/signal/picture_features.h"

namespace weir {

// One moment of a video, as it is compared with others. Grey samples of it stand in the track.
struct TrackFrame {
  std::chrono::microseconds time{0};  // from the start of the video
  Hash256 pdq;                        // of the whole upright frame
  Hash256 mirrored;                   // of the frame mirrored left to right
  Hash256 clean;  // of what is left inside bars and blurred bands, where what never changes over
                  // the shots (logos, captions) is filled in from around
  Hash256 clean_mirrored;
  uint8_t quality = 0;        // of `pdq`, 0 to 100
  uint8_t clean_quality = 0;  // of `clean`; 0 when there is nothing to blank: `pdq` says it all
  bool begins_shot = false;   // a cut lies between this frame and the one before
};

// A frame that is also known by its local features: one a shot at least.
struct Still {
  std::chrono::microseconds time{0};
  PictureFeatures picture;  // places in pixels of the upright frame
};

// What one video is recognised by: frames at even intervals, a grey thumb of each, and stills.
struct VideoTrack {
  uint32_t width = 0;  // of the upright frame, in pixels
  uint32_t height = 0;
  std::chrono::microseconds duration{0};
  uint32_t thumb_width = 0;  // of all thumbs, in pixels; the whole frame
  uint32_t thumb_height = 0;
  std::vector<TrackFrame> frames;  // by time
  std::vector<uint8_t> thumbs;     // grey, one after the other, rows without gaps
  std::vector<Still> stills;       // by time

  std::span<const uint8_t> thumb(size_t frame) const {
    const size_t bytes = size_t{thumb_width} * thumb_height;
    return {thumbs.data() + frame * bytes, bytes};
  }
};

// How much is asked of one video.
struct TrackOptions {
  std::chrono::microseconds every{500'000};          // between frames of the track
  uint32_t thumb_side = 64;                          // long side of a thumb, in pixels
  std::chrono::microseconds still_every{2'000'000};  // at most, between stills of one shot
  FeatureOptions still{512, 300, 160};               // of each still
  bool keyframes_only = false;                       // triage: only frames that decode alone
  bool prune = false;                                // leave out frames that repeat the last
};
// Of known videos, which are kept; and of videos that are asked about.
constexpr TrackOptions kEntryTrack{std::chrono::microseconds(250'000),
                                   64,
                                   std::chrono::microseconds(2'000'000),
                                   {512, 300, 160},
                                   false,
                                   true};
constexpr TrackOptions kItemTrack{std::chrono::microseconds(500'000),
                                  64,
                                  std::chrono::microseconds(2'000'000),
                                  {640, 600, 160},
                                  false,
                                  false};

// One frame of a vPDQ signal.
struct VpdqFrame {
  uint32_t number = 0;  // of the frame in the video, from 0
  Hash256 hash;
  int quality = 0;  // 0 to 100
  std::chrono::microseconds time{
      0};  // of our own: number / frames a second, as the reference has it
};

}  // namespace weir
