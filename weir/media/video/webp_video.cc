// SPDX-License-Identifier: Apache-2.0
#include "weir/media/video/webp_video.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "weir/media/limit_checks.h"
#include "weir/media/picture/area_average.h"
#include "weir/media/video/av_frame.h"

namespace weir::media {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr uint64_t kBytesPerPixel = 4 + 4 + 4 + 4;

Error damaged(const std::string& why) {
  return {ErrorCode::kCorrupt, "the webp data is damaged: " + why};
}

struct FreeWebp {
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};

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

Result<std::vector<uint8_t>> read_whole(ByteSource& source, const Limits& limits) {
  if (source.size() > limits.file_bytes)
    return Error{ErrorCode::kLimit, "the animation has " + std::to_string(source.size()) +
                                        " bytes; the limit `file_bytes` allows " +
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

Status check_limits(const DecodedVideo& video, const Limits& limits) {
  if (video.frames >= limits.video_frames)
    return Error{ErrorCode::kLimit, "the animation has more frames than the limit video_frames = " +
                                        std::to_string(limits.video_frames)};
  if (video.duration > std::chrono::seconds(limits.video_seconds))
    return Error{ErrorCode::kLimit, "the animation is longer than the limit video_seconds = " +
                                        std::to_string(limits.video_seconds)};
  return {};
}

}  // namespace

Result<DecodedVideo> decode_webp_video(ByteSource& source, const Limits& limits,
                                       const VideoOptions& options,
                                       const std::function<Status(VideoFrame&)>& take) {
  const std::vector<uint8_t> bytes = TRY(read_whole(source, limits));
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK)
    return damaged("its header cannot be read");
  if (!features.has_animation) return Error{ErrorCode::kInvalid, "the file holds no video"};
  TRY(check_size(Format::kWebp, static_cast<uint64_t>(features.width),
                 static_cast<uint64_t>(features.height), kBytesPerPixel, limits));
  WebPAnimDecoderOptions settings;
  if (!WebPAnimDecoderOptionsInit(&settings)) return damaged("no decoder");
  settings.color_mode = MODE_RGBA;
  settings.use_threads = 0;
  const WebPData data{bytes.data(), bytes.size()};
  const std::unique_ptr<WebPAnimDecoder, FreeWebp> decoder(WebPAnimDecoderNew(&data, &settings));
  const std::unique_ptr<AVFrame, FreeWebp> canvas(av_frame_alloc());
  WebPAnimInfo info;
  if (!decoder || !canvas || !WebPAnimDecoderGetInfo(decoder.get(), &info))
    return damaged("its animation cannot be decoded");

  DecodedVideo video;
  video.format = "webp";
  video.codec = "webp";
  video.width = info.canvas_width;
  video.height = info.canvas_height;
  canvas->width = static_cast<int>(info.canvas_width);
  canvas->height = static_cast<int>(info.canvas_height);
  canvas->format = AV_PIX_FMT_RGBA;
  canvas->linesize[0] = canvas->width * 4;
  FramePictures pictures;
  while (WebPAnimDecoderHasMoreFrames(decoder.get())) {
    TRY(check_limits(video, limits));
    int end_ms = 0;
    if (!WebPAnimDecoderGetNext(decoder.get(), &canvas->data[0], &end_ms)) {
      video.note = "truncated: " + std::to_string(video.frames) + " of " +
                   std::to_string(info.frame_count) + " frames could be decoded";
      break;
    }
    const microseconds until = std::max<microseconds>(video.duration, milliseconds(end_ms));
    CanvasFrame frame(*canvas, pictures, static_cast<uint32_t>(video.frames), video.duration,
                      until);
    ++video.frames;
    video.duration = until;
    TRY(take(frame));
    if (options.progress)
      options.progress(static_cast<double>(video.frames) / std::max(1u, info.frame_count));
  }
  if (video.frames == 0) return damaged("it has no frame that can be decoded");
  const double seconds = static_cast<double>(video.duration.count()) / 1e6;
  if (seconds > 0) video.frames_a_second = static_cast<double>(video.frames) / seconds;
  return video;
}

}  // namespace weir::media
