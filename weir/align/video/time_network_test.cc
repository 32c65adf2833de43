// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/time_network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "weir/align/picture/made_pictures_for_test.h"
#include "weir/align/video/time_line.h"

namespace weir {
namespace {

std::vector<TimedHit> random_hits(size_t count, std::mt19937& random) {
  std::vector<TimedHit> hits;
  for (size_t i = 0; i < count; ++i)
    hits.push_back({std::floor(made::uniform(random, 0, 12)) / 2, made::uniform(random, 0, 8),
                    made::uniform(random, 0.1, 2), i});
  std::sort(hits.begin(), hits.end(), [](const TimedHit& a, const TimedHit& b) {
    return std::pair(a.item, a.entry) < std::pair(b.item, b.entry);
  });
  return hits;
}

double value(std::span<const TimedHit> hits, const std::vector<size_t>& path) {
  double sum = 0;
  for (size_t i = 0; i < path.size(); ++i) {
    sum += hits[path[i]].weight;
    if (i > 0) sum -= joining_cost(hits[path[i - 1]], hits[path[i]]).value_or(1e9);
  }
  return sum;
}

// The slow definition: every path there is.
double best_of_all(std::span<const TimedHit> hits) {
  double best = 0;
  for (uint32_t chosen = 1; chosen < 1u << hits.size(); ++chosen) {
    std::vector<size_t> path;
    for (size_t i = 0; i < hits.size(); ++i)
      if (chosen >> i & 1) path.push_back(i);
    best = std::max(best, value(hits, path));
  }
  return best;
}

TEST(TimeNetwork, ThePathIsTheHeaviestOfAll) {
  std::mt19937 random(1);
  for (int round = 0; round < 60; ++round) {
    const auto hits = random_hits(1 + random() % 11, random);
    EXPECT_NEAR(value(hits, heaviest_path(hits)), best_of_all(hits), 1e-9) << "round " << round;
  }
}

TEST(TimeNetwork, NoHitsAreNoPath) {
  EXPECT_TRUE(heaviest_path({}).empty());
}

TEST(TimeNetwork, HitsThatNoEditHasAreNotJoined) {
  const TimedHit hit{10, 100, 1, 0};
  EXPECT_FALSE(joining_cost(hit, {10, 100, 1, 0}));  // one moment twice
  EXPECT_FALSE(joining_cost(hit, {12, 99, 1, 0}));   // backwards
  EXPECT_FALSE(joining_cost(hit, {12, 108, 1, 0}));  // four times as fast
  EXPECT_FALSE(joining_cost(hit, {18, 101, 1, 0}));  // eight times as slow
  EXPECT_FALSE(joining_cost(hit, {30, 120, 1, 0}));  // long after
  ASSERT_TRUE(joining_cost(hit, {12, 102, 1, 0}));
  EXPECT_LT(*joining_cost(hit, {12, 102, 1, 0}), *joining_cost(hit, {12, 103.5, 1, 0}));
}

TEST(TimeVotes, OfManyMomentsThatLookAlikeThoseOnOneLineAreKept) {
  std::vector<TimedHit> hits;
  std::mt19937 random(2);
  for (double item = 0; item < 10; item += 0.5) {
    hits.push_back({item, 40 + 1.25 * item, 1, 0});
    for (size_t i = 1; i <= 50; ++i) hits.push_back({item, made::uniform(random, 0, 300), 1, i});
  }
  size_t on_line = 0;
  for (const TimedHit& hit : best_supported(hits, 4)) on_line += hit.source == 0;
  EXPECT_EQ(on_line, 20);
}

TEST(TimeLine, AThirdOfWrongHitsDoesNotMoveTheLine) {
  std::mt19937 random(3);
  for (const double speed : {0.5, 0.9, 1.0, 1.33, 2.0}) {
    std::vector<TimedHit> hits;
    for (double item = 0; item < 20; item += 0.5)
      hits.push_back(
          {item, random() % 3 == 0 ? made::uniform(random, 0, 60) : 7 + speed * item, 1, 0});
    const TimeLine line = robust_line(hits);
    EXPECT_NEAR(line(0), 7, 0.2);
    EXPECT_NEAR(line(20), 7 + speed * 20, 0.2);
  }
}

TEST(TimeLine, APathIsCutWhereItJumps) {
  std::vector<TimedHit> path;
  for (double item = 0; item < 20; item += 0.5)
    path.push_back({item, item < 8 ? item : item + 3, 1, 0});
  const auto parts = split_into_lines(path);
  ASSERT_EQ(parts.size(), 2);
  EXPECT_EQ(parts[0].end, 16);
  EXPECT_EQ(parts[1].first, 16);
  EXPECT_NEAR(parts[1].line(10), 13, 0.1);
}

}  // namespace
}  // namespace weir
