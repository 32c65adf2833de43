// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weir/signal/picture_features.h"
#include "weir/signal/signals.h"
#include "weir/signal/video_track.h"

namespace weir {

// What is computed from one submitted file: what the file is, and the signals that were wanted.
struct ItemSignals {
  std::string media = "image";  // kind of media, as in JSON: "image", "video"
  std::string format;           // "jpeg", "png", "webp", "gif", "avif", "mp4", "matroska", ...
  uint64_t bytes = 0;
  uint32_t width = 0;  // of the upright picture
  uint32_t height = 0;
  uint32_t frames = 1;                // in the file, as far as it says; not all are hashed
  std::vector<uint8_t> preview_jpeg;  // small picture for people; empty unless asked for
  std::string note;                   // what a person should know, such as "truncated: ..."

  // Of what moves.
  std::string codec;           // "h264", "vp9", ...
  double frames_a_second = 0;  // on average, as far as the container says
  bool has_audio = false;
  std::chrono::microseconds duration{0};

  // In the order in which they are computed, digests first. A kind may be there more than once: a
  // pdq and a pdq_turned for the whole first frame, then for its parts. Where it is transparent and
  // has colours beneath, the hash of these comes before, as others give it.
  std::vector<Signal> signals;

  bool is_video() const { return media == "video"; }
};

// The first of this kind; null when there is none.
const Signal* find_signal(std::span<const Signal> signals, SignalKind kind);
// The value of the first of this kind; empty when there is none.
std::span<const uint8_t> value_of(std::span<const Signal> signals, SignalKind kind);

// As `weir hash` prints them and a bank stores them: those that are exchanged.
std::vector<Signal> exchanged_of(std::span<const Signal> signals);

// Of no size, when there are none. Errors: corrupt.
Result<PictureFeatures> features_of(std::span<const Signal> signals);
// Of no frames, when there is none. Errors: corrupt.
Result<VideoTrack> track_of(std::span<const Signal> signals);

}  // namespace weir
