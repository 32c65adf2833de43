// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/match/finder.h"

namespace weir {

// Finds entries of pictures by local features and pixels, and looks closely at the entries that
// hashes named; picture_finder.cc says how.
const Finder& picture_finder();

}  // namespace weir
