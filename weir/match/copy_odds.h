// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "weir/align/terms.h"

namespace weir {

// What a term may be told by, beside others that tell the same.
enum class Sense : uint8_t {
  kShared,  // how much two pictures share, and how well
  kMoment,  // that they show one place at two moments
};
Sense sense_of(Term term);

// The evidence that one picture is a copy of the other, or a piece of it, and not another picture
// that shares something with it, such as a logo or a place. All in natural logarithms of odds.
struct CopyOdds {
  double log_odds = 0;                  // the sum
  std::array<double, kTerms> added{};   // what each term added; 0 where it says nothing
  double moment = 0;                    // the part of it that speaks of two moments, 0 or less
};

// Each term is looked up in a curve of its own, and what they give is added up. The curves come
// from pictures of the tune side of the bench alone: docs/evidence.md has them, and
// bench/accuracy/fit.py makes them.
//
// Example: 240 places found again in one geometry and 97 % of the squares agreeing are a copy even
// under a caption; the same with a figure that is in one of both only is not.
CopyOdds copy_odds(const Terms& terms);

// Of `entries` unrelated pictures, how many are expected to share something with an item that looks
// as much like a copy as these odds say.
double expected_of_unrelated(const CopyOdds& odds, double entries);

}  // namespace weir
