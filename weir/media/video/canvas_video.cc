// SPDX-License-Identifier: Apache-2.0
#include "weir/media/video/canvas_video.h"

#include <algorithm>
#include <memory>

#include "weir/media/video/av_own.h"

namespace weir::media {
namespace {

using std::chrono::microseconds;

// The canvas is lent to FFmpeg's scaler as a frame without a decoder.
class CanvasFrame : public VideoFrame {
 public:
  CanvasFrame(const AVFrame& canvas, FramePictures& pictures, uint32_t number, microseconds time,
              microseconds until)
      : canvas_(canvas), pictures_(pictures), number_(number), time_(time), until_(until) {}
  microseconds time() const override { return time_; }
  microseconds until() const override { return until_; }
  uint32_t number() const override { return number_; }
  bool is_key() const override { return number_ == 0; }
  uint32_t width() const override { return static_cast<uint32_t>(canvas_.width); }
  uint32_t height() const override { return static_cast<uint32_t>(canvas_.height); }
  Result<PixelView> grey(uint32_t side) override { return pictures_.grey(canvas_, {}, side); }
  Result<PixelView> rgb() override { return rgb(width(), height()); }
  Result<PixelView> rgb(uint32_t width, uint32_t height) override {
    return pictures_.rgb(canvas_, width, height);
  }

 private:
  const AVFrame& canvas_;
  FramePictures& pictures_;
  uint32_t number_;
  microseconds time_;
  microseconds until_;
};

Status check_limits(const DecodedVideo& video, const Limits& limits) {
  if (video.frames >= limits.video_frames)
    return Error{ErrorCode::kLimit, "the animation has more frames than limits.video_frames = " +
                                        std::to_string(limits.video_frames)};
  if (video.duration > std::chrono::seconds(limits.video_seconds))
    return Error{ErrorCode::kLimit, "the animation is longer than limits.video_seconds = " +
                                        std::to_string(limits.video_seconds)};
  return {};
}

}  // namespace

Result<std::vector<uint8_t>> read_animation(ByteSource& source, const Limits& limits) {
  if (source.size() > limits.file_bytes)
    return Error{ErrorCode::kLimit, "the animation has " + std::to_string(source.size()) +
                                        " bytes; limits.file_mib allows " +
                                        std::to_string(limits.file_bytes)};
  std::vector<uint8_t> bytes(source.size());
  size_t got = 0;
  while (got < bytes.size()) {
    const size_t more = TRY(source.read(got, std::span(bytes).subspan(got)));
    if (more == 0) break;
    got += more;
  }
  bytes.resize(got);
  return bytes;
}

Result<DecodedVideo> decode_canvases(Canvases& canvases, const std::string& name,
                                     const Limits& limits, const VideoOptions& options,
                                     const std::function<Status(VideoFrame&)>& take) {
  const Av<AVFrame> canvas(av_frame_alloc());
  if (!canvas) return Error{ErrorCode::kLimit, "this animation needs more memory than there is"};
  DecodedVideo video;
  video.format = name;
  video.codec = name;
  FramePictures pictures;
  for (;;) {
    TRY(check_limits(video, limits));
    microseconds stays{0};
    const Result<bool> more = canvases.next(*canvas, stays);
    if (!more && video.frames == 0) return more.error();
    if (!more)
      video.note = "truncated: " + std::to_string(video.frames) + " of " +
                   std::to_string(canvases.frames_said()) + " frames could be decoded";
    if (!more || !*more) break;
    const microseconds until = video.duration + std::max(stays, microseconds(0));
    CanvasFrame frame(*canvas, pictures, static_cast<uint32_t>(video.frames), video.duration,
                      until);
    video.width = frame.width();
    video.height = frame.height();
    ++video.frames;
    video.duration = until;
    TRY(take(frame));
    if (options.progress)
      options.progress(
          static_cast<double>(video.frames) /
          static_cast<double>(std::max<uint64_t>(canvases.frames_said(), video.frames)));
  }
  if (video.frames == 0)
    return Error{ErrorCode::kCorrupt,
                 "the " + name + " data is damaged: it has no frame that can be decoded"};
  const double seconds = static_cast<double>(video.duration.count()) / 1e6;
  if (seconds > 0) video.frames_a_second = static_cast<double>(video.frames) / seconds;
  return video;
}

}  // namespace weir::media
