// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

// What two pictures that share something are judged by. Each term is a quantity that is measured,
// none decides alone; weir/match/copy_odds.h says what each of them adds to the odds of a copy.
enum class Term : uint8_t {
  kPlaces,     // log2(1 + spots of the entry that are found again, each in a place of its own)
  kFound,      // their share of all spots that look alike
  kSpread,     // area that they span, of what all spots of that side span; the larger side
  kBlocks,     // log2(1 + squares whose pixels agree)
  kAgreeing,   // their share of the squares that can be compared
  kDiffering,  // share that clearly show something else
  kPartly,     // share that neither agree nor differ
  kTypical,    // correlation that a quarter of the squares reach, r as -log10(1 - r)
  kExact,      // the same of a tenth: a copy is quite the same somewhere, another moment nowhere
  kBulk,       // how much of the squares that do not agree lie together, 0 to 1; 1 for none
  kLarger,     // share of the area of either picture that agrees, the larger of both
  kItemShare,  // share of the item's area that shows the entry
  kEntryShare,  // share of the entry's area that is shown
  kTones,      // bits of tone in what agrees: few in a logo or a caption, many in a photograph
  kNoise,      // what the rest differs by, as a share of the contrast
  kMoved,      // log2(1 + places that show the entry beside where they should)
  kTogether,   // log2(1 + of them, those with a neighbour displaced likewise)
  kMovedApart,  // log2(1 + such places of a picture that is bent or in pieces)
  kExchanged,  // log2(1 + size of what came or what went, the smaller), in pixels of the plane
  kBalance,    // the smaller of both as a share of their sum
  kOutlines,   // how evenly the outlines of changes are the item's and the entry's, 0 to 0.5
  kNewcomers,  // share of the picture that looks like somebody who came or left
  kChanged,    // share of the pixels that differ otherwise than by what was put on
  kPutOn,      // share that an editor put something on
  kStraight,   // share of the outlines of changes that run level or upright for long
  kBeside,     // log2(1 + squares where only the item has anything, for each that agrees)
  kShifted,    // share of the agreeing squares that are displaced against their neighbours
  kStrain,     // how strongly the map bends
  kPieces,     // log2(pieces that the entry is shown in, each of them by squares of its own)
  kHash,       // bits by which PDQ differs, when that is near enough to be a match
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
