// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "weir/base/byte_source.h"
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
  // When the next frame takes its place; at or after time(). Of the last one, when the video ends.
  virtual std::chrono::microseconds until() const = 0;
  virtual uint32_t number() const = 0;  // in order of showing, from 0
  virtual bool is_key() const = 0;      // decodes alone
  // Of the whole stream on average, as the container says; 0 when it does not.
  virtual double frames_a_second() const { return 0; }
  // Whose ticks hold the times of all frames, as FFmpeg guesses it; 0 when it does not.
  virtual double base_frames_a_second() const { return frames_a_second(); }
  // What the container says, right or wrong; 0 when it does not.
  virtual std::chrono::microseconds said_duration() const { return {}; }
  // As it is shown, in square pixels: turned upright, and shortened where pixels are not square.
  virtual uint32_t width() const = 0;
  virtual uint32_t height() const = 0;
  // Luma, 0 black to 255 white, as it is shown, shrunk so that the long side is at most `side` (0:
  // as it is); of interlaced frames one field where that has enough lines. Transparent parts are
  // mid-grey. Valid until the next call on this frame. Errors: limit without memory; unavailable.
  virtual Result<PixelView> grey(uint32_t side) = 0;
  // R, G, B in full size, as stored: not turned upright.
  virtual Result<PixelView> rgb() = 0;
  // The same, scaled to exactly this size by FFmpeg's bicubic scaler, as its command line does.
  virtual Result<PixelView> rgb(uint32_t width, uint32_t height) = 0;
};

constexpr std::chrono::seconds kMostKeyGap{10};

struct VideoOptions {
  // Skip frames that need others: fast, seconds apart. Where the container says that they are
  // further apart than kMostKeyGap, only frames that no other needs are skipped.
  bool keyframes_only = false;
  unsigned threads = 1;  // that may be busy at once; the codec has some more that wait
  // Whether the frame that is shown from `time` to `until` and has this number is of use. Frames
  // that are not, and that no other refers to, may be stepped over where codec and container tell
  // which they are: `take` is given the others, as they would be without this, save that a frame
  // before such ones lasts `until` the next that is given. Asked some frames ahead, not about all
  // frames, and not of keyframes only. Absent: every frame is given.
  std::function<bool(std::chrono::microseconds time, std::chrono::microseconds until,
                     uint32_t number)>
      needs;
  // Called now and then with the share of the file that has been read, 0 to 1.
  std::function<void(double)> progress;
};

struct DecodedVideo {
  std::string format;  // container: "mp4", "matroska", "avi", "gif", ...
  std::string codec;
  uint32_t width = 0;  // upright
  uint32_t height = 0;
  std::chrono::microseconds duration{0};  // of what could be read
  uint64_t frames = 0;                    // decoded or stepped over
  double frames_a_second = 0;
  bool has_audio = false;
  std::string note;  // "truncated: ...", "damaged: ..."; mostly empty
};

// Whether these first bytes of a file are a picture's, and if so whether it may move (an
// animation); everything else may be a video. A few hundred bytes say enough.
enum class FirstBytes { kPicture, kAnimation, kOther };
FirstBytes look_at(std::span<const uint8_t> first);

// Gives every frame of the first real video stream to `take`, in order of showing, in bounded
// memory whatever the length. Times never run backwards; frames without a time get one from the
// frame rate. Damage is stepped over and named in `note`.
// Errors: invalid when the bytes are no container known here or hold no video; corrupt when no
// frame could be decoded; limit, naming it; whatever `take` gives ends the run.
Result<DecodedVideo> decode_video(ByteSource& source, const Limits& limits,
                                  const VideoOptions& options,
                                  const std::function<Status(VideoFrame&)>& take);

}  // namespace weir
