// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <vector>

#include "weir/index/hamming/hamming_index.h"

namespace weir {

// Inputs of this folder's tests. Random, from the caller's seeded generator.

inline Hash256 random_hash(std::mt19937_64& random) {
  return {{random(), random(), random(), random()}};
}

// `hash` with exactly `bits` bits flipped.
inline Hash256 flipped(const Hash256& hash, size_t bits, std::mt19937_64& random) {
  Hash256 flips;
  for (size_t done = 0; done < bits;) {
    const size_t k = random() % 256;
    if (flips.bit(k)) continue;
    flips.set_bit(k);
    ++done;
  }
  Hash256 out;
  for (size_t w = 0; w < 4; ++w) out.words[w] = hash.words[w] ^ flips.words[w];
  return out;
}

// Keys 0, 1, 2... A third of the rows are near-duplicates of earlier ones, by 0 to 60 bits, so that
// every distance occurs, equal hashes too.
inline std::vector<HammingRow> clustered_rows(size_t count, std::mt19937_64& random) {
  std::vector<HammingRow> rows;
  rows.reserve(count);
  for (uint32_t key = 0; key < count; ++key) {
    if (key > 0 && random() % 3 == 0) {
      const Hash256 earlier = rows[random() % key].hash;
      rows.push_back({flipped(earlier, random() % 61, random), key});
    } else {
      rows.push_back({random_hash(random), key});
    }
  }
  return rows;
}

// Half far from everything, half 0 to 60 bits from some row.
inline std::vector<Hash256> queries_near(std::span<const HammingRow> rows, size_t count,
                                         std::mt19937_64& random) {
  std::vector<Hash256> queries;
  for (size_t i = 0; i < count; ++i) {
    if (rows.empty() || i % 2 == 0) {
      queries.push_back(random_hash(random));
    } else {
      queries.push_back(flipped(rows[random() % rows.size()].hash, random() % 61, random));
    }
  }
  return queries;
}

}  // namespace weir
