// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/motion.h"
#include "weir/align/time_evidence.h"
#include "weir/align/video_align.h"

namespace weir {

// log10 of how many spans as surprising as this one chance would give over one entry: the hits on
// its line, of each distinct run of pictures the most surprising one, against the offsets and
// speeds that were tried. A picture that is held for a minute is one surprise, not 120.
double log10_false_alarms(const TrackPair& tracks, std::span<const FrameHit> hits,
                          const SharedSegment& segment);

// What a span says that follows the entry like this, and whose motion agrees like that.
// Precondition: there is enough to tell from.
Verdict verdict_over_time(const Following& following, const Motion& motion);

// Segments that explain one moment of the item twice: the less sure one gives way, wholly or in
// part. At most `most`, by time in the item.
std::vector<SharedSegment> resolved(std::vector<SharedSegment> found, size_t most);

}  // namespace weir
