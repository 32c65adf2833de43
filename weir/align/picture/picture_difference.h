// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/align/picture/picture_align.h"
#include "weir/base/pixels.h"
#include "weir/signal/picture_features.h"

// Lays the item over the entry, so that a person can see where they agree. It makes anew the
// comparison that the verdict on the region rests on, so its squares are those that the program
// counted (decision 0082).
// Example: of a photo with a caption along its foot, the squares under the caption differ, those of
// the plain sky are flat, and the others agree.
// Counter-example: nothing is decided here, and the picture is for orientation only: it is as soft
// as the grey planes it is drawn from, and sides that the region leaves out have no squares.

namespace weir {

// What a region shows, as it lies in each picture: a convex polygon within it, in pixels of the
// upright picture. Where the picture was turned it fits more closely than the region's rectangles.
// Empty when nothing of the region lies in the picture.
struct SharedOutline {
  std::vector<Point> item;
  std::vector<Point> entry;
};
SharedOutline shared_outline(const SharedRegion& region, const Rect& item, const Rect& entry);

// Whether a square of the entry's picture is the same in the item.
enum class Agreement : uint8_t {
  kAgrees,
  kPartly,
  kDiffers,
  kFlat,  // too little in it to tell
};
struct ComparedBlock {
  Point corner;  // the upper left one, in pixels of the entry's upright picture
  double width = 0;
  double height = 0;
  Agreement agreement = Agreement::kFlat;
};

// The item laid over the entry, and where both agree.
struct PictureDifference {
  Pixels item;  // grey, in the frame of the entry's picture; 128 where the item does not reach
  std::vector<ComparedBlock> blocks;
};
// `side` is the long side of PictureDifference::item in pixels, at most 4,096.
// No pixels and no blocks when either picture has no plane.
PictureDifference picture_difference(const SharedRegion& region, const PictureFeatures& item,
                                     const PictureFeatures& entry, uint32_t side);

}  // namespace weir
