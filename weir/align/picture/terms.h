// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

// What two pictures that share something are judged by. Each term is a quantity that is measured,
// none decides alone; copy_odds.h in weir/match/pictures says what each of them adds to the odds of
// a copy.
enum class Term : uint8_t {
  kPlaces,      // log2(1 + spots of the entry that are found again, each in a place of its own)
  kFound,       // their share of all spots that look alike
  kSpread,      // area that they span, of what all spots of that side span; the larger side
  kDiffering,   // share of the squares that can be compared, that clearly show something else
  kExact,       // correlation r that a tenth of them reach, as -log10(1 - r): a copy is quite the
                // same somewhere, another moment nowhere
  kBulk,        // how much of the squares that do not agree lie together, 0 to 1; 1 for none
  kItemShare,   // share of the item's area that shows the entry
  kEntryShare,  // share of the entry's area that is shown
  kTones,       // bits of tone in what agrees: few in a logo or a caption, many in a photograph
  kNoise,       // what agrees differs by all the same, as a share of the contrast
  kMoved,       // log2 of places that lie beside where they should, by those that always do
  kExchanged,   // log2(1 + size of what came or what went, the smaller), in pixels of the plane
  kOutlines,    // how evenly the outlines of changes are the item's and the entry's, 0 to 0.5
  kChanged,     // share of the pixels that changed
  kOver,        // share of what changed, that something was laid over which the item alone has
  kStraight,    // share of the outlines of changes that run level or upright for long
  kPieces,      // log2(pieces that the entry is shown in, each of them by squares of its own)
  kHash,        // bits by which PDQ differs, when that is near enough to be a match
};
constexpr size_t kTerms = static_cast<size_t>(Term::kHash) + 1;
constexpr uint16_t kNoHashBits = 48;  // of Term::kHash: no PDQ is near
constexpr double kNoHash = kNoHashBits;

struct Terms {
  std::array<double, kTerms> values{};
  double& operator[](Term term) { return values[static_cast<size_t>(term)]; }
  double operator[](Term term) const { return values[static_cast<size_t>(term)]; }
};

// As in JSON: "places", "found", ...
std::string_view name_of(Term term);

}  // namespace weir
