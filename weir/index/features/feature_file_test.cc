// SPDX-License-Identifier: Apache-2.0
#include "weir/index/features/feature_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

#include "weir/index/checksum64.h"
#include "weir/index/features/feature_plain.h"
#include "weir/index/features/test_features.h"
#include "weir/index/file_for_test.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

class FeatureFile : public FileInFolder {
 protected:
  FeatureFile() : FileInFolder("base.features") {}

  std::vector<uint8_t> file_of(std::span<const FeatureRow> rows) const {
    const auto segment = FeatureSegment::build(rows);
    EXPECT_TRUE(segment);
    EXPECT_TRUE(write_feature_file(*segment, path));
    return bytes_of_file();
  }
};

constexpr size_t kAll = SIZE_MAX;

std::vector<std::pair<uint32_t, float>> scores(const FeatureVote& vote) {
  std::vector<std::pair<uint32_t, float>> scores;
  for (const auto& candidate : vote.candidates) scores.push_back({candidate.key, candidate.score});
  return scores;
}

TEST_F(FeatureFile, RoundTripVotesTheSameAndTakesTheSameBytes) {
  std::mt19937_64 random(1);
  for (const uint32_t keys : {0, 1, 30, 400}) {
    const auto rows = clustered_features(keys, 50, random);
    const auto queries = queries_near(rows, 40, random);
    LiveFeatureIndex saved;
    saved.add(rows);
    ASSERT_TRUE(saved.merge());
    ASSERT_TRUE(saved.save(path));
    const auto bytes = bytes_of_file();

    LiveFeatureIndex opened;
    opened.add(clustered_features(3, 9, random));  // must be gone afterwards
    opened.remove(std::vector<uint32_t>{0, 1});
    const Status status = opened.open(path);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(opened.rows(), rows.size());
    EXPECT_EQ(opened.tail_rows(), 0u);
    EXPECT_EQ(opened.memory_bytes(), saved.memory_bytes());
    EXPECT_EQ(scores(opened.vote(queries, queries, kAll)),
              scores(plain::vote(rows, queries, queries, kAll)));
    ASSERT_TRUE(opened.save(path));
    EXPECT_EQ(bytes_of_file(), bytes);
  }
}

// The order in which rows came leaves no trace.
TEST_F(FeatureFile, TheSameRowsMakeTheSameFile) {
  std::mt19937_64 random(2);
  const auto rows = clustered_features(50, 40, random);
  const auto whole = file_of(rows);
  LiveFeatureIndex live;
  std::vector<FeatureRow> shuffled = rows;
  std::shuffle(shuffled.begin(), shuffled.end(), random);
  for (size_t first = 0; first < rows.size(); first += 100) {
    live.add(std::span(shuffled).subspan(first, 100));
    if (first % 700 == 0) {
      ASSERT_TRUE(live.merge());
    }
  }
  ASSERT_TRUE(live.merge());
  ASSERT_TRUE(live.save(path));
  EXPECT_EQ(bytes_of_file(), whole);
}

TEST_F(FeatureFile, TheTailIsNotSaved) {
  std::mt19937_64 random(3);
  LiveFeatureIndex live;
  live.add(random_rows(10, 1, random));
  ASSERT_TRUE(live.merge());
  live.add(random_rows(10, 2, random));
  ASSERT_TRUE(live.save(path));
  ASSERT_TRUE(live.open(path));
  EXPECT_EQ(live.rows(), 10u);
}

TEST_F(FeatureFile, AFailedOpenChangesNothing) {
  std::mt19937_64 random(4);
  LiveFeatureIndex live;
  const auto rows = random_rows(10, 1, random);
  live.add(rows);
  write_file(std::vector<uint8_t>(5'000, 'x'));
  EXPECT_EQ(live.open(path).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(live.open(folder / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(live.open(folder).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(live.save(folder / "none" / "base").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(live.rows(), 10u);
}

TEST_F(FeatureFile, EveryTruncationAndExtensionIsCorrupt) {
  std::mt19937_64 random(5);
  const auto bytes = file_of(clustered_features(5, 20, random));
  for (size_t length = 0; length < bytes.size(); length += 1 + random() % 97) {
    const auto read = read_feature_bytes(std::span(bytes).first(length), "test");
    ASSERT_FALSE(read) << "length=" << length;
    ASSERT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(read_feature_bytes(longer, "test"));

  write_file(std::span(bytes).first(bytes.size() - 1));
  const auto opened = read_feature_file(path);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(opened.error().message.find(path.string()), std::string::npos);
}

TEST_F(FeatureFile, EveryFlippedBitIsSeen) {
  std::mt19937_64 random(6);
  auto bytes = file_of(clustered_features(5, 21, random));
  ASSERT_TRUE(read_feature_bytes(bytes, "test"));
  for (size_t at = 0; at < bytes.size(); at += at < 2'048 || at + 4'096 > bytes.size() ? 1 : 7) {
    const auto flip = static_cast<uint8_t>(1u << (random() % 8));
    bytes[at] ^= flip;
    ASSERT_FALSE(read_feature_bytes(bytes, "test")) << "byte " << at;
    bytes[at] ^= flip;
  }
}

TEST_F(FeatureFile, OtherVersionsAreInvalid) {
  for (const size_t at : {16, 20}) {  // of the layout, of the codes
    auto bytes = file_of({});
    ++bytes[at];
    const auto newer = read_feature_bytes(bytes, "test");
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code, ErrorCode::kInvalid);
  }
}

// Checksums made to fit, as who wants to do harm would make them; the layout is that of
// docs/formats/feature-index.md.
void seal(std::vector<uint8_t>& file) {
  uint64_t first_part = 0;
  std::memcpy(&first_part, file.data() + 48, 8);
  const auto number = [&](size_t at) {
    uint64_t value;
    std::memcpy(&value, file.data() + at, 8);
    return value;
  };
  const uint64_t rows = number(24), lists = number(32), keys = number(40);
  size_t part = first_part, sum_at = 128;
  for (const uint64_t bytes : {8 * rows, 4 * rows, 2 * rows, 2 * lists, 4 * (lists + 1),
                               8 * keys}) {  // each shorter than 2^20 here
    if (bytes == 0) continue;
    const uint64_t sum = checksum64(std::span(file).subspan(part, bytes));
    std::memcpy(file.data() + sum_at, &sum, 8);
    sum_at += 8;
    part += (bytes + 63) / 64 * 64;
  }
  const uint64_t sum = checksum64(std::span(file).subspan(16, first_part - 16));
  std::memcpy(file.data() + 8, &sum, 8);
}

TEST_F(FeatureFile, ContradictionsUnderFittingChecksumsAreCorrupt) {
  std::mt19937_64 random(7);
  const auto good = file_of(clustered_features(4, 16, random));  // 64 rows: no gaps between parts
  uint64_t first_part = 0, lists = 0;
  std::memcpy(&first_part, good.data() + 48, 8);
  std::memcpy(&lists, good.data() + 32, 8);
  const size_t keys = first_part + 64 * 8;
  const size_t words = keys + 64 * 4 + 64 * 2;
  const size_t starts = words + (2 * lists + 63) / 64 * 64;
  const size_t counts = starts + (4 * (lists + 1) + 63) / 64 * 64;
  auto resealed = good;
  seal(resealed);
  ASSERT_EQ(resealed, good);

  const auto put = [](size_t at, uint32_t value) {
    return [=](std::vector<uint8_t>& file) { std::memcpy(file.data() + at, &value, 4); };
  };
  const std::vector<std::pair<const char*, std::function<void(std::vector<uint8_t>&)>>> damages = {
      {"first start", put(starts, 1)},
      {"start beyond the rows", put(starts + 4, 1'000'000)},
      {"start before the last", put(starts + 8, 0)},
      {"last start", put(starts + 4 * lists, 63)},
      {"a word twice",
       [=](auto& file) { file[words] = file[words + 2], file[words + 1] = file[words + 3]; }},
      {"the last word first", [=](auto& file) { file[words + 1] = 255; }},
      {"a count of none", put(counts + 4, 0)},
      {"a count of many", put(counts + 4, 60)},
      {"counts exchanged", [=](auto& file) { --file[counts + 4], ++file[counts + 12]; }},
      {"keys twice", put(counts + 8, 0)},
      {"a row of a key that is not counted", put(keys + 4 * 63, 99)},
      {"a row of the last key there could be", put(keys + 4 * 63, UINT32_MAX)},
  };
  for (const auto& [what, damage] : damages) {
    auto bytes = good;
    damage(bytes);
    ASSERT_NE(bytes, good) << what;
    seal(bytes);
    const auto read = read_feature_bytes(bytes, "test");
    ASSERT_FALSE(read) << what;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt) << what;
  }
}

TEST_F(FeatureFile, NumbersThatNoFileCouldHoldAreCorruptAndAskForNoMemory) {
  for (const size_t at : {24, 32, 40}) {
    for (const uint64_t number : {uint64_t{1}, uint64_t{1} << 31, ~uint64_t{0}}) {
      auto bytes = file_of({});
      std::memcpy(bytes.data() + at, &number, 8);
      const auto read = read_feature_bytes(bytes, "test");
      ASSERT_FALSE(read);
      EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
    }
  }
}

TEST_F(FeatureFile, DamageInAnyChunkOfALargeFileIsSeen) {
  std::mt19937_64 random(8);
  auto bytes = file_of(random_rows(500'000, 1, random));
  ASSERT_GT(bytes.size(), 6u << 20);
  for (size_t at = 1'000; at < bytes.size(); at += 1 << 20) {
    bytes[at] ^= 64;
    ASSERT_FALSE(read_feature_bytes(bytes, "test")) << "byte " << at;
    bytes[at] ^= 64;
  }
  EXPECT_TRUE(read_feature_bytes(bytes, "test"));
}

// A limit on the length of files stands in for a full disk: write() fails halfway in the same
// place.
TEST_F(FeatureFile, WhenTheDiskIsFullTheOldFileStaysAndNothingElse) {
  const auto before_bytes = file_of({});
  std::mt19937_64 random(9);
  const auto large = FeatureSegment::build(random_rows(30'000, 1, random));
  ASSERT_TRUE(large);

  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status saved = write_feature_file(*large, path);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);

  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(files_in_folder(), 1u);
  EXPECT_EQ(bytes_of_file(), before_bytes);
}

}  // namespace
}  // namespace weir
