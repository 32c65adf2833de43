// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/base/pixels.h"
#include "weir/signal/picture_features.h"

namespace weir {

// The local features of a picture: SIFT (Lowe, IJCV 2004) with RootSIFT descriptors (Arandjelovic
// and Zisserman, CVPR 2012), spread over the picture and over sizes so that a caption or a logo
// does not take them all. Features are ordered, and the same picture gives the same ones.
// Views of 1 or 3 channels; a picture too small or too flat has none. One feature a spot. Memory:
// below 40 MB, whatever the picture; sides beyond 1,200 pixels are looked at as 1,200.
// `shown`, of 1 channel and the picture's size, is 0 where the picture was filled, else 255; a
// feature of which half or more is filled is none, and the result's own `shown` says the same of
// its plane. Without samples all of the picture shows.
PictureFeatures local_features(const PixelView& picture, const FeatureOptions& options,
                               const PixelView& shown = {});

// The same feature as the mirrored picture would have given it, its place left as it is: a
// permutation of the descriptor's cells and directions, and the angle.
LocalFeature mirrored(const LocalFeature& feature);

// Where the index keeps a descriptor. Part of what outlives a process: a change of the code is a
// new version of the index file.
FeatureCode code_of(const LocalFeature& feature);

}  // namespace weir
