// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "weir/base/limits.h"
#include "weir/base/pixels.h"
#include "weir/base/result.h"

namespace weir {

// One decoded frame, lent for the duration of a call. What is made of it is made on demand, so that
// several signals share one decode.
class VideoFrame {
 public:
  virtual ~VideoFrame() = default;
  virtual std::chrono::microseconds time() const = 0;  // from the start of the video
  virtual uint32_t number() const = 0;                 // in order of showing, from 0
  virtual bool is_key() const = 0;                     // decodes alone
  // Of the whole stream on average, as the container says; 0 when it does not.
  virtual double frames_a_second() const { return 0; }
  virtual uint32_t width() const = 0;  // upright, in pixels
  virtual uint32_t height() const = 0;
  // Luma, upright, shrunk so that the long side is at most `side` (0: as it is). Valid until the
  // next call on this frame. Errors: limit without memory; unavailable.
  virtual Result<PixelView> grey(uint32_t side) = 0;
  // R, G, B in full size, as stored: not turned upright.
  virtual Result<PixelView> rgb() = 0;
  // The same, scaled to exactly this size by FFmpeg's bicubic scaler, as its command line does.
  virtual Result<PixelView> rgb(uint32_t width, uint32_t height) = 0;
};

// Bytes of a file that are read as they are needed.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  // Reads up to `room.size()` bytes at `offset`; fewer only at the end.
  virtual Result<size_t> read(uint64_t offset, std::span<uint8_t> room) = 0;
};

struct VideoOptions {
  bool keyframes_only = false;  // skip all frames that need others: fast, seconds apart
  unsigned threads = 1;         // that the codec may use
  // Called now and then with the share of the file that has been read, 0 to 1.
  std::function<void(double)> progress;
};

struct DecodedVideo {
  std::string format;  // container: "mp4", "matroska", "avi", "gif", ...
  std::string codec;
  uint32_t width = 0;  // upright
  uint32_t height = 0;
  std::chrono::microseconds duration{0};  // of what could be read
  uint64_t frames = 0;                    // given to `take`
  double frames_a_second = 0;
  bool has_audio = false;
  std::string note;  // "truncated: ...", "damaged: ..."; mostly empty
};

// Gives every frame of the first real video stream to `take`, in order of showing, in bounded
// memory whatever the length. Times never run backwards; frames without a time get one from the
// frame rate. Damage is stepped over and named in `note`.
// Errors: invalid when the bytes are no container known here or hold no video; corrupt when no
// frame could be decoded; limit, naming it; whatever `take` gives ends the run.
Result<DecodedVideo> decode_video(ByteSource& source, const Limits& limits,
                                  const VideoOptions& options,
                                  const std::function<Status(VideoFrame&)>& take);

}  // namespace weir
