// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "weir/align/picture/picture_align.h"
#include "weir/align/video/video_align.h"
#include "weir/base/ids.h"
#include "weir/match/exchanged/vpdq_match.h"
#include "weir/match/pictures/copy_odds.h"
#include "weir/signal/signals.h"

namespace weir {

// A match is the claim that an item shows an entry. It holds all that the finders say of that one
// entry: a person who checks the claim wants all of its evidence in one place, and one number for
// how sure it is. That number is how many false alarms as good as this one are to be expected among
// all entries.
//
// Example: a match of entry 7 holds a PDQ that differs by 4 bits, and one region in which the
// pixels agree. It expects 1e-9 false alarms, which is a score of 9.
//
// Counter-example: a match in this form is not yet reported. A hash that agrees while something in
// the picture has moved is one, too, and the judge makes it a weak claim (judge.h).

// What a match rests on as a whole. The names are those in JSON: "exact", "image", "video".
enum class MatchKind : uint8_t { kExact, kImage, kVideo };
std::string_view name_of(MatchKind kind);

// One agreement of a hash of the item with one of the entry.
struct Evidence {
  SignalKind kind = SignalKind::kSha256;
  Distance distance;                           // 0 for digests
  Dihedral orientation = Dihedral::kOriginal;  // PDQ: how the item was turned to agree
  uint32_t picture = 0;                        // PDQ: index into the item's pictures
  bool inverted = false;                       // PDQ: the item is a negative of the entry
};

// The evidence of two pictures that share something, and what each part of it weighed.
struct Judged {
  Terms terms;
  CopyOdds odds;
};

// A claim that the item shows the entry: what all finders found of it.
struct Match {
  EntryId entry;
  MatchKind kind = MatchKind::kImage;
  double score = 0;                     // -log10(expected_false_alarms)
  double expected_false_alarms = 0;     // as good as this one, among all entries
  std::vector<Evidence> evidence;       // strongest first; at most one of each signal kind
  std::vector<SharedRegion> regions;    // where the pictures themselves agree, surest first
  std::optional<Judged> judged;         // what that was weighed by
  std::vector<SharedSegment> segments;  // of videos: which seconds show which, by time in the item
  std::optional<VpdqShares> vpdq;       // of videos, by the signals of others
  std::optional<TmkScore> tmk;
};

// The distance of the nearest PDQ in the evidence. When there is none it is 257 bits, more than any
// two hashes can differ by.
Distance nearest_pdq(const Match& match);

}  // namespace weir
