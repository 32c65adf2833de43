// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <jxl/decode.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "weir/media/picture/image.h"
#include "weir/media/rows.h"
#include "weir/media/tones.h"

namespace weir::media {

// The frames of a JPEG XL file one after the other, each as the whole upright picture that is
// shown. A still picture has one. Borrows the bytes.
class JxlFrames {
 public:
  // Reads the header. Errors: as decode_image().
  static Result<std::unique_ptr<JxlFrames>> open(std::span<const uint8_t> bytes,
                                                 const Limits& limits);

  uint32_t width() const { return info_.xsize; }
  uint32_t height() const { return info_.ysize; }
  bool is_animation() const { return info_.have_animation; }

  // Draws the next frame. False after the last. Errors: corrupt.
  Result<bool> next();
  // Steps over the next frame, and says no more of it than duration(). False and errors as next().
  Result<bool> skip();

  // Of the frame that next() drew: how long it stays, its samples, and what they are. The samples
  // are valid until the next call.
  std::chrono::microseconds duration() const { return duration_; }
  Row first_row() const;
  size_t stride() const { return size_t{width()} * static_cast<size_t>(bands_); }
  uint8_t* samples() { return samples_.data(); }

 private:
  struct Delete {
    void operator()(JxlDecoder* decoder) const { JxlDecoderDestroy(decoder); }
  };
  JxlFrames() = default;
  Status begin(bool draws);
  Status prepare();
  void read_tones();
  Result<bool> advance();

  std::span<const uint8_t> bytes_;
  std::unique_ptr<JxlDecoder, Delete> decoder_;
  bool draws_ = false;
  JxlBasicInfo info_{};
  int bands_ = 0;
  Tones tones_;
  std::vector<uint8_t> samples_;
  std::chrono::microseconds duration_{0};
};

// JPEG XL by libjxl: the first frame and, of an animation, evenly spaced ones, as of a GIF.
// Errors: as decode_image().
Result<DecodedImage> decode_jxl(std::span<const uint8_t> bytes, const Limits& limits);

}  // namespace weir::media
