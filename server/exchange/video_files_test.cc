// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "server/exchange/lists_for_test.h"
#include "weir/hash/video/tmk.h"
#include "weir/hash/video/vpdq.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

std::vector<VpdqFrame> some_frames() {
  std::vector<VpdqFrame> frames(3);
  for (uint32_t i = 0; i < 3; ++i) {
    frames[i].number = 30 * i;
    frames[i].hash.words = {i + 1, 2, 3, ~uint64_t{0}};
    frames[i].quality = 98;
    frames[i].time = std::chrono::milliseconds(1001 * i);
  }
  return frames;
}

TEST(VpdqFile, IsOneVideoInTheCppToolsForm) {
  const ReadList read = read_text("\n" + write_vpdq_text(some_frames()), ListFormat::kVpdq);
  ASSERT_EQ(read.entries.size(), 1u);
  EXPECT_EQ(read.entries[0].media, "video");
  EXPECT_EQ(read.entries[0].signals[0].value, write_vpdq(some_frames()));
  EXPECT_EQ(write_video_file(read.entries[0], ListFormat::kVpdq), write_vpdq_text(some_frames()));
  EXPECT_EQ(read_text("0,1,xyz,0\n", ListFormat::kVpdq).errors.size(), 1u);
  EXPECT_TRUE(read_text("\n \n", ListFormat::kVpdq).entries.empty());
}

TEST(VpdqFile, IsAVideoALineInPythonsForm) {
  const std::string line = write_vpdq_json(some_frames());
  const ReadList read = read_text(line + "\n[\"bad\"]\nvpdq " + line + "\r\n", ListFormat::kVpdq);
  ASSERT_EQ(read.entries.size(), 2u);
  ASSERT_EQ(read.errors.size(), 1u);
  EXPECT_EQ(read.errors[0].first, 2u);
  EXPECT_EQ(read.entries[0].signals, read.entries[1].signals);
  EXPECT_EQ(write_list_entry(read.entries[0], ListFormat::kVpdq, ""), line + "\n");
  Entry retired = read.entries[0];
  retired.state = State::kRetired;
  EXPECT_EQ(write_list_entry(retired, ListFormat::kVpdq, ""), "");
  EXPECT_EQ(write_video_file(retired, ListFormat::kVpdq), "");
}

// As json.dump() writes it with an indent, several of them in a file.
TEST(VpdqFile, IsReadFromIndentedJson) {
  const std::string line = write_vpdq_json(some_frames());
  std::string indented;
  for (const char c : line) {
    if (c == ']') indented += '\n';
    indented += c;
    if (c == '[') indented += "\n  ";
    if (indented.ends_with("\",")) indented += "\n  ";
  }
  ASSERT_GT(std::count(indented.begin(), indented.end(), '\n'), 3);
  const std::string text = indented + "\r\n" + line + "\n[\n  \"bad\"\n]\n" + indented;
  const ReadList read = read_text(text, ListFormat::kVpdq);
  ASSERT_EQ(read.entries.size(), 3u);
  for (const Entry& entry : read.entries)
    EXPECT_EQ(entry.signals, read_text(line, ListFormat::kVpdq).entries.at(0).signals);
  ASSERT_EQ(read.errors.size(), 1u);
  EXPECT_EQ(read.errors[0].first, 7u);
  // One that does not end is said to be wrong where it begins.
  EXPECT_EQ(read_text("\n[\n\"a\"", ListFormat::kVpdq).errors.at(0).first, 2u);
}

TEST(VpdqSignal, GoesThroughEveryListFormat) {
  const std::string line = write_vpdq_json(some_frames());
  const Entry entry = read_text(line, ListFormat::kVpdq).entries.at(0);
  for (const ListFormat format : {ListFormat::kPlain, ListFormat::kCsv, ListFormat::kJsonl}) {
    const ReadList read =
        read_text(list_header(format) + write_list_entry(entry, format, ""), format);
    ASSERT_EQ(read.entries.size(), 1u) << name_of(format);
    EXPECT_EQ(read.entries[0].signals, entry.signals) << name_of(format);
    EXPECT_EQ(read.entries[0].media, "video");
  }
}

TEST(TmkFile, IsOneVideoAndComesBackByteForByte) {
  const std::vector<uint8_t> bytes = write_tmk(TmkHasher(15).finish());
  const std::string text(bytes.begin(), bytes.end());
  const ReadList read = read_text(text, ListFormat::kTmk);
  ASSERT_EQ(read.entries.size(), 1u);
  EXPECT_EQ(read.entries[0].media, "video");
  EXPECT_EQ(write_video_file(read.entries[0], ListFormat::kTmk), text);
  EXPECT_EQ(write_video_file(read.entries[0], ListFormat::kVpdq), "");
  EXPECT_EQ(read_text(write_list_entry(read.entries[0], ListFormat::kJsonl, ""), ListFormat::kJsonl)
                .entries.at(0)
                .signals,
            read.entries[0].signals);
  EXPECT_EQ(read_text(text.substr(1), ListFormat::kTmk).errors.size(), 1u);
  EXPECT_EQ(read_text(text + "x", ListFormat::kTmk).errors.size(), 1u);
  EXPECT_EQ(read_text("", ListFormat::kTmk).errors.size(), 1u);
  EXPECT_EQ(read_text(std::string(9 << 20, 'a'), ListFormat::kTmk).errors.size(), 1u);
}

}  // namespace
}  // namespace weir
