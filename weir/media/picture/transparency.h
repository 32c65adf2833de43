// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "weir/media/picture/image.h"
#include "weir/media/picture/orient.h"
#include "weir/media/rows.h"

namespace weir::media {

// The frame that layers show: upright, and with something of no weight where nothing shows
// (decision 0033).
//
// A pixel shows when its alpha is at least half of the greatest in the picture: then its colour is
// as stored. From what shows, tones go on evenly into the rest (harmonic: each the mean of its
// neighbours), so that no edge arises at the outline; what is stored there has no part in it.
// A drawing, whose outline is the picture, would vanish so: one of thin strokes, or of one tone, is
// laid on white if it is dark and on black if it is light, and shows everywhere.
// `beneath` is kept on demand, and only if colours that do not show differ among themselves.
// Of a picture in which nothing shows at all, everything does.
Frame frame_of(Layers layers, Orientation orientation, std::chrono::microseconds time,
               bool keep_beneath);

// What does not show becomes grey, for people to see.
void lay_on_grey(Frame& frame);

}  // namespace weir::media
