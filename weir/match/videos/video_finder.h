// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/match/finder.h"

namespace weir {

// Finds entries of videos by the seconds that a video shows or the moment that a picture shows, and
// entries of pictures by the moments at which a video shows them; video_finder.cc says how.
const Finder& video_finder();

}  // namespace weir
