// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "weir/base/limits.h"
#include "weir/base/result.h"
#include "weir/media/format.h"

namespace weir::media {

// Called with a header's word, before a pixel is decoded or memory is taken for one.
// `bytes_per_pixel` is what the decoder will hold at its worst, result included.
// Errors: corrupt for a side of 0; limit above limits.dimension, pixels or memory_bytes.
Status check_size(Format format, uint64_t width, uint64_t height, uint64_t bytes_per_pixel,
                  const Limits& limits);

// Whether a picture that broke off is worth looking at, and the note that says so. One rule for
// every format: at least half of its rows were read. PDQ of a picture whose lower half is grey is
// far from any other's, so less would only cost time and claim to have looked.
// Errors: corrupt when fewer rows were read.
Result<std::string> note_missing_rows(Format format, uint64_t read, uint64_t rows);

}  // namespace weir::media
