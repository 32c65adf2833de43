// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/index_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "weir/index/checksum64.h"
#include "weir/index/file_for_test.h"
#include "weir/index/hamming/hamming_plain.h"
#include "weir/index/hamming/index_build.h"
#include "weir/index/hamming/test_hashes.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

class IndexFile : public FileInFolder {
 protected:
  IndexFile() : FileInFolder("base.index") {}

  // With slots even where so few rows would not get any.
  std::vector<uint8_t> file_of(std::span<const HammingRow> rows, const SlotWidths& widths) const {
    const auto image = build_image(rows, widths);
    EXPECT_TRUE(image);
    EXPECT_TRUE(write_index_file(*image, path));
    return bytes_of_file();
  }
};

SlotWidths narrow_slots() {
  return even_slots(32);
}

TEST_F(IndexFile, RoundTripFindsTheSameAndTakesTheSameBytes) {
  std::mt19937_64 random(1);
  for (const size_t count : {0, 1, 9, 1'000, 50'000}) {
    const auto rows = clustered_rows(count, random);
    const auto built = HammingIndex::build(rows);
    ASSERT_TRUE(built);
    ASSERT_TRUE(built->save(path));
    const auto opened = HammingIndex::open(path);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->size(), count);
    EXPECT_EQ(opened->memory_bytes(), built->memory_bytes());
    const auto queries = queries_near(rows, 20, random);
    for (const uint16_t radius : {0, 31, 60}) {
      const auto found = opened->search(queries, Distance{radius}, SIZE_MAX);
      ASSERT_TRUE(found);
      EXPECT_EQ(*found, search_plain(rows, queries, Distance{radius}));
    }
    const auto before = bytes_of_file();
    ASSERT_TRUE(opened->save(path));
    EXPECT_EQ(bytes_of_file(), before);
  }
}

TEST_F(IndexFile, SavingReplacesAndLeavesOneFileThatOnlyItsOwnerReads) {
  ASSERT_TRUE(HammingIndex().save(path));
  const std::vector<HammingRow> rows(5);
  ASSERT_TRUE(HammingIndex::build(rows)->save(path));
  EXPECT_EQ(files_in_folder(), 1u);
  EXPECT_EQ(HammingIndex::open(path)->size(), 5u);
  struct stat status;
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(IndexFile, EveryTruncationAndExtensionIsCorrupt) {
  std::mt19937_64 random(2);
  for (const SlotWidths& widths : {SlotWidths{}, narrow_slots()}) {
    const auto bytes = file_of(clustered_rows(100, random), widths);
    for (size_t length = 0; length < bytes.size(); length += 1 + random() % 97) {
      const auto read = read_index_bytes(std::span(bytes).first(length), "test");
      ASSERT_FALSE(read) << "length=" << length;
      ASSERT_EQ(read.error().code, ErrorCode::kCorrupt);
    }
    auto longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(read_index_bytes(longer, "test"));

    write_file(std::span(bytes).first(bytes.size() - 1));
    const auto opened = HammingIndex::open(path);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
    EXPECT_NE(opened.error().message.find(path.string()), std::string::npos);
  }
}

TEST_F(IndexFile, EveryFlippedBitIsSeen) {
  std::mt19937_64 random(3);
  for (const SlotWidths& widths : {SlotWidths{}, narrow_slots()}) {
    auto bytes = file_of(clustered_rows(60, random), widths);
    ASSERT_TRUE(read_index_bytes(bytes, "test"));
    for (size_t at = 0; at < bytes.size(); at += at < 160 ? 1 : 1 + random() % 5) {
      const auto flip = static_cast<uint8_t>(1u << (random() % 8));
      bytes[at] ^= flip;
      ASSERT_FALSE(read_index_bytes(bytes, "test")) << "byte " << at;
      bytes[at] ^= flip;
    }
  }
}

TEST_F(IndexFile, DamageInAnyChunkOfALargeFileIsSeen) {
  std::mt19937_64 random(4);
  auto bytes = file_of(clustered_rows(150'000, random), choose_slots(150'000));
  ASSERT_GT(bytes.size(), 12u << 20);
  for (size_t at = 1'000; at < bytes.size(); at += 1 << 20) {
    bytes[at] ^= 64;
    write_file(bytes);
    ASSERT_FALSE(HammingIndex::open(path)) << "byte " << at;
    bytes[at] ^= 64;
  }
  write_file(bytes);
  EXPECT_TRUE(HammingIndex::open(path));
}

TEST_F(IndexFile, OtherVersionsAreInvalidAndOtherFilesCorrupt) {
  auto bytes = file_of({}, {});
  bytes[16] = 2;
  const auto newer = read_index_bytes(bytes, "test");
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kInvalid);
  const std::vector<uint8_t> text(5'000, 'x');
  EXPECT_EQ(read_index_bytes(text, "test").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(HammingIndex::open(folder / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(HammingIndex::open(folder).error().code, ErrorCode::kCorrupt);
}

TEST_F(IndexFile, MissingFolderIsNotFound) {
  const Status saved = HammingIndex().save(folder / "none" / "base.index");
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kNotFound);
}

// A limit on the length of files stands in for a full disk: write() fails halfway in the same
// place.
TEST_F(IndexFile, WhenTheDiskIsFullTheOldFileStaysAndNothingElse) {
  ASSERT_TRUE(HammingIndex().save(path));
  std::mt19937_64 random(5);
  const auto large = HammingIndex::build(clustered_rows(30'000, random));
  ASSERT_TRUE(large);

  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status saved = large->save(path);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);

  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(files_in_folder(), 1u);
  EXPECT_EQ(HammingIndex::open(path)->size(), 0u);
}

// Published nowhere else, so pinned here: files must stay readable.
TEST(Checksum64, IsWhatTheFormatSays) {
  std::vector<uint8_t> bytes(200);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 7);
  std::vector<uint64_t> sums;
  for (size_t length = 0; length <= bytes.size(); ++length)
    sums.push_back(checksum64(std::span(bytes).first(length)));
  std::sort(sums.begin(), sums.end());
  EXPECT_EQ(std::unique(sums.begin(), sums.end()), sums.end()) << "lengths must differ";
  EXPECT_EQ(checksum64(bytes), 2566356642562917114u);
}

}  // namespace
}  // namespace weir
