// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/align/video/motion.h"
#include "weir/align/video/time_evidence.h"
#include "weir/align/video/video_align.h"

// Weighs what speaks for a span: its hits say how surely the same pictures are shown, and what
// changes over time says whether it is the same recording. Hits are counted by runs of pictures,
// since a picture that is held for a minute is one surprise and not 120. They are set against all
// offsets and speeds that were tried, so that much trying makes nothing surer.
// Example: an item of 60 s and an entry of 600 s leave 2 * 661 * 15 tests, which is 4.3 digits.
// Three pictures of 8 digits each make a log10_nfa of 4.3 - 24 = -19.7.
// Counter-example: two days of one room have sure hits and are no copy. What moved in the room must
// say so, in verdict_over_time().

namespace weir {

// Chosen by hand on the tune side of the accuracy bench, and not fitted.
inline constexpr double kLeastSegmentSeconds = 0.7;  // of the item; what is shorter is dropped
inline constexpr double kExplainedByChance = -0.5;  // log10_nfa, above which chance explains a span

// Sets log10_nfa, told_from and told_to of a segment. The first is log10 of how many spans as
// surprising as this chance would give over one entry. Hits on its line count, and hits of another
// moment of the shot count a little less; of each run of pictures the most surprising hit counts.
void weigh_hits(const TrackPair& tracks, std::span<const FrameHit> hits, SharedSegment& segment);

// The verdict on a span, by how it follows the entry over all of its time and by how its motion
// agrees from moment to moment. Precondition: there is enough to tell from.
Verdict verdict_over_time(const Following& following, const Motion& motion);

// Whether so much agrees that it is no chance, even when the moment or the part was chosen among
// many because it agrees best.
bool is_sure_of_chosen(const Following& following, const Motion& motion);

// The segments such that none of them explains a moment of the item that another explains: the less
// sure one gives way, wholly or in part. At most `most`, by time in the item.
std::vector<SharedSegment> resolved(std::vector<SharedSegment> found, size_t most);

}  // namespace weir
