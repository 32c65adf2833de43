// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

// Says how surely the agreement of some pairs of features with one transform is not chance. The
// score is log10 of the number of transforms this good that chance alone would give (the
// a-contrario score of Moisan and Stival, IJCV 2004). It works because an unrelated pair seldom
// lies near its place: the chance is that of hitting a small circle somewhere in the item.
// Example: of 200 pairs in an item of 800 by 600 pixels, 12 that lie 2 pixels from where a
// similarity has them give -28.6, and 4 such pairs give 0, since chance does as much.
// Counter-example: the score says nothing of what the places show. A logo that two posters share
// scores as high as a copy does (decision 0085).

namespace weir {

// A pair that a transform explains.
struct Explained {
  double error = 0;   // how far it lies from its place, in units of the item (see Extent)
  double weight = 1;  // how much it tells, 0 to 1
};

// Scores the transforms of one item and one entry.
class FalseAlarms {
 public:
  // `pairs` is the number of all pairs of features, whether they agree or not.
  explicit FalseAlarms(size_t pairs);

  // log10 of the number of transforms this good that chance would give; 0 when chance explains it.
  // The transform explains the pairs in `explained`, which are given by rising error, and `fixed`
  // pairs determine it; the item has `area` square units. How many of the pairs count, and so how
  // large an error may be, is what makes the score best. A pair of weight 0 counts nothing.
  double log10(std::span<const Explained> explained, size_t fixed, double area) const;

 private:
  double log10_factorial(double k) const;
  double log10_choose(double n, double k) const;

  double pairs_;
  std::vector<double> log10_factorials_;
};

}  // namespace weir
