// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "weir/media/picture/area_average.h"
#include "weir/media/picture/orient.h"
#include "weir/media/video/video.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
}

namespace weir::media {

// How frames of a stream are to be shown.
struct Showing {
  Orientation orientation = kUpright;
  AVRational pixel_shape{1, 1};  // width to height of a pixel; of the stream, a frame may say more
};
Showing showing_of(const AVStream& stream);

// Makes grey and coloured pictures of decoded frames; keeps its memory from frame to frame.
class FramePictures {
 public:
  FramePictures() = default;
  ~FramePictures();
  FramePictures(const FramePictures&) = delete;
  FramePictures& operator=(const FramePictures&) = delete;

  Result<PixelView> grey(const AVFrame& frame, const Showing& showing, uint32_t side);
  Result<PixelView> rgb(const AVFrame& frame, uint32_t width, uint32_t height);

 private:
  Status shrink_luma(const AVFrame& frame, uint32_t width, uint32_t height);
  Status scale_grey(const AVFrame& frame, uint32_t width, uint32_t height);
  Status scale(SwsContext* scaler, const AVFrame& frame, size_t stride, uint32_t height);
  Status scale_transparent(const AVFrame& frame, uint32_t width, uint32_t height);

  AreaAverage average_;
  std::array<uint8_t, 256> full_range_{};
  SwsContext* to_grey_ = nullptr;
  SwsContext* to_rgb_ = nullptr;
  std::vector<uint8_t> samples_;  // as stored, of the last picture
  std::vector<uint8_t> mixed_;    // R, G, B, A
  Pixels upright_;
};

// Sides as shown: turned and in square pixels.
struct ShownSize {
  uint32_t width = 0;
  uint32_t height = 0;
};
ShownSize shown_size(const AVFrame& frame, const Showing& showing);

}  // namespace weir::media
