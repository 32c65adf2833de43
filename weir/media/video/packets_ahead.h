// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>

#include "weir/base/result.h"
#include "weir/media/video/av_own.h"

extern "C" {
#include <libavformat/avformat.h>
}

namespace weir::media {

// Packets on their way to the decoder, held back until it is known from when to when the frame of
// each will be shown, and so whether anybody needs it. Most videos have frames that no other refers
// to; those that are not needed are stepped over, and every other frame is the same as ever.
//
// What a container says of times is trusted only while it holds together and agrees with what the
// decoder gives: from the first doubt on every frame is needed.
class PacketsAhead {
 public:
  // Of the frame that is shown from `time` to `until` and has this number; see VideoOptions.
  using Needs = std::function<bool(std::chrono::microseconds time, std::chrono::microseconds until,
                                   uint32_t number)>;

  // Without `needs` every frame is needed and no packet is held back.
  PacketsAhead(const AVStream& stream, Needs needs);

  // Takes what the packet holds. Errors: limit without memory.
  Status push(AVPacket& packet);
  // Nothing follows.
  void end() { is_ended_ = true; }
  // The next packet to decode, in the order in which they came; null while more must be known.
  Av<AVPacket> pop();

  // To be told of each frame that the decoder gives, in order of showing: its time as the container
  // says and as it became, and how many frames were counted before. Gives how many more were
  // stepped over since the last one.
  uint64_t given(const AVFrame& frame, std::chrono::microseconds time, uint64_t counted);

 private:
  struct Held {
    Av<AVPacket> packet;
    uint64_t number;  // in order of coming
  };
  bool keeps_time(const AVPacket& packet);
  std::optional<bool> is_needed(const Held& held) const;
  uint64_t shown_before(int64_t time) const;
  std::chrono::microseconds on_clock(int64_t time) const;

  const AVCodecParameters& codec_;
  const AVRational base_;
  const Needs needs_;
  bool is_in_doubt_;
  bool is_ended_ = false;
  std::deque<Held> held_;
  size_t held_bytes_ = 0;

  // Of packets so far, in units of the stream.
  uint64_t packets_ = 0;
  uint64_t timed_ = 0;  // that have frames to show
  int64_t last_decoding_time_;
  std::set<int64_t> latest_;  // times of showing of the last ones
  // Of what became of them.
  std::set<int64_t> stepped_over_;                  // not given
  std::optional<std::chrono::microseconds> shift_;  // from the container's times to ours
  uint64_t never_shown_ = 0;  // packets without a frame, as at the start of a broadcast
};

}  // namespace weir::media
