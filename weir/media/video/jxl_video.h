// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/media/video/video.h"

namespace weir::media {

// Animated JPEG XL by libjxl, as decode_webp_video(). Errors: as decode_video().
Result<DecodedVideo> decode_jxl_video(ByteSource& source, const Limits& limits,
                                      const VideoOptions& options,
                                      const std::function<Status(VideoFrame&)>& take);

}  // namespace weir::media
