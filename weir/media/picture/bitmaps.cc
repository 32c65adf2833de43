// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/bitmaps.h"

#include <cstdlib>
#include <utility>

#include "weir/media/limit_checks.h"
#include "weir/media/picture/transparency.h"
#include "weir/media/video/av_picture.h"

extern "C" {
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace weir::media {
namespace {

// FFmpeg's picture, the same in RGBA, and colours, alpha and what lies beneath.
constexpr uint64_t kBmpBytesPerPixel = 4 + 4 + 3 + 1 + 3;

uint32_t little_endian(std::span<const uint8_t> bytes, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}

// The info header at byte 14 has its length, then width and height: 16 bits each in the oldest
// kind, else 32 with a negative height for rows from the top.
Status check_header(std::span<const uint8_t> bytes, const Limits& limits) {
  if (bytes.size() < 26) return Error{ErrorCode::kCorrupt, "the bmp data ends within its header"};
  const bool is_oldest = little_endian(bytes, 14, 4) == 12;
  const uint64_t width = little_endian(bytes, 18, is_oldest ? 2 : 4);
  const uint32_t rows = little_endian(bytes, is_oldest ? 20 : 22, is_oldest ? 2 : 4);
  const uint64_t height = static_cast<uint64_t>(std::abs(int64_t{static_cast<int32_t>(rows)}));
  return check_size(Format::kBmp, width, height, kBmpBytesPerPixel, limits);
}

Result<Layers> to_rgb(const AVFrame& picture) {
  const auto format = static_cast<AVPixelFormat>(picture.format);
  const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
  const bool has_alpha = description && description->flags & AV_PIX_FMT_FLAG_ALPHA;
  const int bands = has_alpha ? 4 : 3;
  const size_t stride = static_cast<size_t>(picture.width) * bands;
  // swscale's wide stores may pass the end of a row.
  constexpr size_t kSlack = 64;
  std::vector<uint8_t> samples(stride * picture.height + kSlack);

  SwsContext* scaler =
      sws_getContext(picture.width, picture.height, format, picture.width, picture.height,
                     has_alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24, SWS_POINT | SWS_ACCURATE_RND,
                     nullptr, nullptr, nullptr);
  if (!scaler) return Error{ErrorCode::kInvalid, "a kind of bitmap that is not read here"};
  uint8_t* const planes[4] = {samples.data(), nullptr, nullptr, nullptr};
  const int strides[4] = {static_cast<int>(stride), 0, 0, 0};
  const int rows =
      sws_scale(scaler, picture.data, picture.linesize, 0, picture.height, planes, strides);
  sws_freeContext(scaler);
  if (rows != picture.height) return Error{ErrorCode::kCorrupt, "the bitmap is damaged"};

  const Row first{samples.data(),    static_cast<size_t>(picture.width),
                  Bands::kRgb,       bands,
                  has_alpha ? 3 : 0, false};
  return layers_of(first, static_cast<uint32_t>(picture.height), stride);
}

Result<DecodedImage> image_of(const AvPicture& picture) {
  DecodedImage image;
  image.width = static_cast<uint32_t>(picture->width);
  image.height = static_cast<uint32_t>(picture->height);
  image.frames.push_back(frame_of(TRY(to_rgb(*picture)), kUpright, {}, true));
  return image;
}

// By the digit after the "P".
AVCodecID map_codec(uint8_t digit) {
  switch (digit) {
    case '1':
    case '4':
      return AV_CODEC_ID_PBM;
    case '2':
    case '5':
      return AV_CODEC_ID_PGM;
    case '7':
      return AV_CODEC_ID_PAM;
    default:
      return AV_CODEC_ID_PPM;
  }
}

}  // namespace

Result<DecodedImage> decode_bmp(std::span<const uint8_t> bytes, const Limits& limits) {
  TRY(check_header(bytes, limits));
  return image_of(TRY(decode_av_picture(AV_CODEC_ID_BMP, bytes, limits.pixels)));
}

Result<DecodedImage> decode_pnm(std::span<const uint8_t> bytes, const Limits& limits) {
  const AvPicture picture = TRY(decode_av_picture(map_codec(bytes[1]), bytes, limits.pixels));
  TRY(check_size(Format::kPnm, static_cast<uint64_t>(picture->width),
                 static_cast<uint64_t>(picture->height), kBmpBytesPerPixel, limits));
  return image_of(picture);
}

}  // namespace weir::media
