// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/sandbox/decoder.h"
#include "weir/base/byte_source.h"
#include "weir/base/limits.h"
#include "weir/base/result.h"
#include "weir/signal/signals.h"

namespace weir {

// Everything that is wanted of a video, from one pass over its frames, put into `item`: sizes, the
// track, vPDQ and TMK, and a grey preview of a telling frame where `item` has none. `say` is told
// how far it is. Errors: as decode_video() in weir/media/video/video.h.
Status add_video(ByteSource& file, const DecodeWants& wants, const Limits& limits,
                 const DecodeProgress& say, ItemSignals& item);

}  // namespace weir
