// SPDX-License-Identifier: Apache-2.0
#include "weir/media/video/webp_video.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>
#include <string>

#include "weir/media/limit_checks.h"
#include "weir/media/video/canvas_video.h"

namespace weir::media {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr uint64_t kBytesPerPixel = 4 + 4 + 4 + 4;

Error damaged(const std::string& why) {
  return {ErrorCode::kCorrupt, "the webp data is damaged: " + why};
}

class WebpCanvases final : public Canvases {
 public:
  Status open(std::span<const uint8_t> bytes) {
    WebPAnimDecoderOptions settings;
    if (!WebPAnimDecoderOptionsInit(&settings)) return damaged("no decoder");
    settings.color_mode = MODE_RGBA;
    settings.use_threads = 0;
    const WebPData data{bytes.data(), bytes.size()};
    decoder_.reset(WebPAnimDecoderNew(&data, &settings));
    if (!decoder_ || !WebPAnimDecoderGetInfo(decoder_.get(), &info_))
      return damaged("its animation cannot be decoded");
    return {};
  }

  Result<bool> next(AVFrame& canvas, microseconds& stays) override {
    if (!WebPAnimDecoderHasMoreFrames(decoder_.get())) return false;
    int end_ms = 0;
    if (!WebPAnimDecoderGetNext(decoder_.get(), &canvas.data[0], &end_ms))
      return damaged("it has no frame that can be decoded");
    canvas.width = static_cast<int>(info_.canvas_width);
    canvas.height = static_cast<int>(info_.canvas_height);
    canvas.format = AV_PIX_FMT_RGBA;
    canvas.linesize[0] = canvas.width * 4;
    stays = milliseconds(end_ms - end_ms_);
    end_ms_ = std::max(end_ms_, end_ms);
    return true;
  }
  uint32_t frames_said() const override { return info_.frame_count; }

 private:
  struct Delete {
    void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
  };
  std::unique_ptr<WebPAnimDecoder, Delete> decoder_;
  WebPAnimInfo info_{};
  int end_ms_ = 0;  // of the frame before, from the start
};

}  // namespace

Result<DecodedVideo> decode_webp_video(ByteSource& source, const Limits& limits,
                                       const VideoOptions& options,
                                       const std::function<Status(VideoFrame&)>& take) {
  const std::vector<uint8_t> bytes = TRY(read_animation(source, limits));
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK)
    return damaged("its header cannot be read");
  if (!features.has_animation) return Error{ErrorCode::kInvalid, "the file holds no video"};
  TRY(check_size(Format::kWebp, static_cast<uint64_t>(features.width),
                 static_cast<uint64_t>(features.height), kBytesPerPixel, limits));
  WebpCanvases canvases;
  TRY(canvases.open(bytes));
  return decode_canvases(canvases, "webp", limits, options, take);
}

}  // namespace weir::media
