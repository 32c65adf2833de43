// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "weir/base/hash256.h"
#include "weir/base/result.h"

namespace weir {

// One row of an index: a hash and what its owner calls it. Several rows may share a key.
struct HammingRow {
  Hash256 hash;
  uint32_t key = 0;
  friend auto operator<=>(const HammingRow&, const HammingRow&) = default;
};

// Row `key` lies `distance` bits from queries[query].
struct Neighbour {
  uint32_t query = 0;
  Distance distance;
  uint32_t key = 0;
  friend auto operator<=>(const Neighbour&, const Neighbour&) = default;
};

// Exact search over 256-bit hashes: every row within a radius, none missed.
//
// An index is a snapshot: built once, never changed, searched from any thread. Small radii use
// multi-index hashing with uneven slots (Norouzi, Punjani, Fleet, TPAMI 2014), others a blocked and
// pruned scan, whichever is cheaper for this size and radius; both return the same rows.
class HammingIndex {
 public:
  HammingIndex();  // empty
  // Copies share one snapshot and cost nothing. There is no move apart from that: a variable of
  // this type always holds an index.
  HammingIndex(const HammingIndex&);
  HammingIndex& operator=(const HammingIndex&);
  ~HammingIndex();

  // The same rows in any order give the same index, byte for byte. May start a second thread.
  // Errors: limit above 2^32 - 1 rows; unavailable when memory lacks.
  static Result<HammingIndex> build(std::span<const HammingRow> rows);

  // A file written by save(), read whole and checked whole; docs/formats/hamming-index.md.
  // Errors: not_found; corrupt, naming the file, when it is truncated, altered or not an index;
  // invalid for a version this program does not know.
  static Result<HammingIndex> open(const std::string& path);
  // Written beside `path`, synced, then renamed over it: a reader sees the old file or the new.
  // Only the owner may read the file. Errors: denied; not_found when the folder is missing;
  // unavailable (disk full). None leaves a part of a file behind.
  Status save(const std::string& path) const;

  // All rows at most `radius` from a query, ordered by query, distance, key. Give many queries at
  // once: each block of rows is then read once for all of them.
  // Errors: invalid if radius > 256; limit if there are more than `most` neighbours in all.
  Result<std::vector<Neighbour>> search(std::span<const Hash256> queries, Distance radius,
                                        size_t most) const;

  size_t size() const;          // rows
  size_t memory_bytes() const;  // everything, hashes and keys included

 private:
  friend class LiveHammingIndex;
  friend class HammingEdition;
  struct Impl;
  explicit HammingIndex(std::shared_ptr<const Impl> impl);

  std::shared_ptr<const Impl> impl_;
};

}  // namespace weir
