// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "weir/media/video/av_frame.h"
#include "weir/media/video/video.h"

namespace weir::media {

// What draws an animation, frame after frame.
class Canvases {
 public:
  virtual ~Canvases() = default;
  // Draws the next frame, gives what it shows to `canvas` (width, height, format, data and
  // linesize; the samples stay its own until the next call) and says how long it stays. False after
  // the last one. Errors: corrupt.
  virtual Result<bool> next(AVFrame& canvas, std::chrono::microseconds& stays) = 0;
  // As the file says; 0 when it does not.
  virtual uint32_t frames_said() const = 0;
};

// An animation as a video; `name` is that of its format and its codec. One that breaks off is
// given as far as it goes, with a note. Errors: as decode_video().
Result<DecodedVideo> decode_canvases(Canvases& canvases, const std::string& name,
                                     const Limits& limits, const VideoOptions& options,
                                     const std::function<Status(VideoFrame&)>& take);

// All of an animation's file, of at most limits.file_bytes. Errors: limit; of the source.
Result<std::vector<uint8_t>> read_animation(ByteSource& source, const Limits& limits);

}  // namespace weir::media
