// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/align/picture_align.h"
#include "weir/base/features.h"

namespace weir {

// How much of two pictures a shared region is, and how much of each the evidence reaches.
struct SharedPart {
  double item = 0;  // of the area, 0 to 1
  double entry = 0;
  double item_spread = 0;  // area that the inliers span, as a share of what all features span
  double entry_spread = 0;
};
SharedPart shared_part(const SharedRegion& region, const PictureFeatures& item,
                       const PictureFeatures& entry);

// What pictures may have to do with each other that share a region.
enum class Sharing : uint8_t {
  kCopy,     // one is a copy of the other or of a large part of it, or holds such a copy
  kElement,  // both show the same thing, such as a logo, in pictures that are not the same
  kNothing,
};
Sharing judge_sharing(const SharedRegion& region, const SharedPart& part);

// Whether things moved in most of what the entry shows: then hashes that agree are of a place, not
// of a picture.
bool is_other_moment(const SharedRegion& region, const SharedPart& part);

// Whether most of what the entry shows is there, and something besides that is not the entry's.
bool is_altered(const SharedRegion& region, const SharedPart& part);

}  // namespace weir
