// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/base/pixels.h"
#include "weir/hash/picture/pdq_plain.h"

namespace weir {

// The 64 x 64 blurred samples of a picture, equal to the bit to plain::downsample() of its luma,
// for sides of at least 1. Memory: a few dozen rows of floats, whatever the height.

// Views of 1 or 3 channels.
plain::Samples pdq_samples(const PixelView& picture);

// From luma in 0..255. Exactness is proven for the luma of 8-bit samples (decision 0010); values of
// another origin that are not 0 must not lie below 2^-27.
plain::Samples pdq_samples(const float* luma, size_t width, size_t height);

}  // namespace weir
