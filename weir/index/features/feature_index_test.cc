// SPDX-License-Identifier: Apache-2.0
#include "weir/index/features/feature_index.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <ostream>
#include <thread>

#include "weir/index/features/feature_plain.h"
#include "weir/index/features/feature_weights.h"
#include "weir/index/features/test_features.h"

namespace weir {

bool operator==(const FeatureCandidate& a, const FeatureCandidate& b) {
  return a.key == b.key && a.mirrored == b.mirrored && a.score == b.score && a.hits == b.hits;
}
std::ostream& operator<<(std::ostream& out, const FeatureCandidate& c) {
  return out << "{" << c.key << (c.mirrored ? "m " : " ") << c.score << " " << c.hits << "}";
}
bool operator==(const FeatureVote& a, const FeatureVote& b) {
  return a.candidates == b.candidates && a.agreeing_keys == b.agreeing_keys;
}
std::ostream& operator<<(std::ostream& out, const FeatureVote& vote) {
  for (const auto& candidate : vote.candidates) out << candidate << " ";
  return out;
}

namespace {

constexpr size_t kAll = SIZE_MAX;

std::vector<uint32_t> keys_of(const FeatureVote& vote) {
  std::vector<uint32_t> keys;
  for (const FeatureCandidate& candidate : vote.candidates) keys.push_back(candidate.key);
  return keys;
}
using Keys = std::vector<uint32_t>;

void add(LiveFeatureIndex& live, const FeatureRow& row) {
  live.add({&row, 1});
}
void remove(LiveFeatureIndex& live, uint32_t key) {
  live.remove({&key, 1});
}
FeatureVote vote_for(const LiveFeatureIndex& live, const FeatureRow& row) {
  const FeatureQuery query = query_of(row);
  return live.vote({&query, 1}, {}, kAll);
}

TEST(LiveFeatureIndex, AnEmptyIndexHasNoCandidatesButCountsEveryFeature) {
  const LiveFeatureIndex live;
  const FeatureVote vote = live.vote(std::vector<FeatureQuery>(3), {}, kAll);
  EXPECT_TRUE(vote.candidates.empty());
  EXPECT_EQ(vote.agreeing_keys, std::vector<uint32_t>(3, 0));
}

TEST(LiveFeatureIndex, AddedRowsAreSeenAtOnceAndRemovedOnesNoMore) {
  LiveFeatureIndex live;
  const FeatureRow row{7, 300, 10, 20, 0xABCDEF};
  add(live, row);
  EXPECT_EQ(keys_of(vote_for(live, row)), Keys{7});
  EXPECT_EQ(live.rows(), 1u);
  remove(live, 7);
  EXPECT_EQ(keys_of(vote_for(live, row)), Keys{});
  EXPECT_EQ(live.rows(), 0u);
  EXPECT_EQ(live.tail_rows(), 2u);  // one added, one hidden
}

TEST(LiveFeatureIndex, ARowAddedAgainUnderARemovedKeyIsSeenAndTheOldOnesAreNot) {
  const FeatureRow old_row{7, 300, 10, 20, 0};
  const FeatureRow new_row{7, 301, 10, 20, ~uint64_t{0}};
  for (const bool merge_first : {false, true}) {
    for (const bool merge_between : {false, true}) {
      LiveFeatureIndex live;
      add(live, old_row);
      if (merge_first) {
        ASSERT_TRUE(live.merge());
      }
      remove(live, 7);
      if (merge_between) {
        ASSERT_TRUE(live.merge());
      }
      add(live, new_row);
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(keys_of(vote_for(live, old_row)), Keys{});
        EXPECT_EQ(keys_of(vote_for(live, new_row)), Keys{7});
        EXPECT_EQ(live.rows(), 1u);
        ASSERT_TRUE(live.merge());
      }
      EXPECT_EQ(live.tail_rows(), 0u);
    }
  }
}

TEST(LiveFeatureIndex, AlternativesFindRowsOfOtherWords) {
  LiveFeatureIndex live;
  const FeatureRow row{7, 300, 10, 20, 5};
  add(live, row);
  FeatureQuery query = query_of(row);
  query.code.word = 301;
  EXPECT_TRUE(live.vote({&query, 1}, {}, kAll).candidates.empty());
  query.code.alternatives[5] = 300;
  EXPECT_EQ(keys_of(live.vote({&query, 1}, {}, kAll)), Keys{7});
}

TEST(LiveFeatureIndex, AFeatureVotesOncePerKeyHoweverManyRowsAgree) {
  LiveFeatureIndex live;
  const FeatureRow row{7, 300, 10, 20, 5};
  live.add(std::vector<FeatureRow>(100, row));
  const FeatureVote vote = vote_for(live, row);
  ASSERT_EQ(vote.candidates.size(), 1u);
  EXPECT_EQ(vote.candidates[0].hits, 1u);
  EXPECT_FLOAT_EQ(vote.candidates[0].score, 1);
  EXPECT_EQ(vote.agreeing_keys, (std::vector<uint32_t>{1}));
}

TEST(LiveFeatureIndex, WhatAgreesWithManyKeysTellsLess) {
  LiveFeatureIndex live;
  std::vector<FeatureRow> rows;
  for (uint32_t key = 0; key < 100; ++key) rows.push_back({key, 300, 10, 20, 5});
  live.add(rows);
  const FeatureVote vote = vote_for(live, rows[0]);
  EXPECT_EQ(vote.agreeing_keys, (std::vector<uint32_t>{100}));
  EXPECT_LT(vote.candidates[0].score, 0.1f);
}

TEST(LiveFeatureIndex, FeaturesThatAgreeOnTurnAndSizeScoreAboveThoseThatDoNot) {
  std::mt19937_64 random(1);
  LiveFeatureIndex live;
  std::vector<FeatureRow> agreeing = random_rows(30, 1, random);
  std::vector<FeatureRow> scattered = agreeing;
  std::vector<FeatureQuery> queries;
  for (size_t i = 0; i < agreeing.size(); ++i) {
    queries.push_back(query_of(agreeing[i]));
    queries.back().angle = static_cast<uint8_t>(agreeing[i].angle + 77);
    queries.back().log_scale = static_cast<uint8_t>(agreeing[i].log_scale / 2 + 60);
    agreeing[i].log_scale = static_cast<uint8_t>(queries.back().log_scale + 13);
    scattered[i].key = 2;
    scattered[i].angle = static_cast<uint8_t>(random());
    scattered[i].log_scale = static_cast<uint8_t>(random());
    agreeing[i].key = 1;
  }
  live.add(agreeing);
  live.add(scattered);
  const FeatureVote vote = live.vote({}, queries, 10);
  ASSERT_EQ(keys_of(vote), (Keys{1, 2}));
  EXPECT_TRUE(vote.candidates[0].mirrored);
  EXPECT_EQ(vote.candidates[0].hits, 30u);
  EXPECT_GT(vote.candidates[0].score, 3 * vote.candidates[1].score);
}

TEST(LiveFeatureIndex, TiesAreInOrderOfKeyAndUprightBeforeMirrored) {
  LiveFeatureIndex live;
  const FeatureRow row{0, 300, 10, 20, 5};
  for (const uint32_t key : {9, 3, 5}) add(live, {key, 300, 10, 20, 5});
  const FeatureQuery query = query_of(row);
  const FeatureVote vote = live.vote({&query, 1}, {&query, 1}, 4);
  EXPECT_EQ(keys_of(vote), (Keys{3, 3, 5, 5}));
  EXPECT_FALSE(vote.candidates[0].mirrored);
  EXPECT_TRUE(vote.candidates[1].mirrored);
  EXPECT_EQ(vote.agreeing_keys, (std::vector<uint32_t>{3}));
}

// Random and clustered rows, in pieces that make the tail join, some removed and some added again;
// then merged, then saved by another order of adding. Keys lie close together, or far apart.
TEST(LiveFeatureIndex, VotesAgreeWithDefinitionWhateverTheIndexWentThrough) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 6; ++round) {
    LiveFeatureIndex live;
    std::vector<FeatureRow> model;
    auto all = clustered_features(300, 40, random);
    if (round % 3 == 2)
      for (FeatureRow& row : all) row.key *= 10'000'019;
    for (size_t first = 0; first < all.size();) {
      const size_t count = std::min<size_t>(all.size() - first, 1 + random() % 2'000);
      const auto rows = std::span(all).subspan(first, count);
      live.add(rows);
      model.insert(model.end(), rows.begin(), rows.end());
      first += count;
      if (random() % 4 == 0) {
        const uint32_t gone = model[random() % model.size()].key;
        remove(live, gone);
        std::erase_if(model, [gone](const FeatureRow& row) { return row.key == gone; });
      }
      if (round % 2 == 1 && random() % 5 == 0) {
        ASSERT_TRUE(live.merge());
      }
      ASSERT_EQ(live.rows(), model.size());
    }
    const auto upright = queries_near(model, 60, random);
    const auto mirrored = queries_near(model, 60, random);
    for (const size_t most : {size_t{5}, kAll}) {
      const FeatureVote expected = plain::vote(model, upright, mirrored, most);
      ASSERT_GT(expected.candidates.size(), 4u);
      ASSERT_EQ(live.vote(upright, mirrored, most), expected);
    }
    const FeatureVote before = live.vote(upright, mirrored, kAll);
    ASSERT_TRUE(live.merge());
    EXPECT_EQ(live.vote(upright, mirrored, kAll), before);
    EXPECT_EQ(live.tail_rows(), 0u);
    EXPECT_EQ(live.rows(), model.size());
  }
}

TEST(LiveFeatureIndex, VotesBeyondTheLimitsOfAVoteAgreeWithDefinition) {
  std::mt19937_64 random(3);
  for (const uint32_t apart : {1u, 65'537u}) {
    LiveFeatureIndex live;
    std::vector<FeatureRow> rows;
    for (uint32_t key = 0; key < FeatureWeights::kMostKeysOfFeature + 700; ++key)
      for (uint64_t word = 0; word < 3; ++word)
        rows.push_back({key * apart, static_cast<uint16_t>(word),
                        static_cast<uint8_t>(random() % 30), 20, random() & 0xFF0FF0F00});
    live.add(rows);
    std::vector<FeatureQuery> queries;
    for (size_t i = 0; i < 3; ++i) queries.push_back(query_of(rows[i]));
    EXPECT_EQ(live.vote(queries, queries, kAll), plain::vote(rows, queries, queries, kAll));
  }
}

TEST(LiveFeatureIndex, HypothesesOfUnequalLengthAreBothCounted) {
  std::mt19937_64 random(4);
  LiveFeatureIndex live;
  const auto rows = clustered_features(20, 20, random);
  live.add(rows);
  const auto some = queries_near(rows, 5, random);
  const auto more = queries_near(rows, 9, random);
  EXPECT_EQ(live.vote(some, more, kAll), plain::vote(rows, some, more, kAll));
  EXPECT_EQ(live.vote(more, some, kAll), plain::vote(rows, more, some, kAll));
}

TEST(LiveFeatureIndex, MergingFreesWhatWasRemoved) {
  std::mt19937_64 random(5);
  LiveFeatureIndex live;
  for (uint32_t key = 0; key < 200; ++key) live.add(random_rows(500, key, random));
  ASSERT_TRUE(live.merge());
  const size_t before = live.memory_bytes();
  EXPECT_LT(before, 200u * 8'192);
  Keys gone(100);
  for (uint32_t key = 0; key < 100; ++key) gone[key] = 2 * key;
  live.remove(gone);
  EXPECT_EQ(live.rows(), 50'000u);
  EXPECT_EQ(live.tail_rows(), 50'000u);
  ASSERT_TRUE(live.merge());
  EXPECT_EQ(live.rows(), 50'000u);
  EXPECT_LT(live.memory_bytes(), before * 2 / 3);
}

// The model: a list of rows. Few words and keys, so that commands meet.
struct Command {
  enum Kind { kAdd, kAddMany, kRemove, kRemoveMany, kMerge } kind = kAdd;
  uint32_t key = 0;
  uint16_t word = 0;
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
        gen::set(&Command::word, gen::inRange<uint16_t>(0, 4)));
  }
};
}  // namespace rc

namespace weir {
namespace {

void apply(const Command& command, LiveFeatureIndex& live, std::vector<FeatureRow>& model) {
  const FeatureRow row{command.key, command.word, 10, 20, uint64_t{0x11} << command.word};
  switch (command.kind) {
    case Command::kAdd:
      add(live, row);
      model.push_back(row);
      break;
    case Command::kAddMany: {
      const std::vector<FeatureRow> rows(30, row);
      live.add(rows);
      model.insert(model.end(), rows.begin(), rows.end());
      break;
    }
    case Command::kRemove:
    case Command::kRemoveMany: {
      Keys keys = {command.key};
      if (command.kind == Command::kRemoveMany) keys = {command.key, command.key + 1, 77, 0};
      live.remove(keys);
      for (const uint32_t key : keys)
        std::erase_if(model, [key](const FeatureRow& r) { return r.key == key; });
      break;
    }
    case Command::kMerge:
      RC_ASSERT(live.merge());
      RC_ASSERT(live.tail_rows() == 0u);
      break;
  }
}

RC_GTEST_PROP(LiveFeatureIndexModel, BehavesAsAListOfRows, (const std::vector<Command>& commands)) {
  LiveFeatureIndex live;
  std::vector<FeatureRow> model;
  const std::vector<FeatureQuery> queries = {query_of({0, 0, 3, 40, 0x11}),
                                             query_of({0, 2, 3, 40, 0x44})};
  for (const Command& command : commands) {
    apply(command, live, model);
    RC_ASSERT(live.rows() == model.size());
    RC_ASSERT(live.vote(queries, queries, kAll) == plain::vote(model, queries, queries, kAll));
  }
}

// Adders, removers, mergers and voters at once. What a thread finished before its vote must be seen
// by it, and what it removed before must not, whatever the others do.
TEST(LiveFeatureIndexThreads, EachThreadSeesWhatItDidBefore) {
  std::mt19937_64 seed(1);
  LiveFeatureIndex live;
  const auto base = clustered_features(40, 50, seed);
  live.add(base);
  ASSERT_TRUE(live.merge());
  std::atomic<int> wrong{0};
  std::atomic<bool> is_done{false};
  const auto changer = [&](uint32_t who) {
    std::mt19937_64 random(100 + who);
    for (uint32_t i = 0; i < 150; ++i) {
      const uint32_t key = 1'000'000 * who + i % 50;
      const auto sees = [&](const FeatureRow& row) {
        const Keys keys = keys_of(vote_for(live, row));
        return std::find(keys.begin(), keys.end(), key) != keys.end();
      };
      const auto rows = random_rows(20, key, random);
      remove(live, key);
      live.add(rows);
      if (!sees(rows[0])) ++wrong;
      if (i % 3 != 0) continue;
      remove(live, key);
      if (sees(rows[0])) ++wrong;
    }
  };
  const auto voter = [&] {
    std::mt19937_64 random(9);
    while (!is_done) {
      if (keys_of(vote_for(live, base[random() % base.size()])).empty()) ++wrong;
      if (live.rows() < base.size()) ++wrong;  // nobody removes rows of the first base
    }
  };
  const auto merger = [&] {
    while (!is_done)
      if (!live.merge()) ++wrong;
  };
  {
    std::vector<std::jthread> others;
    others.emplace_back(voter);
    others.emplace_back(merger);
    others.emplace_back(merger);
    {
      std::jthread first(changer, 1u);
      std::jthread second(changer, 2u);
    }
    is_done = true;
  }
  EXPECT_EQ(wrong, 0);
  const size_t rows = live.rows();
  ASSERT_TRUE(live.merge());
  EXPECT_EQ(live.rows(), rows);
  EXPECT_EQ(live.tail_rows(), 0u);
}

}  // namespace
}  // namespace weir
