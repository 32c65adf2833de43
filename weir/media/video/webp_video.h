// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/media/video/video.h"

namespace weir::media {

// Animated WebP, which FFmpeg 5.1 does not play, by libwebp: read whole, so at most
// limits.file_bytes. Errors: as decode_video().
Result<DecodedVideo> decode_webp_video(ByteSource& source, const Limits& limits,
                                       const VideoOptions& options,
                                       const std::function<Status(VideoFrame&)>& take);

}  // namespace weir::media
