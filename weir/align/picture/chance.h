// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace weir {

// A pair that a transform explains.
struct Explained {
  double error = 0;   // of its place, in units of the item (see Extent)
  double weight = 1;  // how much it tells, 0 to 1
};

// How surely chance does not explain that some of an entry's pairs agree with one transform: the
// a-contrario score of Moisan and Stival (IJCV 2004).
class FalseAlarms {
 public:
  // Of `pairs` pairs in all.
  explicit FalseAlarms(size_t pairs);

  // log10 of the number of transforms this good that chance would give: `explained` (by rising
  // error) by a transform that `fixed` pairs determine, in an item of `area` square units. The
  // number of inliers, and with it the tolerance, is chosen by the score itself. A pair of weight 0
  // counts nothing. 0 when chance explains it.
  double log10(std::span<const Explained> explained, size_t fixed, double area) const;

 private:
  double log10_factorial(double k) const;
  double log10_choose(double n, double k) const;

  double pairs_;
  std::vector<double> log10_factorials_;
};

}  // namespace weir
