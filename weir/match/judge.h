// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "weir/match/finder.h"

namespace weir {

// The judge decides what of all claims about one item is reported. It leaves out what a benign bank
// holds, and a PDQ that is hardly nearer to an entry than to a benign one, since that may be the
// harmless material again. A hash that alone proves too little is set aside. To each match that is
// left the judge adds where it lies.
//
// Example: a picture is 14 bits from a known poster and 24 from a logo in a benign bank. The poster
// is no match, since a picture may differ from itself by 10 bits. At 13 bits it is one.
//
// Counter-example: the judge does not look at pixels or frames. A match that has a region or a
// segment stays, however near a benign hash is, as its finder has weighed benign entries already.

// Where a match is surest, and how much of the item it is.
struct Place {
  // In pixels of each side's upright picture; a side is absent when only its hash is known.
  std::optional<Rect> item_region;
  std::optional<Rect> entry_region;
  // Share of the item's picture inside its regions, or of a video's time in segments; 1 when exact.
  std::optional<double> coverage;
};

// A match that is reported.
struct Finding {
  Match match;
  Place place;
};

// A hash that agrees and yet is no match. It is named in a note and never passed over in silence.
struct WeakClaim {
  EntryId entry;
  Distance pdq;
  bool is_other_moment = false;  // false: so few bits of this hash tell that they prove nothing
};

struct Judgement {
  std::vector<Finding> findings;  // best first
  std::vector<WeakClaim> set_aside;
  // Share of a video's time that shows any known material; absent where matches do not say when.
  std::optional<double> coverage;
};

// Decides what of the claims about `item` is reported. Errors: those of question.known.
Result<Judgement> judge(Claims claims, const ItemToMatch& item, const Question& question);

// The share of a video of this duration that lies in the segments, each moment counted once.
double covered_time(std::span<const SharedSegment> segments, std::chrono::microseconds duration);

}  // namespace weir
