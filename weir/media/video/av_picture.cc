// SPDX-License-Identifier: Apache-2.0
#include "weir/media/video/av_picture.h"

#include <cstring>
#include <string>

extern "C" {
#include <libavutil/log.h>
}

namespace weir::media {
namespace {

struct FreeCodec {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

// FFmpeg's own AV1 decoder only drives hardware, so AV1 is asked for by the library's name.
const AVCodec* find_codec(AVCodecID id) {
  return id == AV_CODEC_ID_AV1 ? avcodec_find_decoder_by_name("libdav1d")
                               : avcodec_find_decoder(id);
}

Error damaged(AVCodecID id) {
  return {ErrorCode::kCorrupt,
          std::string("the ") + avcodec_get_name(id) + " data cannot be decoded"};
}

}  // namespace

Result<AvPicture> decode_av_picture(AVCodecID id, std::span<const uint8_t> bytes,
                                    uint64_t most_pixels) {
  const AVCodec* codec = find_codec(id);
  if (!codec)
    return Error{ErrorCode::kUnavailable,
                 std::string("this FFmpeg has no decoder for ") + avcodec_get_name(id)};
  const std::unique_ptr<AVCodecContext, FreeCodec> context(avcodec_alloc_context3(codec));
  const std::unique_ptr<AVPacket, FreeCodec> packet(av_packet_alloc());
  AvPicture picture(av_frame_alloc());
  if (!context || !packet || !picture || bytes.size() > INT32_MAX / 2 ||
      av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0)
    return Error{ErrorCode::kLimit, "decoding this picture needs more memory than there is"};
  std::memcpy(packet->data, bytes.data(), bytes.size());

  context->thread_count = 1;
  // FFmpeg counts its padding, too; the exact check follows.
  constexpr uint64_t kPadding = 1 << 22;
  context->max_pixels = static_cast<int64_t>(most_pixels + kPadding);
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return damaged(id);
  if (avcodec_send_packet(context.get(), packet.get()) < 0) return damaged(id);
  avcodec_send_packet(context.get(), nullptr);  // nothing follows: pictures held back come out
  if (avcodec_receive_frame(context.get(), picture.get()) < 0) return damaged(id);
  if (static_cast<uint64_t>(picture->width) * static_cast<uint64_t>(picture->height) > most_pixels)
    return Error{ErrorCode::kLimit, "the picture has more pixels than limits.pixels allows"};
  return picture;
}

Status init_av() {
  av_log_set_level(AV_LOG_QUIET);
  for (const AVCodecID id : {AV_CODEC_ID_AV1, AV_CODEC_ID_HEVC, AV_CODEC_ID_BMP, AV_CODEC_ID_PBM,
                             AV_CODEC_ID_PGM, AV_CODEC_ID_PPM, AV_CODEC_ID_PAM})
    if (!find_codec(id))
      return Error{ErrorCode::kUnavailable,
                   std::string("this FFmpeg has no decoder for ") + avcodec_get_name(id)};
  return {};
}

}  // namespace weir::media
