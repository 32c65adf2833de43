// SPDX-License-Identifier: Apache-2.0
//
// Two things make false alarms. Chance, which geometry reckons; and what is really shared by
// pictures that are no copies of one another, which evidence tells from copies.
#include "weir/match/pictures/picture_pair.h"

#include <algorithm>
#include <cmath>

namespace weir {
namespace {

// Natural logarithms of odds. A copy is claimed from so many on,
constexpr double kCopy = 1;
// and where those against another moment are this, a hash that agrees is of a place, not a picture.
constexpr double kMoment = -1;
constexpr double kHalf = 0.5;  // of the item or the entry: less of both is a piece or an element
constexpr double kWeakClaim = 0.01;  // however few the entries are
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
  // No more of them share something than there are: geometry alone promises ten times as many.
  return std::max(std::min(chance + shared, sharing_of_unrelated(entries)), least);
}

}  // namespace weir
