// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "weir/base/result.h"
#include "weir/media/video/av_own.h"

namespace weir::media {

using AvPicture = Av<AVFrame>;

// The first picture in `bytes`, which FFmpeg's codec `id` decodes in the calling thread.
// Errors: corrupt when there is none; limit when it has more than `most_pixels`; unavailable when
// this FFmpeg lacks the codec.
Result<AvPicture> decode_av_picture(AVCodecID id, std::span<const uint8_t> bytes,
                                    uint64_t most_pixels);

// Silences FFmpeg and makes sure the codecs that weir/media asks for are there.
Status init_av();

}  // namespace weir::media
