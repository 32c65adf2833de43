// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "weir/base/hash256.h"

namespace weir {

// Hashes as four columns: word[w][i] is words[w] of hash i. Borrowed; need not be aligned.
struct HashColumns {
  std::array<const uint64_t*, 4> word{};
  size_t rows = 0;

  HashColumns slice(size_t first, size_t count) const {
    return {{word[0] + first, word[1] + first, word[2] + first, word[3] + first}, count};
  }
};

// A row that a kernel found: its place in what the kernel was given, and its distance.
struct Found {
  uint32_t row = 0;
  Distance distance;
  friend auto operator<=>(const Found&, const Found&) = default;
};

// The kernels run on the best instruction set of the machine, and give the same rows on each.

// Every row of `columns` at most `radius` from `query`, in order; returns how many were written.
// Reads no row beyond columns.rows, so that others may be appending there.
// Precondition: found.size() >= columns.rows.
size_t scan(const HashColumns& columns, const Hash256& query, Distance radius,
            std::span<Found> found);

// The same for chosen rows of a row-wise array: hashes[candidates[i]] for each i, Found::row being
// the candidate. Precondition: found.size() >= candidates.size(), candidates within hashes.
size_t check(const Hash256* hashes, std::span<const uint32_t> candidates, const Hash256& query,
             Distance radius, std::span<Found> found);

// Turns row-wise hashes into columns: word[w][i] becomes hashes[i].words[w].
void split(std::span<const Hash256> hashes, const std::array<uint64_t*, 4>& word);

}  // namespace weir
