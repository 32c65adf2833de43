// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "weir/index/hamming_index.h"

namespace weir {

// A HammingIndex that changes: an immutable base, a short tail of rows added since, and keys
// removed since. What add() and remove() did is seen by every search that starts after they return.
// All calls are safe from any thread; search() never waits for merge().
class LiveHammingIndex {
 public:
  explicit LiveHammingIndex(HammingIndex base = {});
  ~LiveHammingIndex();

  void add(std::span<const HammingRow> rows);
  // Hides every row with this key that is here now; a row added later under the key is seen again.
  void remove(uint32_t key);

  // As HammingIndex::search().
  Result<std::vector<Neighbour>> search(std::span<const Hash256> queries, Distance radius,
                                        size_t most) const;

  // Folds tail and removals into a new base. One merge runs at a time, others return at once;
  // rows added meanwhile stay in the tail. Errors: as HammingIndex::build().
  Status merge();

  // The base of this moment, to be saved; it knows nothing of the tail.
  HammingIndex base() const;

  size_t size() const;       // rows that a search can find
  size_t tail_rows() const;  // rows added or hidden since the base was built
  size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
