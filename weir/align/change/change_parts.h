// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "weir/align/change/mask.h"
#include "weir/align/change/plane.h"

// Splits what changed between two pictures into connected parts, and says of each whether it came
// or went. Where a thing stands its picture has an outline, and the other picture has none: a part
// that the item alone has an outline of came, one that the entry alone has an outline of is gone.
// Example: a car of 225 pixels left and a bicycle of 100 came. `gone` is 15 and `came` is 10, the
// roots of the areas.
// Counter-example: a shadow with soft edges has an outline in neither picture, so it neither came
// nor went. The same holds of specks below 12 pixels, and of parts at the border of what both show.

namespace weir {

// The roots of the areas of the parts, in pixels, summed.
struct ChangedParts {
  double came = 0;  // of the parts of which the item has an outline, and the entry clearly less
  double gone = 0;  // of those of which the entry has one, and the item clearly less
};

// `changed` is 1 where the pictures differ, `inside` where both have a value. Parts at the border
// of what both show are left out: there a change of the frame looks like one of the picture.
ChangedParts changed_parts(const Plane& entry, const Plane& item,
                           const std::vector<uint8_t>& changed, const std::vector<uint8_t>& inside);

// The pixels of the parts that the item alone has an outline of, and one pixel around them. They
// show what was laid over the entry, or stands before it.
Mask laid_over_parts(const Plane& entry, const Plane& item, const Mask& changed);

}  // namespace weir
