// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "weir/match/videos/video_match.h"

namespace weir {

// What the index keeps of a known video: PDQ of the frames that show something new, and features of
// the stills. The two indexes below it know rows by numbers only, so KnownMoments says which frame
// of which entry a number means. Frames that repeat the last one would be found with it in any
// case, so the index leaves them out and stays small.
//
// Example: a title is held for 10 s, which is 40 frames at four a second. The index keeps those at
// 0, 2, 4, 6 and 8 s.
//
// Counter-example: black frames, white frames and frames without structure are in no index, since
// they tell of no video. Nor are thumbs; they stay in the track, which is read once an entry is
// looked at.

// A frame or a still of a known video, as a row of an index names it.
struct KnownMoment {
  EntryId entry;
  bool is_benign = false;
  uint32_t number = 0;     // of the still among the entry's; for frames of the track, the frame's
  bool is_at_end = false;  // within kEndsOfVideo of where the video begins or ends
};

// What the rows of both indexes mean. Their keys are running numbers, and each is the place in a
// list of the moment that it names. A number is never given twice and what it means never changes,
// so that what was found in an old edition can still be looked up. Safe from any thread.
class KnownMoments {
 public:
  struct Moment {
    uint32_t entry = 0;
    uint32_t number = 0;
    bool is_at_end = false;
    bool is_benign = false;
  };
  // The numbers of the first frame and of the first still that were added.
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
