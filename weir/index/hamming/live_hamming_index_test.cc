// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/live_hamming_index.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <map>
#include <ostream>
#include <thread>

#include "weir/index/hamming/hamming_plain.h"
#include "weir/index/hamming/live_tail.h"
#include "weir/index/hamming/test_hashes.h"
#include "weir/index/hidden_keys.h"

namespace weir {
namespace {

std::vector<Neighbour> found(const LiveHammingIndex& live, const Hash256& query, Distance radius) {
  auto result = live.search({&query, 1}, radius, SIZE_MAX);
  EXPECT_TRUE(result);
  return std::move(*result);
}

std::vector<uint32_t> keys_at(const LiveHammingIndex& live, const Hash256& query) {
  std::vector<uint32_t> keys;
  for (const Neighbour& neighbour : found(live, query, Distance{0})) keys.push_back(neighbour.key);
  return keys;
}

void add(LiveHammingIndex& live, const HammingRow& row) {
  live.add({&row, 1});
}

using Keys = std::vector<uint32_t>;

TEST(LiveHammingIndex, AddedRowsAreSeenAtOnceAndRemovedOnesNoMore) {
  LiveHammingIndex live;
  const Hash256 hash{{1, 2, 3, 4}};
  add(live, {hash, 7});
  EXPECT_EQ(keys_at(live, hash), Keys{7});
  live.remove(7);
  EXPECT_EQ(keys_at(live, hash), Keys{});
  EXPECT_EQ(live.size(), 0u);
  EXPECT_EQ(live.tail_rows(), 2u);  // one added, one hidden
}

TEST(LiveHammingIndex, ARowAddedAgainUnderARemovedKeyIsSeenAndTheOldOnesAreNot) {
  const Hash256 old_hash{{1, 0, 0, 0}};
  const Hash256 new_hash{{2, 0, 0, 0}};
  const HammingRow base{old_hash, 7};
  for (const bool merge_between : {false, true}) {
    LiveHammingIndex live(*HammingIndex::build({&base, 1}));
    add(live, {old_hash, 7});
    live.remove(7);
    if (merge_between) {
      ASSERT_TRUE(live.merge());
    }
    add(live, {new_hash, 7});
    EXPECT_EQ(keys_at(live, old_hash), Keys{});
    EXPECT_EQ(keys_at(live, new_hash), Keys{7});
    ASSERT_TRUE(live.merge());
    EXPECT_EQ(keys_at(live, old_hash), Keys{});
    EXPECT_EQ(keys_at(live, new_hash), Keys{7});
    EXPECT_EQ(live.size(), 1u);
    EXPECT_EQ(live.tail_rows(), 0u);
  }
}

TEST(LiveHammingIndex, HiddenRowsDoNotCountTowardsMost) {
  const Hash256 hash{};
  std::vector<HammingRow> rows;
  for (uint32_t key = 0; key < 100; ++key) rows.push_back({hash, key});
  LiveHammingIndex live(*HammingIndex::build(rows));
  live.add(rows);
  Keys most_keys(99);
  for (uint32_t key = 0; key < 99; ++key) most_keys[key] = key;
  live.remove(most_keys);
  EXPECT_TRUE(live.search({&hash, 1}, Distance{31}, 2));
  EXPECT_FALSE(live.search({&hash, 1}, Distance{31}, 1));
}

TEST(LiveHammingIndex, AWholeBankCanBeRetiredAtOnceOrKeyByKey) {
  std::mt19937_64 random(1);
  const auto rows = clustered_rows(60'000, random);
  for (const bool at_once : {true, false}) {
    LiveHammingIndex live(*HammingIndex::build(rows));
    std::vector<HammingRow> left;
    Keys retired;
    for (const HammingRow& row : rows) {
      if (row.key % 3 != 0) {
        retired.push_back(row.key);
      } else {
        left.push_back(row);
      }
    }
    if (at_once) {
      live.remove(retired);
    } else {
      for (const uint32_t key : retired) live.remove(key);
    }
    EXPECT_EQ(live.size(), left.size());
    const auto queries = queries_near(rows, 50, random);
    const auto expected = search_plain(left, queries, Distance{40});
    EXPECT_EQ(*live.search(queries, Distance{40}, SIZE_MAX), expected);
    const size_t before = live.memory_bytes();
    ASSERT_TRUE(live.merge());
    EXPECT_LT(live.memory_bytes(), before);
    EXPECT_EQ(live.base().size(), left.size());
    EXPECT_EQ(*live.search(queries, Distance{40}, SIZE_MAX), expected);
  }
}

// A tail long enough to be sealed several times over, in steps that straddle seals and chunks, with
// rows removed and added again under their keys, and a merge between.
TEST(LiveHammingIndex, LongTailsAgreeWithDefinition) {
  std::mt19937_64 random(2);
  const auto all = clustered_rows(90'000, random);
  LiveHammingIndex live;
  std::vector<HammingRow> model;
  for (size_t first = 0; first < all.size();) {
    const size_t count = std::min<size_t>(all.size() - first, 1 + random() % 9'000);
    const auto rows = std::span(all).subspan(first, count);
    live.add(rows);
    model.insert(model.end(), rows.begin(), rows.end());
    first += count;
    if (first < 60'000) continue;
    const uint32_t gone = model[random() % model.size()].key;
    live.remove(gone);
    std::erase_if(model, [gone](const HammingRow& row) { return row.key == gone; });
    const HammingRow again{random_hash(random), gone};
    add(live, again);
    model.push_back(again);
    auto queries = queries_near(model, 20, random);
    queries.push_back(all[gone].hash);
    queries.push_back(again.hash);
    for (const uint16_t radius : {0, 31, 60})
      ASSERT_EQ(*live.search(queries, Distance{radius}, SIZE_MAX),
                search_plain(model, queries, Distance{radius}));
    ASSERT_EQ(live.size(), model.size());
    if (first > 75'000 && live.base().size() == 0) {
      ASSERT_TRUE(live.merge());
    }
  }
}

TEST(LiveHammingIndex, TheBaseKnowsNothingOfTheTailUntilAMerge) {
  LiveHammingIndex live;
  add(live, {{}, 1});
  EXPECT_EQ(live.base().size(), 0u);
  ASSERT_TRUE(live.merge());
  EXPECT_EQ(live.base().size(), 1u);
}

// The model: a list of rows. Few hashes and keys, so that commands meet.
struct Command {
  enum Kind { kAdd, kAddMany, kRemove, kRemoveMany, kMerge } kind = kAdd;
  uint32_t key = 0;
  uint64_t word = 0;
};
void showValue(const Command& command, std::ostream& out) {
  out << "{" << command.kind << " key " << command.key << " word " << command.word << "}";
}

}  // namespace
}  // namespace weir

namespace rc {
template <>
struct Arbitrary<weir::Command> {
  static Gen<weir::Command> arbitrary() {
    using weir::Command;
    return gen::build<Command>(
        gen::set(&Command::kind,
                 gen::element(Command::kAdd, Command::kAdd, Command::kAddMany, Command::kRemove,
                              Command::kRemoveMany, Command::kMerge)),
        gen::set(&Command::key, gen::inRange(0u, 6u)),
        gen::set(&Command::word, gen::inRange<uint64_t>(0, 8)));
  }
};
}  // namespace rc

namespace weir {
namespace {

void apply(const Command& command, LiveHammingIndex& live, std::vector<HammingRow>& model) {
  const auto remove_from_model = [&model](uint32_t key) {
    std::erase_if(model, [key](const HammingRow& row) { return row.key == key; });
  };
  const HammingRow row{{{command.word, 0, 0, command.word}}, command.key};
  switch (command.kind) {
    case Command::kAdd:
      add(live, row);
      model.push_back(row);
      break;
    case Command::kAddMany: {  // so many that chunks of the tail fill up
      const std::vector<HammingRow> rows(LiveTail::Chunk::kRows / 3, row);
      live.add(rows);
      model.insert(model.end(), rows.begin(), rows.end());
      break;
    }
    case Command::kRemove:
      live.remove(command.key);
      remove_from_model(command.key);
      break;
    case Command::kRemoveMany: {
      const Keys keys = {command.key, command.key + 1, command.key, 77};
      live.remove(keys);
      for (const uint32_t key : keys) remove_from_model(key);
      break;
    }
    case Command::kMerge:
      RC_ASSERT(live.merge());
      RC_ASSERT(live.tail_rows() == 0u);
      break;
  }
}

RC_GTEST_PROP(LiveHammingIndexModel, BehavesAsAListOfRows, (const std::vector<Command>& commands)) {
  LiveHammingIndex live;
  std::vector<HammingRow> model;
  const std::vector<Hash256> queries = {{{0, 0, 0, 0}}, {{5, 0, 0, 5}}};
  for (const Command& command : commands) {
    apply(command, live, model);
    RC_ASSERT(live.size() == model.size());
    RC_ASSERT(*live.search(queries, Distance{3}, SIZE_MAX) ==
              search_plain(model, queries, Distance{3}));
  }
}

RC_GTEST_PROP(HiddenKeysModel, BehavesAsAMapOfLimits,
              (const std::vector<std::pair<uint8_t, bool>>& steps)) {
  HiddenKeys hidden;
  std::map<uint32_t, uint64_t> model, since_mark;
  uint64_t limit = 0;
  for (const auto& [key, mark] : steps) {
    if (mark && key % 8 == 0) {
      hidden = hidden.marked();
      since_mark.clear();
    }
    hidden = hidden.with({{key, ++limit}});
    model[key] = since_mark[key] = limit;
  }
  for (uint32_t key = 0; key < 256; ++key) {
    RC_ASSERT(hidden.hides_base(key) == model.contains(key));
    if (model.contains(key)) {
      RC_ASSERT(hidden.hides_tail(key, model[key] - 1));
      RC_ASSERT(!hidden.hides_tail(key, model[key]));
    }
    RC_ASSERT(hidden.since_mark().hides_base(key) == since_mark.contains(key));
  }
}

// Adders, removers, a merger and searchers at once. What a thread finished before its search must
// be seen by it, and what it removed before must not, whatever the others do.
TEST(LiveHammingIndexThreads, EachThreadSeesWhatItDidBefore) {
  std::mt19937_64 seed(1);
  LiveHammingIndex live(*HammingIndex::build(clustered_rows(2'000, seed)));
  std::atomic<int> wrong{0};
  std::atomic<bool> is_done{false};
  const auto changer = [&](uint32_t who) {
    std::mt19937_64 random(100 + who);
    for (uint32_t i = 0; i < 300; ++i) {
      const uint32_t key = 1'000'000 * who + i % 50;
      const Hash256 hash = random_hash(random);
      live.remove(key);
      add(live, {hash, key});
      if (keys_at(live, hash) != Keys{key}) ++wrong;
      if (i % 3 != 0) continue;
      live.remove(key);
      if (!keys_at(live, hash).empty()) ++wrong;
    }
  };
  const auto searcher = [&] {
    std::mt19937_64 random(9);
    while (!is_done) {
      const std::vector<Hash256> queries = {random_hash(random), {}};
      if (!live.search(queries, Distance{90}, SIZE_MAX)) ++wrong;
      if (live.size() + 50 < 2'000) ++wrong;  // nobody removes rows of the first base
    }
  };
  const auto merger = [&] {
    while (!is_done)
      if (!live.merge()) ++wrong;
  };
  {
    std::vector<std::jthread> others;
    others.emplace_back(searcher);
    others.emplace_back(merger);
    others.emplace_back(merger);
    {
      std::jthread first(changer, 1u);
      std::jthread second(changer, 2u);
    }
    is_done = true;
  }
  EXPECT_EQ(wrong, 0);

  // In the end: each key that a thread did not remove last is there once.
  const size_t size = live.size();
  ASSERT_TRUE(live.merge());
  EXPECT_EQ(live.size(), size);
  EXPECT_EQ(live.base().size(), size);
}

}  // namespace
}  // namespace weir
