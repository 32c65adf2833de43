// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <span>
#include <vector>

#include "weir/index/features/feature_index.h"

namespace weir {

// Inputs of the tests of the index of features. Random, from the caller's seeded generator.

inline std::vector<FeatureRow> random_rows(size_t count, uint32_t key, std::mt19937_64& random) {
  std::vector<FeatureRow> rows(count);
  for (FeatureRow& row : rows)
    row = {key, static_cast<uint16_t>(random()), static_cast<uint8_t>(random()),
           static_cast<uint8_t>(random()), random()};
  return rows;
}

// `bits` bits flipped, fewer where a bit is drawn twice.
inline uint64_t flipped(uint64_t signature, size_t bits, std::mt19937_64& random) {
  for (size_t i = 0; i < bits; ++i) signature ^= uint64_t{1} << (random() % 64);
  return signature;
}

// `keys` keys with `each` rows, two thirds of them like some earlier row, so that every distance
// occurs, and equal rows of different keys too.
inline std::vector<FeatureRow> clustered_features(uint32_t keys, size_t each,
                                                  std::mt19937_64& random) {
  std::vector<FeatureRow> rows;
  for (uint32_t key = 0; key < keys; ++key) {
    for (const FeatureRow& fresh : random_rows(each, key, random)) {
      FeatureRow row = fresh;
      if (!rows.empty() && random() % 3 != 0) {
        row = rows[random() % rows.size()];
        row.key = key;
        row.signature = flipped(row.signature, random() % 30, random);
        row.angle = static_cast<uint8_t>(row.angle + random() % 20);
      }
      rows.push_back(row);
    }
  }
  return rows;
}

inline FeatureQuery query_of(const FeatureRow& row) {
  FeatureQuery query;
  query.code.word = row.word;
  query.code.signature = row.signature;
  for (size_t i = 0; i < FeatureCode::kAlternatives; ++i)
    query.code.alternatives[i] = static_cast<uint16_t>(row.word ^ (0x8000u >> i));
  query.angle = row.angle;
  query.log_scale = row.log_scale;
  return query;
}

// A third far from everything, the others near some row, now and then by way of an alternative.
inline std::vector<FeatureQuery> queries_near(std::span<const FeatureRow> rows, size_t count,
                                              std::mt19937_64& random) {
  std::vector<FeatureQuery> queries;
  for (size_t i = 0; i < count; ++i) {
    FeatureRow row = random_rows(1, 0, random)[0];
    if (!rows.empty() && i % 3 != 0) row = rows[random() % rows.size()];
    row.signature = flipped(row.signature, random() % 25, random);
    row.angle = static_cast<uint8_t>(row.angle + random() % 60);
    FeatureQuery query = query_of(row);
    if (i % 4 == 1) std::swap(query.code.word, query.code.alternatives[random() % 8]);
    queries.push_back(query);
  }
  return queries;
}

}  // namespace weir
