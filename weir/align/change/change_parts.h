// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "weir/align/change/mask.h"
#include "weir/align/change/plane.h"

namespace weir {

// Changes that lie apart from one another, by whose outline is there: the roots of their
// areas in pixels, summed.
struct ChangedParts {
  double came = 0;  // of which the item has an outline, and the entry clearly less
  double gone = 0;  // the other way round
};

// `changed` is 1 where the pictures differ, `inside` where both have a value. Parts at the border
// of what both show are left out: there a change of the frame looks like one of the picture.
ChangedParts changed_parts(const Plane& entry, const Plane& item,
                           const std::vector<uint8_t>& changed, const std::vector<uint8_t>& inside);

// The pixels of the parts that the item alone has an outline of, and a pixel around them: what was
// laid over the entry, or stands before it.
Mask laid_over_parts(const Plane& entry, const Plane& item, const Mask& changed);

}  // namespace weir
