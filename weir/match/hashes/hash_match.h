// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/base/result.h"
#include "weir/index/hamming/live_hamming_index.h"
#include "weir/match/claims.h"
#include "weir/match/item.h"

namespace weir {

// What is asked about one item. A picture whose quality is below kPdqMatchableQuality is not
// searched for; `exact` holds what an exact lookup of the item's digests already found.
struct ItemQuery {
  std::vector<PictureHash> pictures;
  std::vector<SameDigest> exact;
};

// Constants: the radius is the one that the field uses (weir/signal/signals.h). The number of
// neighbours is a bound on work; it was chosen by hand and not fitted.
struct MatchOptions {
  Distance pdq_radius = kPdqMatchRadius;
  size_t most_neighbours = 1'000'000;  // of all items of one call together
};

// For each item all entries that it shows, by score, best first, then by entry; the index is asked
// once for all items. Same input, same output, whatever the order of the index.
// Errors: limit, when more than options.most_neighbours rows are near.
Result<std::vector<Claims>> match_items(std::span<const ItemQuery> items,
                                        const HammingEdition& index, const MatchOptions& options);

// How many rows of `rows` unrelated ones are expected to come as near as `distance` to one of
// `queries` hashes by chance, when each of the 256 bits is a fair and independent coin. Real PDQ
// hashes are close to that in the middle (mean 128, deviation 8.1 instead of 8), not proven in the
// far tail: similar pictures of different things are likelier than this number says. When only
// `bits` of the 256 tell anything of the picture that is asked about, there are so many coins.
double expected_false_alarms(Distance distance, uint64_t rows, uint64_t queries,
                             int bits = kPdqBits);

// The eight orientations of a picture of which only the hash is known: a coefficient's sign tells
// the side of the median it falls on, as long as the median is near zero. [kOriginal] is exact, the
// rest are typically off by a few bits.
PictureHash picture_from_hash(const Hash256& hash, int quality);

}  // namespace weir
