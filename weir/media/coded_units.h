// SPDX-License-Identifier: Apache-2.0
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace weir::media {

// Whether a packet holds one whole frame that no other refers to, and nothing else that later ones
// need: the decoder may go without it, and gives all others as it would have. Only H.264 and H.265
// say so in a way that holds for every stream; false of others, and in doubt.
bool nothing_refers_to(const AVPacket& packet, const AVCodecParameters& codec);

}  // namespace weir::media
