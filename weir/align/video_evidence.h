// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/motion.h"
#include "weir/align/video_align.h"

namespace weir {

// log10 of how many spans as surprising as this one chance would give over one entry: the hits on
// its line, of each distinct run of pictures the most surprising one, against the offsets and
// speeds that were tried. A picture that is held for a minute is one surprise, not 120.
double log10_false_alarms(const TrackPair& tracks, std::span<const FrameHit> hits,
                          const SharedSegment& segment);

// What motion says of two spans whose pixels agree, in the mean of their frames, by `agreement`.
Verdict verdict_of_motion(const Motion& motion, double agreement);

// Segments that explain one moment of the item twice: the less sure one gives way, wholly or in
// part. At most `most`, by time in the item.
std::vector<SharedSegment> resolved(std::vector<SharedSegment> found, size_t most);

}  // namespace weir
