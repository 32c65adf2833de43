// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/match/finder.h"

namespace weir {

// Finds entries by digests of files and by PDQ of whole pictures; hash_finder.cc says how.
const Finder& hash_finder();

}  // namespace weir
