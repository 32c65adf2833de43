// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "weir/media/video/av_frame.h"
#include "weir/media/video/video.h"

namespace weir::media {

// A frame as it is lent to the caller.
class AvVideoFrame : public VideoFrame {
 public:
  AvVideoFrame(const AVFrame& frame, const Showing& showing, FramePictures& pictures,
               double frames_a_second, double base_frames_a_second, std::chrono::microseconds said)
      : frame_(frame),
        showing_(showing),
        pictures_(pictures),
        size_(shown_size(frame, showing)),
        frames_a_second_(frames_a_second),
        base_frames_a_second_(base_frames_a_second),
        said_duration_(said) {}
  void set(std::chrono::microseconds time, std::chrono::microseconds until, uint32_t number) {
    time_ = time;
    until_ = until;
    number_ = number;
  }
  std::chrono::microseconds time() const override { return time_; }
  std::chrono::microseconds until() const override { return until_; }
  uint32_t number() const override { return number_; }
  bool is_key() const override { return frame_.key_frame != 0; }
  double frames_a_second() const override { return frames_a_second_; }
  double base_frames_a_second() const override { return base_frames_a_second_; }
  std::chrono::microseconds said_duration() const override { return said_duration_; }
  uint32_t width() const override { return size_.width; }
  uint32_t height() const override { return size_.height; }
  Result<PixelView> grey(uint32_t side) override { return pictures_.grey(frame_, showing_, side); }
  Result<PixelView> rgb() override {
    return rgb(static_cast<uint32_t>(frame_.width), static_cast<uint32_t>(frame_.height));
  }
  Result<PixelView> rgb(uint32_t width, uint32_t height) override {
    return pictures_.rgb(frame_, width, height);
  }

 private:
  const AVFrame& frame_;
  const Showing& showing_;
  FramePictures& pictures_;
  ShownSize size_;
  double frames_a_second_;
  double base_frames_a_second_;
  std::chrono::microseconds said_duration_;
  std::chrono::microseconds time_{0};
  std::chrono::microseconds until_{0};
  uint32_t number_ = 0;
};

}  // namespace weir::media
