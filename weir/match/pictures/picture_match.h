// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "weir/align/picture/picture_align.h"
#include "weir/base/hash256.h"
#include "weir/base/ids.h"
#include "weir/base/result.h"
#include "weir/index/features/feature_index.h"
#include "weir/match/pictures/picture_pair.h"
#include "weir/signal/picture_features.h"

namespace weir {

// The rows that the index keeps of an entry's picture, and the queries that it is asked about an
// item's.
std::vector<FeatureRow> feature_rows(uint32_t key, const PictureFeatures& picture);
std::vector<FeatureQuery> feature_queries(std::span<const LocalFeature> features,
                                          const PictureFeatures& picture);

// A claim that parts of the item's picture show parts of an entry's.
struct PictureMatch {
  EntryId entry;
  PicturePair pair;                  // with a region at least
  double expected_false_alarms = 0;  // among as many entries as there are
  bool is_reported = true;           // false: a weak claim, which counts only where a hash agrees
};

// An entry's picture, from whoever keeps it.
struct KnownPicture {
  PictureFeatures picture;
  bool is_benign = false;  // harmless: what rests on it alone is no match
};
// Nothing for an entry that is not asked about or is gone.
using KnownPictures = std::function<Result<std::optional<KnownPicture>>(EntryId)>;

// An entry that hashes name, with the bits by which the nearest PDQ differs.
struct NamedByHash {
  EntryId entry;
  Distance distance;
};

struct PictureMatchOptions {
  // A claim that expects more false alarms than this is not reported. With 0.01 and more, elements
  // in common and other pictures of the same scene are reported, too, each with its verdict.
  double most_false_alarms = 1e-3;
  // The most candidates of the index that are looked at closely. As many of `named` are, too.
  size_t most_candidates = 40;
  std::span<const NamedByHash> named;
};

// The entries that the item shows, surest first: candidates of the index whose geometry, pixels and
// hashes together make a copy likelier than any accident. What a benign entry has too does not
// count, nor does a small part that the item has in common with several entries: a logo, a flag, a
// frame. An entry that a hash names and that shares anything is given even where it is no more than
// a weak claim, since the weak claim says what the hash does not know. Deterministic.
// Errors: of `known`.
Result<std::vector<PictureMatch>> match_picture(const PictureFeatures& item,
                                                const FeatureEdition& index,
                                                const KnownPictures& known,
                                                const PictureMatchOptions& options = {});

}  // namespace weir
