// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace weir::media {

struct FreeAv {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
// Owns what FFmpeg has allocated.
template <class T>
using Av = std::unique_ptr<T, FreeAv>;

// The number in one of FFmpeg's enums, which decoders fill from the stream as it comes: loading a
// value that the enum does not have would be undefined.
template <class Enum>
uint16_t number_in(const Enum& value) {
  static_assert(sizeof value == sizeof(uint32_t));
  uint32_t number = 0;
  std::memcpy(&number, &value, sizeof number);
  return static_cast<uint16_t>(number);
}

}  // namespace weir::media
