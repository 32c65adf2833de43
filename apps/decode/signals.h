// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/sandbox/decoder.h"
#include "weir/base/byte_source.h"
#include "weir/base/limits.h"
#include "weir/base/result.h"
#include "weir/signal/signals.h"

namespace weir {

// Everything that is wanted of what one file shows: the picture's PDQ whole and without uniform
// borders, frame by frame, then a preview; of what moves, when that is wanted, the track and the
// signals of others, `say` being told how far it is. Digests are not computed here. A GIF, WebP or
// PNG is a picture, and a video as well where it moves and videos are wanted. A picture of low PDQ
// quality is kept: whether it says enough is for the match to decide. Errors: as decode_image() in
// weir/media/picture/image.h and decode_video() in weir/media/video/video.h.
Result<ItemSignals> compute_signals(ByteSource& file, const DecodeWants& wants,
                                    const Limits& limits, const DecodeProgress& say);

}  // namespace weir
