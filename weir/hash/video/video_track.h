// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "weir/base/pixels.h"
#include "weir/base/result.h"
#include "weir/signal/video_track.h"

namespace weir {

// What a track may take, whatever the length of the video. Beyond it frames and stills are thinned
// out evenly and from there on taken at half the rate, so that memory stays bounded.
struct TrackBudget {
  size_t frame_bytes = 56u << 20;  // frames and thumbs: 3 hours at two a second
  size_t still_bytes = 36u << 20;  // stills with their features: one in 20 s over 3 hours
};

// Makes the track of a video from its frames as they are shown.
//
// Moments are `every` apart: the frame that is shown at each of them is looked at, and goes into
// the track with its own time (a frame that is held over several moments, with theirs). PDQ is of
// the frame at 512 pixels; frames that repeat what was there may be left out again. Stills are
// taken a little behind a cut, where the picture has settled, then after still_every when the
// picture has changed.
class VideoTracker {
 public:
  // With more than one thread the features of a still are made beside what the caller does next.
  // The track is the same at any number.
  explicit VideoTracker(const TrackOptions& options, unsigned threads = 1,
                        const TrackBudget& budget = {});
  ~VideoTracker();

  // Whether the frame that is shown from `time` to `until` is one to look at.
  bool wants(std::chrono::microseconds time, std::chrono::microseconds until) const;

  // Whether it may become one, told without what came before: for looking ahead.
  bool may_want(std::chrono::microseconds time, std::chrono::microseconds until) const;

  // The frame's luma with a long side of at most this many pixels; valid until it is asked again.
  using Grey = std::function<Result<PixelView>(uint32_t side)>;

  // `width` and `height` are the frame's own, as it is shown. Times do not run backwards.
  // Errors: of `grey`; limit without memory.
  Status add(std::chrono::microseconds time, std::chrono::microseconds until, uint32_t width,
             uint32_t height, const Grey& grey);

  // Once. `duration` is the video's. Errors: limit without memory.
  Result<VideoTrack> finish(std::chrono::microseconds duration);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Leaves out frames within 12 bits of the last one kept, but never for more than 2 s, nor one that
// begins a shot, nor the last before such a one: what changes keeps its time.
void prune(VideoTrack& track);

}  // namespace weir
