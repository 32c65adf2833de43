// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "weir/match/match.h"
#include "weir/signal/item_signals.h"

namespace weir {

// What was done to the item's picture to agree with the entry's, for people: "mirrored", "turned by
// a quarter"; empty for nothing.
std::string_view words_of(Dihedral orientation);

// "same file (sha256)", "pdq 8 bits, mirrored".
std::string words_of(const Evidence& evidence);

// "212 of its features, 98 % of its pixels agree: scaled to 31 %".
std::string evidence_of(const SharedRegion& region);
// The same; what is no copy is said to be none, with words_of(Verdict) before it.
std::string words_of(const SharedRegion& region);

// "1:02:03.4", "2:03.4".
std::string clock_time(std::chrono::microseconds time);

// "0:12.0-0:24.5 shows 1:41.2-1:53.7, mirrored, at 1.25 times the speed"; of a picture "shows
// 0:02.5", and when the entry is one "0:12.0-0:24.5 shows it".
std::string words_of(const SharedSegment& segment);

// "h264, 1:01.2, 25 frames a second".
std::string words_of_video(const ItemSignals& item);

// "a copy", "the same scene, not the same picture".
std::string_view words_of(Verdict verdict);
// "odds 4.1: against an element in common 9.5 (found +7.4, spread +4.4), against another moment 4.1
// (noise -3.2, places +2.2)": all terms that say something, loudest first.
std::string words_of(const Judged& judged);

}  // namespace weir
