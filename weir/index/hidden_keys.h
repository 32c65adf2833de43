// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace weir {

// Which rows of a live index are hidden. A removal hides the base's rows of its key, and the rows
// of the tail before its `limit`, the place where the tail ended at that moment.
//
// Immutable: with() makes a new value. It shares sorted runs with the old one and merges the newest
// while they are of like size, so that a million removals one by one, or at once, both stay cheap:
// amortised O(log n) a removal, O(log^2 n) a question, and questions are asked only about rows
// that lie within a radius.
class HiddenKeys {
 public:
  struct Removal {
    uint32_t key = 0;
    uint64_t limit = 0;
    friend auto operator<=>(const Removal&, const Removal&) = default;
  };

  // `removals` sorted by key, each key once.
  HiddenKeys with(std::vector<Removal> removals) const;

  bool hides_base(uint32_t key) const { return !runs_.empty() && limit_of(key) != kNever; }
  bool hides_tail(uint32_t key, uint64_t place) const {
    if (runs_.empty()) return false;
    const uint64_t limit = limit_of(key);
    return limit != kNever && place < limit;
  }
  bool empty() const { return runs_.empty(); }

  // Marks everything up to now as done with: runs before the mark are never merged with later ones.
  HiddenKeys marked() const;
  // What was removed since marked().
  HiddenKeys since_mark() const;

  // Every key in it once, in order.
  std::vector<uint32_t> keys() const;
  size_t memory_bytes() const;

 private:
  using Run = std::vector<Removal>;
  static constexpr uint64_t kNever = ~uint64_t{0};

  uint64_t limit_of(uint32_t key) const;  // of the latest removal, or kNever

  std::vector<std::shared_ptr<const Run>> runs_;  // oldest first
  size_t mark_ = 0;                               // runs before it are older than the mark
};

}  // namespace weir
