// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "weir/match/videos/video_match.h"

namespace weir {

// A frame or a still of a known video, as a row of an index names it.
struct KnownMoment {
  EntryId entry;
  bool is_benign = false;
  uint32_t number = 0;     // of the still among the entry's; for frames of the track, the frame's
  bool is_at_end = false;  // within kEndsOfVideo of where the video begins or ends
};

// What the rows of both indexes mean. They have running numbers for keys, each the place of what it
// names in a list. A number is never given twice and what it means never changes, so that what was
// found in an old edition can still be looked up. Safe from any thread.
class KnownMoments {
 public:
  struct Moment {
    uint32_t entry = 0;
    uint32_t number = 0;
    bool is_at_end = false;
    bool is_benign = false;
  };
  // Where new ones begin in both lists.
  struct Begin {
    uint32_t frame = 0;
    uint32_t still = 0;
  };

  // Errors: limit, above 2^32 - 1 of either; nothing is added then.
  Result<Begin> add(std::span<const Moment> frames, std::span<const Moment> stills);
  std::vector<KnownMoment> frames_named(std::span<const uint32_t> keys) const;
  std::vector<KnownMoment> stills_named(std::span<const uint32_t> keys) const;
  size_t memory_bytes() const;

 private:
  std::vector<KnownMoment> named(const std::vector<Moment>& moments,
                                 std::span<const uint32_t> keys) const;
  mutable std::shared_mutex mutex_;
  std::vector<Moment> frames_;
  std::vector<Moment> stills_;
};

// Whether a frame tells anything: of PDQ's quality, and neither black nor white.
bool is_telling(const VideoTrack& track, size_t frame);

}  // namespace weir
