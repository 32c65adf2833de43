// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/align/picture/picture_align.h"
#include "weir/match/pictures/copy_odds.h"

namespace weir {

// What one picture has to do with another.
struct PicturePair {
  SharedPictures shared;  // without regions: nothing
  CopyOdds odds;
  Verdict verdict = Verdict::kUnclear;  // that of each region, too
  // log10 of the expected chance agreements as good as all regions together, over one entry.
  double log10_nfa = 0;
};

// `hash_bits`: by how much PDQ differs, when it is near enough to be a match; else kNoHash.
PicturePair compare_pictures(const PictureFeatures& item, const PictureFeatures& entry,
                             const AlignOptions& options = {}, double hash_bits = kNoHash);

// Nobody has looked for false alarms that are rarer than this, so no match claims to be rarer.
constexpr double kLeastFalseAlarms = 1e-12;

// Whether the evidence clearly speaks of two moments. Hashes that agree are then of a place and not
// of a picture.
bool is_other_moment(const CopyOdds& odds);

// Whether so much is shared that it is a copy or another moment. In videos, time tells which.
bool is_more_than_an_element(const CopyOdds& odds);

// How many false alarms as good as this pair are to be expected among so many entries, each of
// which is looked for upright and mirrored. They are those of chance and those of things that are
// really shared. Precondition: the pair shares something.
double expected_false_alarms(const PicturePair& pair, double entries);

}  // namespace weir
