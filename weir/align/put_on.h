// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/align/mask.h"
#include "weir/align/plane.h"
#include "weir/align/transform.h"
#include "weir/base/pixels.h"

namespace weir {

// The colours of a picture in the frame of another: Cb and Cr of ITU-R BT.601, 0 for grey. Both are
// empty for a picture without colours; beside the picture all is grey.
struct Chroma {
  Plane blue;
  Plane red;
};

// `colours` is a picture as R, G, B, of any size; `to_picture` leads from pixels of a frame of
// width x height to those of a plane of plane_width x plane_height that shows the same picture.
Chroma chroma_in_frame(const Pixels& colours, const PictureTransform& to_picture,
                       size_t plane_width, size_t plane_height, size_t width, size_t height);

// What of a change looks put on by an editor, and a little around it: parts that for the most have
// strong colours which the rest of the item has not, or through which the entry shows. Stickers,
// logos and strokes are such; who comes into a scene mostly is not. Decision 0088 has how well that
// tells them apart.
//
// `changed` is 1 where the pictures differ, `agrees` where their squares correlate all the same;
// `item` has the item's colours. All of width x height.
Mask put_on_parts(const Mask& changed, const Mask& agrees, const Chroma& item, size_t width,
                  size_t height);

}  // namespace weir
