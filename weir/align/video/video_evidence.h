// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/video/motion.h"
#include "weir/align/video/time_evidence.h"
#include "weir/align/video/video_align.h"

namespace weir {

// log10 of how many spans as surprising as this one chance would give over one entry: the hits on
// its line, and those that name another moment of the shot, which tell less; of each distinct run
// of pictures the most surprising one, against the offsets and speeds that were tried. A picture
// that is held for a minute is one surprise, not 120. Sets log10_nfa to that, and told_from and
// told_to.
void weigh_hits(const TrackPair& tracks, std::span<const FrameHit> hits, SharedSegment& segment);

// What a span says that follows the entry like this, and whose motion agrees like that.
// Precondition: there is enough to tell from.
Verdict verdict_over_time(const Following& following, const Motion& motion);

// Whether so much agrees that it is no chance even of a moment, or a part, that was chosen among
// many as the one that agrees best.
bool is_sure_of_chosen(const Following& following, const Motion& motion);

// Segments that explain one moment of the item twice: the less sure one gives way, wholly or in
// part. At most `most`, by time in the item.
std::vector<SharedSegment> resolved(std::vector<SharedSegment> found, size_t most);

}  // namespace weir
