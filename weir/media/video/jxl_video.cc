// SPDX-License-Identifier: Apache-2.0
#include "weir/media/video/jxl_video.h"

#include <array>
#include <memory>

#include "weir/media/picture/jxl.h"
#include "weir/media/video/canvas_video.h"

namespace weir::media {
namespace {

class JxlCanvases final : public Canvases {
 public:
  explicit JxlCanvases(JxlFrames& frames) : frames_(frames) {}

  Result<bool> next(AVFrame& canvas, std::chrono::microseconds& stays) override {
    if (!TRY(frames_.next())) return false;
    constexpr std::array kFormats{AV_PIX_FMT_GRAY8, AV_PIX_FMT_YA8, AV_PIX_FMT_RGB24,
                                  AV_PIX_FMT_RGBA};
    const Row row = frames_.first_row();
    canvas.width = static_cast<int>(frames_.width());
    canvas.height = static_cast<int>(frames_.height());
    canvas.format = kFormats[static_cast<size_t>(row.bands_a_pixel) - 1];
    canvas.linesize[0] = static_cast<int>(frames_.stride());
    canvas.data[0] = frames_.samples();
    stays = frames_.duration();
    ++drawn_;
    return true;
  }
  uint32_t frames_said() const override { return drawn_; }  // its head does not say

 private:
  JxlFrames& frames_;
  uint32_t drawn_ = 0;
};

}  // namespace

Result<DecodedVideo> decode_jxl_video(ByteSource& source, const Limits& limits,
                                      const VideoOptions& options,
                                      const std::function<Status(VideoFrame&)>& take) {
  const std::vector<uint8_t> bytes = TRY(read_animation(source, limits));
  const auto frames = TRY(JxlFrames::open(bytes, limits));
  if (!frames->is_animation()) return Error{ErrorCode::kInvalid, "the file holds no video"};
  JxlCanvases canvases(*frames);
  return decode_canvases(canvases, "jxl", limits, options, take);
}

}  // namespace weir::media
