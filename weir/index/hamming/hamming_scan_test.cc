// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/hamming_scan.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <numeric>

#include "weir/index/hamming/test_hashes.h"

namespace weir {
namespace {

// Runs on one instruction set while it lives.
class ForcedTarget {
 public:
  explicit ForcedTarget(int64_t target) { hwy::SetSupportedTargetsForTest(target); }
  ~ForcedTarget() { hwy::SetSupportedTargetsForTest(0); }
};

std::vector<int64_t> supported_targets() {
  std::vector<int64_t> targets;
  for (int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1)
    targets.push_back(rest & -rest);
  return targets;
}

// Rows as columns of exactly their length, so that reading past the end is an error under ASan.
struct Columns {
  explicit Columns(std::span<const HammingRow> rows) {
    for (size_t w = 0; w < 4; ++w)
      for (const HammingRow& row : rows) word[w].push_back(row.hash.words[w]);
  }
  HashColumns view() const {
    return {{word[0].data(), word[1].data(), word[2].data(), word[3].data()}, word[0].size()};
  }
  std::array<std::vector<uint64_t>, 4> word;
};

std::vector<Found> scan_plain(std::span<const HammingRow> rows, const Hash256& query,
                              Distance radius) {
  std::vector<Found> found;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const Distance apart = distance(rows[i].hash, query);
    if (apart <= radius) found.push_back({i, apart});
  }
  return found;
}

// Lengths around one and two vectors of every width, and a radius that keeps about half of them.
TEST(HammingScan, AgreesWithDefinitionOnEveryTargetAtEveryLength) {
  std::mt19937_64 random(7);
  for (const int64_t target : supported_targets()) {
    const ForcedTarget forced(target);
    for (size_t count = 0; count < 70; ++count) {
      SCOPED_TRACE(testing::Message() << hwy::TargetName(target) << " rows=" << count);
      const auto rows = clustered_rows(count, random);
      const Columns columns(rows);
      for (const uint16_t radius : {0, 31, 60, 127, 128, 129, 256}) {
        const Hash256 query = queries_near(rows, 2, random)[1];
        std::vector<Found> found(count);
        found.resize(scan(columns.view(), query, Distance{radius}, found));
        ASSERT_EQ(found, scan_plain(rows, query, Distance{radius}));
      }
    }
  }
}

TEST(HammingScan, CheckAgreesWithDefinitionOnEveryTarget) {
  std::mt19937_64 random(8);
  const auto rows = clustered_rows(500, random);
  std::vector<Hash256> hashes;
  for (const HammingRow& row : rows) hashes.push_back(row.hash);
  std::vector<uint32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0u);

  for (const int64_t target : supported_targets()) {
    const ForcedTarget forced(target);
    for (const Hash256& query : queries_near(rows, 50, random)) {
      for (const uint16_t radius : {0, 31, 60, 128, 256}) {
        std::vector<Found> found(all.size());
        found.resize(check(hashes.data(), all, query, Distance{radius}, found));
        ASSERT_EQ(found, scan_plain(rows, query, Distance{radius})) << hwy::TargetName(target);
      }
    }
  }
}

TEST(HammingScan, SplitAgreesWithDefinitionOnEveryTargetAtEveryLength) {
  std::mt19937_64 random(9);
  for (const int64_t target : supported_targets()) {
    const ForcedTarget forced(target);
    for (size_t count = 0; count < 40; ++count) {
      std::vector<Hash256> hashes;
      for (size_t i = 0; i < count; ++i) hashes.push_back(random_hash(random));
      std::array<std::vector<uint64_t>, 4> word;
      for (auto& column : word) column.resize(count);
      split(hashes, {word[0].data(), word[1].data(), word[2].data(), word[3].data()});
      for (size_t i = 0; i < count; ++i)
        for (size_t w = 0; w < 4; ++w)
          ASSERT_EQ(word[w][i], hashes[i].words[w]) << hwy::TargetName(target);
    }
  }
}

// A hash is pruned by its first half alone; one that differs only in the second must not be.
TEST(HammingScan, RadiusIsInclusiveWhereverTheBitsLie) {
  for (size_t first = 0; first + 31 <= 256; ++first) {
    Hash256 hash;
    for (size_t k = first; k < first + 31; ++k) hash.set_bit(k);
    const std::vector<HammingRow> rows(40, HammingRow{hash, 1});
    const Columns columns(rows);
    std::vector<Found> found(rows.size());
    ASSERT_EQ(scan(columns.view(), Hash256{}, Distance{31}, found), rows.size());
    ASSERT_EQ(scan(columns.view(), Hash256{}, Distance{30}, found), 0u);
  }
}

}  // namespace
}  // namespace weir
