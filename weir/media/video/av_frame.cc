// SPDX-License-Identifier: Apache-2.0
#include "weir/media/video/av_frame.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "weir/media/picture/transparency.h"
#include "weir/media/video/av_own.h"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

namespace weir::media {
namespace {

constexpr size_t kAlign = 64;  // of rows, and what swscale may write behind the last

// A pixel four times as wide as high, or the reverse, is taken for a mistake.
constexpr double kMostStretch = 4;

Error cannot_convert() {
  return {ErrorCode::kUnavailable, "FFmpeg cannot convert the pixels of this video"};
}

size_t stride_of(size_t bytes) {
  return (bytes + kAlign - 1) / kAlign * kAlign;
}

bool is_full_range(const AVFrame& frame) {
  switch (frame.format) {
    case AV_PIX_FMT_YUVJ411P:
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_GRAY8:
      return true;
    default:
      return number_in(frame.color_range) == AVCOL_RANGE_JPEG;
  }
}

bool has_alpha(const AVPixFmtDescriptor& format) {
  return format.flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL);
}

// Whether plane 0 is luma, 8 bits a sample and nothing between.
bool has_plain_luma(const AVFrame& frame, const AVPixFmtDescriptor& format) {
  constexpr uint64_t kOther = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL |
                              AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL |
                              AV_PIX_FMT_FLAG_BAYER;
  return !(format.flags & kOther) && format.comp[0].plane == 0 && format.comp[0].depth == 8 &&
         format.comp[0].step == 1 && format.comp[0].offset == 0 && frame.linesize[0] > 0;
}

int sws_range(const AVFrame& frame) {
  return number_in(frame.color_range) == AVCOL_RANGE_JPEG;
}

// EXIF's number for a display matrix (ISO/IEC 14496-12, 8.5.2.3), turns of other than 90 degrees
// being rounded: shown x = a x + c y, shown y = b x + d y.
Orientation orientation_of(const int32_t* matrix) {
  const int64_t a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
  if (std::llabs(a) + std::llabs(d) >= std::llabs(b) + std::llabs(c)) {
    if (a >= 0) return d >= 0 ? 1 : 4;
    return d >= 0 ? 2 : 3;
  }
  if (b >= 0) return c >= 0 ? 5 : 6;
  return c >= 0 ? 8 : 7;
}

double pixel_shape(const AVFrame& frame, const Showing& showing) {
  const AVRational shape =
      showing.pixel_shape.num > 0 ? showing.pixel_shape : frame.sample_aspect_ratio;
  if (shape.num <= 0 || shape.den <= 0) return 1;
  const double stretch = av_q2d(shape);
  return stretch <= kMostStretch && stretch >= 1 / kMostStretch ? stretch : 1;
}

uint32_t shortened(uint32_t side, double share) {
  return std::max(1u, static_cast<uint32_t>(std::lround(side * share)));
}

// As stored: sides in square pixels, by leaving out what stretched pixels have too much.
ShownSize square_size(const AVFrame& frame, const Showing& showing) {
  const double shape = pixel_shape(frame, showing);
  const auto width = static_cast<uint32_t>(frame.width);
  const auto height = static_cast<uint32_t>(frame.height);
  return shape >= 1 ? ShownSize{width, shortened(height, 1 / shape)}
                    : ShownSize{shortened(width, shape), height};
}

}  // namespace

Showing showing_of(const AVStream& stream) {
  Showing showing;
  showing.pixel_shape = stream.sample_aspect_ratio;
  size_t bytes = 0;
  const uint8_t* matrix = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
  if (matrix && bytes >= 9 * sizeof(int32_t))
    showing.orientation = orientation_of(reinterpret_cast<const int32_t*>(matrix));
  return showing;
}

ShownSize shown_size(const AVFrame& frame, const Showing& showing) {
  ShownSize size = square_size(frame, showing);
  if (swaps_sides(showing.orientation)) std::swap(size.width, size.height);
  return size;
}

FramePictures::~FramePictures() {
  sws_freeContext(to_grey_);
  sws_freeContext(to_rgb_);
}

Result<PixelView> FramePictures::grey(const AVFrame& frame, const Showing& showing, uint32_t side) {
  const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  if (!format) return cannot_convert();
  ShownSize size = square_size(frame, showing);
  const uint32_t longer = std::max(size.width, size.height);
  if (side > 0 && longer > side) {
    const double share = static_cast<double>(side) / longer;
    size = {shortened(size.width, share), shortened(size.height, share)};
  }
  if (has_alpha(*format))
    TRY(scale_transparent(frame, size.width, size.height));
  else if (has_plain_luma(frame, *format))
    TRY(shrink_luma(frame, size.width, size.height));
  else
    TRY(scale_grey(frame, size.width, size.height));
  Pixels stored{std::move(samples_), size.width, size.height, 1};
  if (showing.orientation == kUpright) {
    upright_ = std::move(stored);
  } else {
    upright_ = upright(std::move(stored), showing.orientation);
  }
  return upright_.view();
}

// Of interlaced frames one field, where that has lines enough: two moments in one picture are none.
Status FramePictures::shrink_luma(const AVFrame& frame, uint32_t width, uint32_t height) {
  PixelView luma{frame.data[0], static_cast<uint32_t>(frame.width),
                 static_cast<uint32_t>(frame.height), 1, static_cast<size_t>(frame.linesize[0])};
  if (frame.interlaced_frame && height <= luma.height / 2) {
    luma.height /= 2;
    luma.stride *= 2;
  }
  const bool is_full = is_full_range(frame);
  if (full_range_[255] == 0)  // 16 is black and 235 white (ITU-R BT.601)
    for (int level = 0; level < 256; ++level)
      full_range_[level] =
          static_cast<uint8_t>(std::clamp((level - 16) * 255.0 / 219 + 0.5, 0.0, 255.0));
  samples_.resize(size_t{width} * height);
  average_.shrink(luma, width, height, is_full ? nullptr : full_range_.data(), samples_.data());
  return {};
}

// Into mixed_, in rows of `stride` bytes.
Status FramePictures::scale(SwsContext* scaler, const AVFrame& frame, size_t stride,
                            uint32_t height) {
  mixed_.resize(stride * height + kAlign);
  uint8_t* const to[] = {mixed_.data()};
  const int strides[] = {static_cast<int>(stride)};
  if (sws_scale(scaler, frame.data, frame.linesize, 0, frame.height, to, strides) < 0)
    return cannot_convert();
  return {};
}

Status FramePictures::scale_grey(const AVFrame& frame, uint32_t width, uint32_t height) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  to_grey_ = sws_getCachedContext(to_grey_, frame.width, frame.height, format,
                                  static_cast<int>(width), static_cast<int>(height),
                                  AV_PIX_FMT_GRAY8, SWS_AREA, nullptr, nullptr, nullptr);
  if (!to_grey_) return cannot_convert();
  const int* matrix = sws_getCoefficients(SWS_CS_DEFAULT);
  sws_setColorspaceDetails(to_grey_, matrix, sws_range(frame), matrix, 1, 0, 1 << 16, 1 << 16);
  const size_t stride = stride_of(width);
  TRY(scale(to_grey_, frame, stride, height));
  samples_.resize(size_t{width} * height);
  for (uint32_t y = 0; y < height; ++y)
    std::copy_n(mixed_.data() + y * stride, width, samples_.data() + size_t{y} * width);
  return {};
}

Status FramePictures::scale_transparent(const AVFrame& frame, uint32_t width, uint32_t height) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  to_grey_ = sws_getCachedContext(to_grey_, frame.width, frame.height, format,
                                  static_cast<int>(width), static_cast<int>(height),
                                  AV_PIX_FMT_RGBA, SWS_AREA, nullptr, nullptr, nullptr);
  if (!to_grey_) return cannot_convert();
  const size_t stride = stride_of(size_t{width} * 4);
  TRY(scale(to_grey_, frame, stride, height));
  const Row first{mixed_.data(), width, Bands::kRgb, 4, 3, false};
  const Frame shown = frame_of(layers_of(first, height, stride), kUpright, {}, false);
  samples_.resize(size_t{width} * height);
  const uint8_t* rgb = shown.pixels.samples.data();
  for (uint8_t& out : samples_) {
    out = static_cast<uint8_t>((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
    rgb += 3;
  }
  return {};
}

// In full size as programs do that call the scaler with its defaults; to another size as FFmpeg's
// command line does, which heeds what the frame says of its colours and where they were sampled.
Result<PixelView> FramePictures::rgb(const AVFrame& frame, uint32_t width, uint32_t height) {
  const bool is_scaled =
      width != static_cast<uint32_t>(frame.width) || height != static_cast<uint32_t>(frame.height);
  const auto format = static_cast<AVPixelFormat>(frame.format);
  to_rgb_ = sws_getCachedContext(to_rgb_, frame.width, frame.height, format,
                                 static_cast<int>(width), static_cast<int>(height),
                                 AV_PIX_FMT_RGB24, SWS_BICUBIC, nullptr, nullptr, nullptr);
  if (!to_rgb_) return cannot_convert();
  if (is_scaled && number_in(frame.colorspace) != AVCOL_SPC_UNSPECIFIED) {
    const int* matrix = sws_getCoefficients(number_in(frame.colorspace));
    const int* rgb = sws_getCoefficients(SWS_CS_DEFAULT);
    sws_setColorspaceDetails(to_rgb_, matrix, sws_range(frame), rgb, 1, 0, 1 << 16, 1 << 16);
  }
  const size_t stride = stride_of(size_t{width} * 3);
  TRY(scale(to_rgb_, frame, stride, height));
  return PixelView{mixed_.data(), width, height, 3, stride};
}

}  // namespace weir::media
