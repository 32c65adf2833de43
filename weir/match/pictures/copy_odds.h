// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "weir/align/picture/terms.h"

namespace weir {

// Two questions are asked of two pictures that share something. Is one a copy of the other, or a
// piece of it, and not another picture with an element in common, such as a logo? And is it the
// same picture, and not the same place at another moment? A copy is what both answer with yes. Each
// quantity that was measured, a term, adds something to the odds of both answers; so much evidence
// can outweigh one bad sign, and no term decides alone.
//
// Example: under a quote card, nine in ten of the spots that look alike lie where they should, over
// the whole picture: no logo does that. None of them has moved: nor is it another moment.
//
// Counter-example: the odds do not know what a change means. Somebody who came alone into a scene
// looks like a sticker on a copy, and may be taken for one (decision 0089).

// All in natural logarithms of odds: 2.3 is ten to one.
struct CopyOdds {
  double log_odds = 0;  // of a copy, against all else: at most the smaller of the next two
  double element = 0;   // against an element in common
  double moment = 0;    // against another moment
  struct Added {
    double element = 0;
    double moment = 0;
  };
  std::array<Added, kTerms> added{};  // what each term added to both; 0 where it says nothing
};

// Looks each term up in a curve of its own for each question, and adds up what the curves give.
CopyOdds copy_odds(const Terms& terms);

// The terms, ordered by how much they add to or take from either question, most first.
std::array<Term, kTerms> by_weight(const CopyOdds& odds);

// Of `entries` unrelated pictures, how many are expected to share something with an item that looks
// as much like a copy as these odds say.
double expected_of_unrelated(const CopyOdds& odds, double entries);

// Of `entries` unrelated pictures, how many share anything at all with an item.
double sharing_of_unrelated(double entries);

}  // namespace weir
