// SPDX-License-Identifier: Apache-2.0
//
// Compares two pictures and says what one has to do with the other: a copy, the same scene at
// another moment, an element in common, or too little to tell. Two things make false alarms. One is
// chance, which geometry reckons. The other is what pictures really share that are no copies of one
// another, which the odds of copy_odds.h tell from copies. The number that is promised is the sum
// of both.
//
// Example: a camera takes two pictures of a room, and between them a chair is moved by 12 pixels.
// Nearly all pixels agree, but the place that moved makes another moment likelier than a copy, so
// the verdict is the same scene.
//
// Counter-example: geometry alone makes no copy. When the pixels of one side are not known, the
// verdict is that too little can be told.
//
// Constants: kCopy and kMoment are those of decision 0089, kHalf is that of 0080, and kWeakClaim
// and kLeastFalseAlarms are those of 0085. kHands counts the two ways in which a pair is tried.
#include "weir/match/pictures/picture_pair.h"

#include <algorithm>
#include <cmath>

namespace weir {
namespace {

// The first two are natural logarithms of odds. A copy is claimed from kCopy on.
constexpr double kCopy = 1;
// Where the odds of a copy against another moment are so low, a hash that agrees is of a place and
// not of a picture.
constexpr double kMoment = -1;
// Where less than this share of the item and of the entry is shared, it is a piece or an element.
constexpr double kHalf = 0.5;
constexpr double kWeakClaim = 0.01;  // false alarms of what is no copy, however few the entries
constexpr double kHands = 2;         // upright and mirrored

Verdict verdict_of(const CopyOdds& odds, const SharedPictures& shared) {
  const auto has_agreement = [](const SharedRegion& region) { return region.agreeing > 0; };
  if (std::none_of(shared.regions.begin(), shared.regions.end(), has_agreement))
    return Verdict::kUnclear;
  if (odds.log_odds >= kCopy) return Verdict::kCopy;
  if (odds.moment < odds.element) return Verdict::kSameScene;
  const Terms& terms = shared.terms;
  const bool is_part = terms[Term::kItemShare] < kHalf && terms[Term::kEntryShare] < kHalf;
  return is_part ? Verdict::kElement : Verdict::kUnclear;
}

}  // namespace

PicturePair compare_pictures(const PictureFeatures& item, const PictureFeatures& entry,
                             const AlignOptions& options, double hash_bits) {
  PicturePair pair;
  pair.shared = align_pictures(item, entry, options);
  if (pair.shared.regions.empty()) return pair;
  pair.shared.terms[Term::kHash] = hash_bits;
  pair.odds = copy_odds(pair.shared.terms);
  pair.verdict = verdict_of(pair.odds, pair.shared);
  for (SharedRegion& region : pair.shared.regions) {
    region.verdict = pair.verdict;
    pair.log10_nfa += region.log10_nfa;
  }
  return pair;
}

bool is_other_moment(const CopyOdds& odds) {
  return odds.moment <= kMoment;
}

bool is_more_than_an_element(const CopyOdds& odds) {
  return odds.element >= kCopy;
}

double expected_false_alarms(const PicturePair& pair, double entries) {
  const double chance = kHands * entries * std::pow(10, std::max(pair.log10_nfa, -300.0));
  const double shared = expected_of_unrelated(pair.odds, entries);
  const double least = pair.verdict == Verdict::kCopy ? kLeastFalseAlarms : kWeakClaim;
  // No more false alarms are promised than unrelated entries share anything at all. Geometry alone
  // would promise ten times as many.
  return std::max(std::min(chance + shared, sharing_of_unrelated(entries)), least);
}

}  // namespace weir
