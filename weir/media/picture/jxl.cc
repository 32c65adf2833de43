// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/jxl.h"

#include <jxl/decode.h>

#include <memory>
#include <string>
#include <utility>

#include "weir/media/limit_checks.h"
#include "weir/media/picture/transparency.h"

namespace weir::media {
namespace {

// libjxl works in three or four planes of floats beside our RGBA and result.
constexpr uint64_t kBytesPerPixel = 16 + 4 + 3;

struct Delete {
  void operator()(JxlDecoder* decoder) const { JxlDecoderDestroy(decoder); }
};

Error damaged(const char* why) {
  return {ErrorCode::kCorrupt, std::string("the jxl data is damaged: ") + why};
}

// What libjxl is asked to write, and where.
struct Canvas {
  JxlBasicInfo info{};
  int bands = 0;
  std::vector<uint8_t> samples;

  Bands colours() const { return info.num_color_channels == 1 ? Bands::kGrey : Bands::kRgb; }
  int alpha_band() const { return info.alpha_bits ? bands - 1 : 0; }
};

Status prepare(JxlDecoder* decoder, Canvas& canvas) {
  canvas.bands = channels_of(canvas.colours()) + (canvas.info.alpha_bits ? 1 : 0);
  const JxlPixelFormat format{static_cast<uint32_t>(canvas.bands), JXL_TYPE_UINT8,
                              JXL_NATIVE_ENDIAN, 0};
  size_t size = 0;
  if (JxlDecoderImageOutBufferSize(decoder, &format, &size) != JXL_DEC_SUCCESS ||
      size != size_t{canvas.info.xsize} * canvas.info.ysize * static_cast<size_t>(canvas.bands))
    return damaged("no size");
  canvas.samples.resize(size);
  if (JxlDecoderSetImageOutBuffer(decoder, &format, canvas.samples.data(), size) != JXL_DEC_SUCCESS)
    return damaged("no place for its pixels");
  return {};
}

Result<Canvas> decode_first_frame(std::span<const uint8_t> bytes, const Limits& limits) {
  const std::unique_ptr<JxlDecoder, Delete> decoder(JxlDecoderCreate(nullptr));
  if (!decoder || JxlDecoderSubscribeEvents(
                      decoder.get(), JXL_DEC_BASIC_INFO | JXL_DEC_FULL_IMAGE) != JXL_DEC_SUCCESS)
    return Error{ErrorCode::kUnavailable, "libjxl did not start"};
  JxlDecoderSetInput(decoder.get(), bytes.data(), bytes.size());
  JxlDecoderCloseInput(decoder.get());

  Canvas canvas;
  for (;;) {
    switch (JxlDecoderProcessInput(decoder.get())) {
      case JXL_DEC_BASIC_INFO:
        if (JxlDecoderGetBasicInfo(decoder.get(), &canvas.info) != JXL_DEC_SUCCESS)
          return damaged("no header");
        TRY(check_size(Format::kJxl, canvas.info.xsize, canvas.info.ysize, kBytesPerPixel, limits));
        break;
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
        TRY(prepare(decoder.get(), canvas));
        break;
      case JXL_DEC_FULL_IMAGE:
        return canvas;
      case JXL_DEC_NEED_MORE_INPUT:
        return damaged("it breaks off");
      default:
        return damaged("libjxl cannot decode it");
    }
  }
}

}  // namespace

Result<DecodedImage> decode_jxl(std::span<const uint8_t> bytes, const Limits& limits) {
  const Canvas canvas = TRY(decode_first_frame(bytes, limits));
  DecodedImage image;
  image.width = canvas.info.xsize;
  image.height = canvas.info.ysize;
  const Row first{canvas.samples.data(), image.width,         canvas.colours(),
                  canvas.bands,          canvas.alpha_band(), false};
  image.frames.push_back(frame_of(
      layers_of(first, image.height, size_t{image.width} * canvas.bands), kUpright, {}, true));
  return image;
}

}  // namespace weir::media
