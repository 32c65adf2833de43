// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace weir {

// A pair that a transform explains.
struct Explained {
  double error = 0;   // of its place, in units of the item (see Extent)
  double weight = 1;  // how much it tells, 0 to 1
};

// log10 of the number of transforms this good that chance would give: of `pairs` pairs of one entry
// some are explained (given by rising error) by a transform that `fixed` of them determine, in an
// item of `area` square units. The a-contrario score of Moisan and Stival (IJCV 2004), with the
// number of inliers, and with it the tolerance, chosen by the score itself. A pair of weight 0
// counts nothing. 0 or more when chance explains it.
double log10_false_alarms(std::span<const Explained> explained, size_t pairs, size_t fixed,
                          double area);

}  // namespace weir
