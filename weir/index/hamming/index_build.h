// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "weir/base/result.h"
#include "weir/index/hamming/hamming_index.h"
#include "weir/index/hamming/index_image.h"

namespace weir {

// The image of these rows, in these slots. The same rows in any order give the same bytes.
// Errors: limit above 2^32 - 1 rows; unavailable when memory lacks.
Result<IndexImage> build_image(std::span<const HammingRow> rows, const SlotWidths& widths);

}  // namespace weir
