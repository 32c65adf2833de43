// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/match/match.h"
#include "weir/match/pictures/picture_match.h"
#include "weir/match/videos/video_match.h"

namespace weir {

// What finders have claimed of one item so far: one match for each entry, best score first, then by
// entry. The functions here add what one more finder says, so that an entry stays one match however
// many finders name it.
//
// Example: a hash names entry 7 at 1e-5, and its pixels agree over half of the picture. That is one
// match of entry 7 with two kinds of evidence, not two matches.
//
// Counter-example: a hash and the pixels of one picture are no independent witnesses, so their
// chances are not multiplied. A hash that alone would expect 1e-40 false alarms expects 1e-4 where
// the pixels were compared and do not say that the picture is a copy.
using Claims = std::vector<Match>;

// Adds claims about pictures to claims about hashes. The pixels of a picture know more than its
// hash, so they say how sure the match is. Where they say that it is a copy, the hash makes the
// match surer, and does so the more the nearer it is. Where they speak of another moment, the match
// becomes a weak claim with that verdict. Where they say neither, the hash is believed to
// kLeastOfHash and no further.
Claims joined(Claims claims, std::vector<PictureMatch> pictures);

// A match expects at least so many false alarms when a hash agrees, the pixels were compared, and
// they do not say that it is a copy. Constants: the figure is that of decisions 0087 and 0089.
constexpr double kLeastOfHash = 1e-4;

// Adds claims about videos. An entry that nothing was claimed of before becomes a match of `kind`:
// kVideo where item and entry are videos, kImage where one of them is a picture.
Claims joined(Claims claims, std::vector<VideoMatch> videos, MatchKind kind = MatchKind::kVideo);

}  // namespace weir
