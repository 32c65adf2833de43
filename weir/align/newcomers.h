// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "weir/align/mask.h"

namespace weir {

// What looks like somebody or something of the scene that came into it or left it, rather than like
// what an editor puts on: of two per cent of the picture and more, of ragged outline and many
// tones. Stickers are round and of few tones, logos and pictures in the picture have level and
// upright sides, strokes are thin; decision 0087 has how well that tells them apart.
struct Newcomers {
  size_t parts = 0;
  double share = 0;  // of the pixels compared, that they cover
  Mask stickers;     // 1 where a part is as round and of as few tones as no part of a scene
  Mask plates;       // 1 where such a part has level and upright sides: a caption, a card
};

// Planes in one frame, of the same tones. `changed` is 1 where the pictures differ, `inside` where
// both have a value.
Newcomers newcomers(const Plane& entry, const Plane& item, const Mask& changed, const Mask& inside);

}  // namespace weir
