// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "server/sandbox/decoder.h"
#include "weir/base/limits.h"
#include "weir/base/result.h"
#include "weir/base/signals.h"

namespace weir {

// Everything that is wanted of one file's bytes: digests, then the picture's PDQ whole and without
// uniform borders, frame by frame, then a preview. When neither pdq nor a preview is wanted nothing
// is decoded, and format, width and height stay empty. A picture of low PDQ quality is kept:
// whether it says enough is for the match to decide. Errors: as decode_image() in
// weir/media/image.h.
Result<ItemSignals> compute_signals(std::span<const uint8_t> file, const DecodeWants& wants,
                                    const Limits& limits);

}  // namespace weir
