// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/index/hamming/hamming_index.h"
#include "weir/index/hamming/index_image.h"

namespace weir {

// What a HammingIndex shares with its copies and with a LiveHammingIndex.
struct HammingIndex::Impl {
  IndexImage image;
};

}  // namespace weir
