// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "weir/align/picture_align.h"
#include "weir/base/features.h"
#include "weir/base/ids.h"
#include "weir/base/result.h"
#include "weir/index/feature_index.h"

namespace weir {

// What the index keeps of an entry's picture, and is asked about an item's.
std::vector<FeatureRow> feature_rows(uint32_t key, const PictureFeatures& picture);
std::vector<FeatureQuery> feature_queries(std::span<const LocalFeature> features,
                                          const PictureFeatures& picture);

// A claim that parts of the item's picture show parts of an entry's.
struct PictureMatch {
  EntryId entry;
  std::vector<SharedRegion> regions;  // surest first, at least one
  double expected_false_alarms = 0;   // of the surest, among as many entries as there are
};

// An entry's picture, from whoever keeps it.
struct KnownPicture {
  PictureFeatures picture;
  bool is_benign = false;  // harmless: what rests on it alone is no match
};
// Nothing for an entry that is not asked about or is gone.
using KnownPictures = std::function<Result<std::optional<KnownPicture>>(EntryId)>;

struct PictureMatches {
  std::vector<PictureMatch> claims;  // surest first
  // Entries of which the item shows the same place at another time, ascending; none of them is
  // claimed as a copy. What hashes of whole pictures say of them is true and means nothing.
  std::vector<EntryId> other_moments;
  // Entries of which the item shows most, with parts that are not theirs, ascending: hashes that
  // agree are no surer of them than pixels are.
  std::vector<EntryId> altered;
};

// False alarms that a match of an altered copy is expected to be, at least: somebody who came into
// a scene looks much like a sticker (decisions 0086, 0087).
constexpr double kLeastOfAltered = 1e-4;

struct PictureMatchOptions {
  // That a match may be expected to be; surer ones are reported. With 0.01 and more, elements in
  // common and other pictures of the same scene are reported too, each with its verdict.
  double most_false_alarms = 1e-3;
  size_t most_candidates = 40;    // of the index, that are looked at closely
  std::span<const EntryId> also;  // and these, so many at most: those that hashes name
};

// The entries that the item shows, surest first: candidates of the index whose geometry and pixels
// agree over at least half of the item or half of the entry. What a benign entry has too does not
// count, nor does a small part that the item has in common with several entries: a logo, a flag, a
// frame. Deterministic.
// Errors: of `known`.
Result<PictureMatches> match_picture(const PictureFeatures& item, const LiveFeatureIndex& index,
                                     const KnownPictures& known,
                                     const PictureMatchOptions& options = {});

}  // namespace weir
