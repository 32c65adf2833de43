// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "weir/match/match.h"
#include "weir/signal/item_signals.h"

namespace weir {

// Compares two files, A and B. A is judged as an item and B as an entry, by the same functions that
// match an item against all entries. So a comparison says what a match of A would say if B were the
// only entry (decision 0082).
//
// Example: A is the left half of B, mirrored. Their PDQ differs by more than 31 bits and does not
// agree, but the pixels of A agree with one region of B. The comparison is a match.
//
// Counter-example: the order of A and B matters near the limits, since an item is looked into more
// closely than an entry. Of 42 small cuttings, 39 were a copy with the whole picture as A, and 32
// with the cutting as A (decision 0082).

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

// Regions that unrelated pictures would share more often than one pair in a thousand are left out.
// Pictures without features share none, and so do videos without tracks. Errors: limit.
Result<Comparison> compare_items(const ItemSignals& a, const ItemSignals& b);

}  // namespace weir
