// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/jxl.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "weir/media/limit_checks.h"
#include "weir/media/picture/animation.h"
#include "weir/media/picture/transparency.h"

namespace weir::media {
namespace {

// libjxl works in three or four planes of floats beside our RGBA and result.
constexpr uint64_t kJxlBytesPerPixel = 16 + 4 + 3;

Error damaged(const char* why) {
  return {ErrorCode::kCorrupt, std::string("the jxl data is damaged: ") + why};
}

}  // namespace

Result<std::unique_ptr<JxlFrames>> JxlFrames::open(std::span<const uint8_t> bytes,
                                                   const Limits& limits) {
  std::unique_ptr<JxlFrames> frames(new JxlFrames);
  frames->bytes_ = bytes;
  TRY(frames->begin(false));
  if (JxlDecoderProcessInput(frames->decoder_.get()) != JXL_DEC_BASIC_INFO ||
      JxlDecoderGetBasicInfo(frames->decoder_.get(), &frames->info_) != JXL_DEC_SUCCESS)
    return damaged("no header");
  TRY(check_size(Format::kJxl, frames->width(), frames->height(), kJxlBytesPerPixel, limits));
  const Bands colours = frames->info_.num_color_channels == 1 ? Bands::kGrey : Bands::kRgb;
  frames->bands_ = channels_of(colours) + (frames->info_.alpha_bits ? 1 : 0);
  return frames;
}

// A decoder that was asked for headers alone cannot draw, so that drawing begins anew.
Status JxlFrames::begin(bool draws) {
  decoder_.reset(JxlDecoderCreate(nullptr));
  const int wanted = JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FRAME |
                     (draws ? JXL_DEC_FULL_IMAGE : 0);
  if (!decoder_ || JxlDecoderSubscribeEvents(decoder_.get(), wanted) != JXL_DEC_SUCCESS)
    return Error{ErrorCode::kUnavailable, "libjxl did not start"};
  JxlDecoderSetInput(decoder_.get(), bytes_.data(), bytes_.size());
  JxlDecoderCloseInput(decoder_.get());
  draws_ = draws;
  return {};
}

Row JxlFrames::first_row() const {
  const Bands colours = info_.num_color_channels == 1 ? Bands::kGrey : Bands::kRgb;
  return {samples_.data(),
          info_.xsize,
          colours,
          bands_,
          info_.alpha_bits ? bands_ - 1 : 0,
          false,
          tones_.empty() ? nullptr : tones_.data()};
}

Status JxlFrames::prepare() {
  const JxlPixelFormat format{static_cast<uint32_t>(bands_), JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
  size_t size = 0;
  if (JxlDecoderImageOutBufferSize(decoder_.get(), &format, &size) != JXL_DEC_SUCCESS ||
      size != stride() * height())
    return damaged("no size");
  samples_.resize(size);
  if (JxlDecoderSetImageOutBuffer(decoder_.get(), &format, samples_.data(), size) !=
      JXL_DEC_SUCCESS)
    return damaged("no place for its pixels");
  return {};
}

// What the samples are that libjxl gives; it gives those of some pictures as light.
void JxlFrames::read_tones() {
  JxlColorEncoding colour;
  constexpr auto kGiven = JXL_COLOR_PROFILE_TARGET_DATA;
  if (JxlDecoderGetColorAsEncodedProfile(decoder_.get(), nullptr, kGiven, &colour) ==
      JXL_DEC_SUCCESS) {
    if (colour.transfer_function == JXL_TRANSFER_FUNCTION_LINEAR) tones_ = tones_of_power(1);
    if (colour.transfer_function == JXL_TRANSFER_FUNCTION_GAMMA && colour.gamma > 0)
      tones_ = tones_of_power(1 / colour.gamma);
    return;
  }
  size_t size = 0;
  constexpr size_t kMostProfileBytes = 1 << 20;
  if (JxlDecoderGetICCProfileSize(decoder_.get(), nullptr, kGiven, &size) != JXL_DEC_SUCCESS ||
      size > kMostProfileBytes)
    return;
  std::vector<uint8_t> profile(size);
  if (JxlDecoderGetColorAsICCProfile(decoder_.get(), nullptr, kGiven, profile.data(), size) ==
      JXL_DEC_SUCCESS)
    tones_ = tones_of_icc(profile);
}

// To the end of the next frame when drawing, else to its header.
Result<bool> JxlFrames::advance() {
  for (;;) {
    switch (JxlDecoderProcessInput(decoder_.get())) {
      case JXL_DEC_BASIC_INFO:
        break;
      case JXL_DEC_COLOR_ENCODING:
        read_tones();
        break;
      case JXL_DEC_FRAME: {
        JxlFrameHeader header;
        if (JxlDecoderGetFrameHeader(decoder_.get(), &header) != JXL_DEC_SUCCESS)
          return damaged("no header of a frame");
        const JxlAnimationHeader& animation = info_.animation;
        const double seconds = animation.tps_numerator
                                   ? static_cast<double>(header.duration) *
                                         animation.tps_denominator / animation.tps_numerator
                                   : 0;
        duration_ = std::chrono::microseconds(static_cast<int64_t>(std::min(seconds, 1e9) * 1e6));
        if (!draws_) return true;
        break;
      }
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
        TRY(prepare());
        break;
      case JXL_DEC_FULL_IMAGE:
        return true;
      case JXL_DEC_SUCCESS:
        return false;
      case JXL_DEC_NEED_MORE_INPUT:
        return damaged("it breaks off");
      default:
        return damaged("libjxl cannot decode it");
    }
  }
}

Result<bool> JxlFrames::next() {
  if (!draws_) TRY(begin(true));
  return advance();
}

Result<bool> JxlFrames::skip() {
  return draws_ ? next() : advance();
}

namespace {

// How long each frame stays, from their headers alone.
Result<Timeline> timeline_of(JxlFrames& frames, const Limits& limits) {
  Timeline timeline;
  timeline.frame_count = 0;
  while (timeline.frame_count < limits.video_frames && TRY(frames.skip())) {
    ++timeline.frame_count;
    timeline.delays_ms.push_back(static_cast<int>(
        std::min<int64_t>(frames.duration().count() / 1000, std::numeric_limits<int>::max())));
  }
  return timeline;
}

}  // namespace

Result<DecodedImage> decode_jxl(std::span<const uint8_t> bytes, const Limits& limits) {
  const auto frames = TRY(JxlFrames::open(bytes, limits));
  DecodedImage image;
  Timeline timeline;
  if (frames->is_animation()) timeline = TRY(timeline_of(*frames, limits));
  Selection selection =
      select_frames(timeline, uint64_t{frames->width()} * frames->height(), limits);
  image.frame_count = timeline.frame_count;
  image.note = std::move(selection.note);
  uint32_t drawn = 0;
  for (const uint32_t wanted : selection.frames) {
    for (; drawn <= wanted; ++drawn)
      if (!TRY(frames->next())) return damaged("it has no such frame");
    image.frames.push_back(
        frame_of(layers_of(frames->first_row(), frames->height(), frames->stride()), kUpright,
                 time_of(timeline, wanted), image.frames.empty()));
  }
  image.width = frames->width();
  image.height = frames->height();
  return image;
}

}  // namespace weir::media
