// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/hamming_index.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "weir/index/hamming/hamming_plain.h"
#include "weir/index/hamming/image_search.h"
#include "weir/index/hamming/index_build.h"
#include "weir/index/hamming/test_hashes.h"

namespace weir {
namespace {

constexpr size_t kAll = SIZE_MAX;

std::vector<Neighbour> found(const HammingIndex& index, std::span<const Hash256> queries,
                             Distance radius) {
  auto result = index.search(queries, radius, kAll);
  EXPECT_TRUE(result) << result.error().message;
  return std::move(*result);
}

// By the slots even where search() would rather scan.
std::vector<Neighbour> found_by_slots(const IndexImage& image, std::span<const Hash256> queries,
                                      Distance radius) {
  NeighbourSink sink(kAll);
  const auto plan = plan_slots(image.shape().widths, image.rows(), radius, 1e300);
  search_slots(image, *plan, {queries, radius, nullptr, sink});
  return std::move(*std::move(sink).take());
}

std::vector<Neighbour> found_by_scan(const IndexImage& image, std::span<const Hash256> queries,
                                     Distance radius) {
  NeighbourSink sink(kAll);
  search_by_scan(image, {queries, radius, nullptr, sink});
  return std::move(*std::move(sink).take());
}

TEST(HammingIndex, EmptyIndexFindsNothing) {
  const HammingIndex none;
  EXPECT_EQ(none.size(), 0u);
  const std::vector<Hash256> queries(3);
  EXPECT_TRUE(found(none, queries, Distance{256}).empty());
  const auto built = HammingIndex::build({});
  ASSERT_TRUE(built);
  EXPECT_TRUE(found(*built, queries, Distance{256}).empty());
}

TEST(HammingIndex, AgreesWithDefinitionAtEveryRadiusOfSmallIndexes) {
  std::mt19937_64 random(1);
  for (const size_t count : {1, 2, 7, 8, 9, 63, 300}) {
    const auto rows = clustered_rows(count, random);
    const auto queries = queries_near(rows, 6, random);
    const auto index = HammingIndex::build(rows);
    ASSERT_TRUE(index);
    for (uint16_t radius = 0; radius <= 256; ++radius)
      ASSERT_EQ(found(*index, queries, Distance{radius}),
                search_plain(rows, queries, Distance{radius}))
          << "rows=" << count << " radius=" << radius;
  }
}

// Few rows, many kinds of slots: probing must not depend on what choose_slots() likes.
TEST(HammingIndex, SlotsAgreeWithDefinitionForEverySlotCount) {
  std::mt19937_64 random(2);
  const auto rows = clustered_rows(2'000, random);
  const auto queries = queries_near(rows, 40, random);
  for (const uint32_t slots : {11, 13, 16, 17, 20, 25, 32}) {
    SlotWidths widths = even_slots(slots);
    std::rotate(widths.bits.begin(), widths.bits.begin() + slots / 3, widths.bits.begin() + slots);
    const auto image = build_image(rows, widths);
    ASSERT_TRUE(image);
    for (const uint16_t radius : {0, 1, slots <= 14 ? 20 : 5, 31, slots >= 14 ? 60 : 36}) {
      const auto expected = search_plain(rows, queries, Distance{radius});
      ASSERT_EQ(found_by_slots(*image, queries, Distance{radius}), expected)
          << "slots=" << slots << " radius=" << radius;
      ASSERT_EQ(found_by_scan(*image, queries, Distance{radius}), expected)
          << "slots=" << slots << " radius=" << radius;
    }
  }
}

// 8-bit slots can be probed with all their values, so every radius is within reach.
TEST(HammingIndex, SlotsAgreeWithDefinitionAtEveryRadius) {
  std::mt19937_64 random(3);
  const auto rows = clustered_rows(120, random);
  const auto queries = queries_near(rows, 4, random);
  const auto image = build_image(rows, even_slots(32));
  ASSERT_TRUE(image);
  for (uint16_t radius = 0; radius <= 256; ++radius)
    ASSERT_EQ(found_by_slots(*image, queries, Distance{radius}),
              search_plain(rows, queries, Distance{radius}))
        << "radius=" << radius;
}

TEST(HammingIndex, AgreesWithDefinitionWhereSlotsAreUsed) {
  std::mt19937_64 random(4);
  const auto rows = clustered_rows(60'000, random);
  ASSERT_GT(choose_slots(rows.size()).slots, 0u);
  const auto index = HammingIndex::build(rows);
  ASSERT_TRUE(index);
  const auto queries = queries_near(rows, 60, random);
  for (const uint16_t radius : {0, 5, 15, 31, 32, 40, 50, 60, 100})
    ASSERT_EQ(found(*index, queries, Distance{radius}),
              search_plain(rows, queries, Distance{radius}))
        << "radius=" << radius;
}

// Long buckets: the nibbles of their groups do not hold, in one slot or in all.
TEST(HammingIndex, ManyEqualAndNearlyEqualRowsAreAllFound) {
  std::mt19937_64 random(5);
  const Hash256 centre = random_hash(random);
  std::vector<HammingRow> rows = clustered_rows(25'000, random);
  for (uint32_t i = 0; i < 3'000; ++i) rows.push_back({centre, 100'000 + i});
  for (uint32_t i = 0; i < 3'000; ++i) rows.push_back({flipped(centre, i % 40, random), i});
  const auto index = HammingIndex::build(rows);
  ASSERT_TRUE(index);
  std::vector<Hash256> queries = queries_near(rows, 10, random);
  for (size_t bits = 0; bits <= 60; bits += 6) queries.push_back(flipped(centre, bits, random));
  for (const uint16_t radius : {0, 15, 31, 60})
    ASSERT_EQ(found(*index, queries, Distance{radius}),
              search_plain(rows, queries, Distance{radius}))
        << "radius=" << radius;
}

TEST(HammingIndex, RowsOfOneKeyAreAllFoundAndEqualRowsAsOftenAsTheyWereGiven) {
  const std::vector<HammingRow> rows = {{{}, 5}, {{}, 5}, {{{1, 0, 0, 0}}, 5}, {{}, 2}};
  const auto index = HammingIndex::build(rows);
  ASSERT_TRUE(index);
  const std::vector<Hash256> queries(1);
  const std::vector<Neighbour> expected = {
      {0, Distance{0}, 2}, {0, Distance{0}, 5}, {0, Distance{0}, 5}, {0, Distance{1}, 5}};
  EXPECT_EQ(found(*index, queries, Distance{1}), expected);
}

TEST(HammingIndex, QueriesTogetherFindWhatEachFindsAlone) {
  std::mt19937_64 random(6);
  const auto rows = clustered_rows(30'000, random);
  const auto index = HammingIndex::build(rows);
  ASSERT_TRUE(index);
  const auto queries = queries_near(rows, 100, random);
  std::vector<Neighbour> one_by_one;
  for (uint32_t i = 0; i < queries.size(); ++i) {
    for (Neighbour neighbour : found(*index, std::span(queries).subspan(i, 1), Distance{31})) {
      neighbour.query = i;
      one_by_one.push_back(neighbour);
    }
  }
  EXPECT_EQ(found(*index, queries, Distance{31}), one_by_one);
}

TEST(HammingIndex, MoreThanMostIsAnErrorAndExactlyMostIsNot) {
  std::mt19937_64 random(7);
  for (const size_t count : {100, 25'000}) {
    const std::vector<HammingRow> rows(count, {random_hash(random), 3});
    const auto index = HammingIndex::build(rows);
    ASSERT_TRUE(index);
    const std::vector<Hash256> queries = {rows[0].hash, flipped(rows[0].hash, 31, random)};
    EXPECT_TRUE(index->search(queries, Distance{31}, 2 * count));
    const auto less = index->search(queries, Distance{31}, 2 * count - 1);
    ASSERT_FALSE(less);
    EXPECT_EQ(less.error().code, ErrorCode::kLimit);
    EXPECT_TRUE(index->search({}, Distance{31}, 0));
  }
}

TEST(HammingIndex, RadiusBeyond256IsInvalid) {
  const auto result = HammingIndex().search({}, Distance{257}, 1);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
}

TEST(HammingIndex, OrderOfRowsDoesNotChangeAByte) {
  std::mt19937_64 random(9);
  auto rows = clustered_rows(5'000, random);
  for (HammingRow& row : rows) row.key /= 2;
  const auto first = build_image(rows, even_slots(20));
  std::shuffle(rows.begin(), rows.end(), random);
  const auto second = build_image(rows, even_slots(20));
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(std::ranges::equal(first->bytes(), second->bytes()));
}

}  // namespace
}  // namespace weir
