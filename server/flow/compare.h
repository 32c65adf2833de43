// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "server/flow/shapes.h"
#include "weir/align/picture/picture_align.h"
#include "weir/align/video/video_align.h"
#include "weir/match/match.h"

namespace weir {

// One signal of two files, side by side.
struct SignalComparison {
  SignalKind kind = SignalKind::kSha256;
  bool agrees = false;                         // equal, or within the kind's match radius
  bool matchable = true;                       // false: a PDQ quality is too low to say
  Distance distance;                           // PDQ: the smallest of all orientations and boxes
  Dihedral orientation = Dihedral::kOriginal;  // how A was turned for it
  Rect region_a;                               // PDQ: what was compared
  Rect region_b;
};

struct Comparison {
  std::vector<SignalComparison> signals;
  // Parts of A that show parts of B, surest first; A is their item and B their entry. And what they
  // were weighed by, when there are any.
  std::vector<SharedRegion> regions;
  std::optional<Judged> judged;
  // Spans of A that show spans of B, by time in A; A is their item and B their entry.
  std::vector<SharedSegment> segments;
  double segments_false_alarms = 0;  // of all of them, with B as the only entry
  // Another moment of one place, and no copy: PDQ that agrees is then no match.
  bool other_moment = false;
  bool match = false;  // any signal agrees, or a region or segment is a copy
};

// What a decoder should compute of the two: A is looked into as an item is, B as an entry.
struct WantsToCompare {
  DecodeWants a;
  DecodeWants b;
};
WantsToCompare wants_to_compare();

// Regions that unrelated pictures would share more often than one pair in a thousand are left out.
// Pictures without features share none, and so do videos without tracks. Errors: limit.
Result<Comparison> compare_items(const ItemSignals& a, const ItemSignals& b);

// {"match","other_moment"?,"signals":[...],"regions":[...],"segments":[...]?}
Json shape_of(const Comparison& comparison);

}  // namespace weir
