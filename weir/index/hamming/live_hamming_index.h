// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weir/index/hamming/hamming_index.h"

namespace weir {

// What a LiveHammingIndex held at one moment. Nothing changes it, and a copy costs a pointer: who
// asks several things of one edition gets answers that belong together. Safe from any thread.
class HammingEdition {
 public:
  HammingEdition();  // of no rows

  // As HammingIndex::search(), over the base, the tail and the removals of that moment. Hidden rows
  // do not count towards `most`.
  Result<std::vector<Neighbour>> search(std::span<const Hash256> queries, Distance radius,
                                        size_t most) const;

  size_t size() const;       // rows that a search can find
  size_t tail_rows() const;  // rows added or hidden since the base was built
  size_t memory_bytes() const;

 private:
  friend class LiveHammingIndex;
  struct State;
  explicit HammingEdition(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

// A HammingIndex that changes: an immutable base, a short tail of rows added since, and keys
// removed since. What add() and remove() did is seen by every search that starts after they return,
// all of it or, while they run, none of it.
//
// All calls are safe from any thread. search() never waits for merge(), nor for an add() or
// remove() in progress.
//
// The newest rows of the tail are scanned, older ones are indexed in one or two small parts as
// add() comes to them, which costs a search about 10 microseconds. Beside a small base that is
// felt: merge when the tail reaches a twentieth of size().
class LiveHammingIndex {
 public:
  explicit LiveHammingIndex(HammingIndex base = {});
  ~LiveHammingIndex();

  void add(std::span<const HammingRow> rows);
  // Hides every row with this key that is here now; a row added later under the key is seen again.
  // A key that is not here is ignored.
  void remove(uint32_t key);
  // The same for many keys at once, such as a bank that is retired; they vanish together.
  void remove(std::span<const uint32_t> keys);

  // The state of this moment, to be asked.
  HammingEdition edition() const;
  operator HammingEdition() const { return edition(); }
  Result<std::vector<Neighbour>> search(std::span<const Hash256> queries, Distance radius,
                                        size_t most) const {
    return edition().search(queries, radius, most);
  }

  // Folds tail and removals into a new base. One merge runs at a time, others return at once; rows
  // added or hidden meanwhile stay so. Until searches on the old base have ended there is memory
  // for both. Errors: as HammingIndex::build(); nothing has changed then.
  Status merge();

  // The base of this moment, to be saved; it knows nothing of the tail and of removals.
  HammingIndex base() const;

  size_t size() const { return edition().size(); }
  size_t tail_rows() const { return edition().tail_rows(); }
  size_t memory_bytes() const { return edition().memory_bytes(); }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
