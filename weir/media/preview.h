// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "weir/base/pixels.h"

namespace weir::media {

// The picture with its long side at most `side` pixels, each the mean of the area it covers; never
// enlarged. Precondition: side > 0. For people to look at: no signal is computed from it.
Pixels shrink(Pixels picture, uint32_t side);

}  // namespace weir::media
