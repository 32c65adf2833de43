// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "weir/match/video_match.h"

namespace weir {

// A frame or a still of a known video, as a row of an index names it.
struct KnownMoment {
  EntryId entry;
  bool is_benign = false;
  uint32_t number = 0;     // of the still among the entry's; for frames of the track, the frame's
  bool is_at_end = false;  // within kEndsOfVideo of where the video begins or ends
};

// Rows of both indexes have running numbers for keys, each the place of what it names in a list. A
// number is never given twice, so what a search found means the same whenever it is looked up.
struct VideoIndex::Impl {
  LiveHammingIndex frames;
  LiveFeatureIndex stills;

  // What rows mean; entry 0 for those of videos that were removed.
  std::vector<KnownMoment> frames_named(std::span<const uint32_t> keys) const;
  std::vector<KnownMoment> stills_named(std::span<const uint32_t> keys) const;

  struct Moment {
    uint32_t entry = 0;
    uint32_t number = 0;
    bool is_at_end = false;
  };
  struct Video {
    uint32_t first_frame = 0, end_frame = 0;
    uint32_t first_still = 0, end_still = 0;
    bool is_benign = false;
  };
  std::vector<KnownMoment> named(const std::vector<Moment>& moments,
                                 std::span<const uint32_t> keys) const;

  std::mutex change;                // held by add() and remove() as a whole
  mutable std::shared_mutex lists;  // of what follows
  std::vector<Moment> frame_moments;
  std::vector<Moment> still_moments;
  std::map<uint32_t, Video> videos;
};

// Whether a frame tells anything: of PDQ's quality, and neither black nor white.
bool is_telling(const VideoTrack& track, size_t frame);

}  // namespace weir
