// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

// The terms are the quantities by which two pictures that share something are judged. Each is
// measured, none decides alone, and copy_odds.h in weir/match/pictures says what each of them adds
// to the odds of a copy. Adding up works because one bad value cannot throw a copy away when all
// others speak for it (decision 0089; docs/evidence.md lists the terms).
// Example: under a quote card nine in ten of the spots that look alike lie where they should, so
// kFound is near 0.9 while kChanged is large; together they speak for a copy.
// Counter-example: no term is a threshold. A logo in two posters may agree as exactly as a copy
// does; kSpread and the shares of both pictures then speak against a copy.
// Constants: kNoHashBits stands for all hashes that differ by more than 31 bits, as in
// docs/evidence.md.
enum class Term : uint8_t {
  kPlaces,      // log2(1 + places of the entry at which spots are found again)
  kFound,       // share of the pairs that look alike whose spots lie where they should
  kSpread,      // area that these span, as a share of what all spots of a picture span; the larger
                // of both pictures' shares
  kDiffering,   // share of the squares that can be compared that clearly show something else
  kExact,       // -log10(1 - r), where a tenth of the squares correlate to r or better: a copy is
                // quite the same somewhere, another moment nowhere
  kBulk,        // share of the squares that do not agree that lie together, 0 to 1; 1 for none
  kItemShare,   // share of the item's area that shows the entry
  kEntryShare,  // share of the entry's area that is shown
  kTones,       // bits of tone in what agrees: few in a logo or a caption, many in a photograph
  kNoise,       // by how much what agrees differs all the same, as a share of the contrast
  kMoved,      // log2 of the places that lie beside where they should, against those that always do
  kExchanged,  // log2(1 + size of what came or of what went, the smaller), in pixels of the plane
  kOutlines,   // how evenly the outlines of changes are the item's and the entry's, 0 to 0.5
  kChanged,    // share of the pixels that changed
  kOver,       // share of the changed pixels where the item has something laid over the entry
  kStraight,   // share of the outlines of changes that run level or upright for long
  kPieces,     // log2 of the pieces that the entry is shown in, each by squares of its own
  kHash,       // bits by which PDQ differs, when that is near enough to be a match
};
constexpr size_t kTerms = static_cast<size_t>(Term::kHash) + 1;
constexpr uint16_t kNoHashBits = 48;  // value of Term::kHash when no PDQ is near
constexpr double kNoHash = kNoHashBits;

struct Terms {
  std::array<double, kTerms> values{};
  double& operator[](Term term) { return values[static_cast<size_t>(term)]; }
  double operator[](Term term) const { return values[static_cast<size_t>(term)]; }
};

// The name of a term in JSON: "places", "found", ...
std::string_view name_of(Term term);

}  // namespace weir
