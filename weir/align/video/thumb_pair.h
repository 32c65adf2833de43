// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "weir/align/picture/picture_align.h"
#include "weir/base/work.h"
#include "weir/signal/video_track.h"

// Compares the thumbs of two videos under one map. The entry's thumb is read where the map puts
// each pixel of the item's, and both are correlated, all over and in 16 squares. The middle one of
// the squares says whether the frames are the same, because a caption or a logo covers few of them.
// Example: a caption covers three of the 16 squares. `typical` stays near 1, while `whole` falls.
// Counter-example: a likeness says nothing of time. A wall looks like itself at any moment, and
// between two flat frames there is nothing to compare.

namespace weir {

// How alike the pixels of a frame of the item and of one of the entry are where they should be the
// same: correlations, -1 to 1.
struct ThumbLikeness {
  double whole = 0;    // of all pixels at once
  double typical = 0;  // of the middle one of 16 squares, which captions and logos hardly touch
};

// The thumbs of two tracks through one transform: the entry's as they would lie in the item's.
class ThumbPair {
 public:
  // Both tracks must outlive this. Samples of the item's thumbs that are 1 in `laid_over`, if it is
  // not empty, show neither and are not compared. Comparing spends `work`, one step a pixel; when
  // it is null there is no end to it.
  ThumbPair(const VideoTrack& item, const VideoTrack& entry, const PictureTransform& entry_to_item,
            std::span<const uint8_t> laid_over = {}, Work* work = nullptr);

  // Whether so many steps may still be made.
  bool may_spend(uint64_t steps) { return work_ == nullptr || work_->spend(steps); }

  // Whether enough pixels of the item's thumb show the entry to compare anything.
  bool is_usable() const { return pixels_.size() >= kLeastPixels; }
  size_t size() const { return pixels_.size(); }  // pixels compared
  // Where each of the 16 squares of the item begins among these pixels, and where the last one
  // ends.
  std::span<const size_t> squares() const { return squares_; }

  // Levels of one frame where the tracks overlap, in the same order for both sides.
  // Precondition: is_usable(), and a frame of the track. Valid until the next call for that side.
  const std::vector<int16_t>& item_frame(size_t frame);
  const std::vector<int16_t>& entry_frame(size_t frame);

  // Nothing when both are flat and there is nothing to compare, or when the work is spent.
  std::optional<ThumbLikeness> likeness(size_t item_frame, size_t entry_frame);

 private:
  static constexpr size_t kLeastPixels = 48;
  static constexpr size_t kSquares = 16;
  static constexpr size_t kTaps = 4;
  using Frames = std::map<size_t, std::vector<int16_t>>;

  // A pixel of the entry's thumb, and the shares by which its neighbours to the right and below
  // count.
  struct Tap {
    uint32_t corner = 0;
    float right = 0;
    float down = 0;
  };
  std::optional<ThumbLikeness> compared(const std::vector<int16_t>& item,
                                        const std::vector<int16_t>& entry) const;

  const VideoTrack& item_;
  const VideoTrack& entry_;
  Work* work_;
  std::vector<uint32_t> pixels_;                // of the item's thumb, square by square
  std::array<size_t, kSquares + 1> squares_{};  // where in pixels_ each begins
  std::vector<Tap> taps_;                       // kTaps of each pixel
  Frames item_frames_;
  Frames entry_frames_;
  std::unordered_map<uint64_t, std::optional<ThumbLikeness>> likenesses_;
};

// Whether a track has a thumb for each of its frames, large enough to compare.
bool has_thumbs(const VideoTrack& track);

}  // namespace weir
