// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "weir/base/result.h"

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace weir::media {

struct FreeAv {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
using AvPicture = std::unique_ptr<AVFrame, FreeAv>;

// The first picture in `bytes`, which FFmpeg's codec `id` decodes in the calling thread.
// Errors: corrupt when there is none; limit when it has more than `most_pixels`; unavailable when
// this FFmpeg lacks the codec.
Result<AvPicture> decode_av_picture(AVCodecID id, std::span<const uint8_t> bytes,
                                    uint64_t most_pixels);

// Silences FFmpeg and makes sure the codecs that weir/media asks for are there.
Status init_av();

}  // namespace weir::media
