// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/match/finder.h"

namespace weir {

// Finds entries of videos of which only signals of other programs are known, vPDQ and TMK;
// exchanged_finder.cc says how.
const Finder& exchanged_finder();

}  // namespace weir
