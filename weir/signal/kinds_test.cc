// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/kinds.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "weir/signal/item_signals.h"
#include "weir/signal/turned.h"

namespace weir {
namespace {

TEST(Kinds, EachHasItsOwnNumberAndName) {
  std::set<uint8_t> numbers;
  std::set<std::string_view> names;
  for (const KindRow& row : all_kinds()) {
    EXPECT_TRUE(numbers.insert(static_cast<uint8_t>(row.kind)).second) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(find_kind(static_cast<uint8_t>(row.kind)), &row);
    EXPECT_EQ(name_of(row.kind), row.name);
    // A value is of one size, or there is something that reads it.
    EXPECT_TRUE(row.bytes > 0 || row.check != nullptr) << row.name;
    EXPECT_LT(*numbers.rbegin(), 32) << "bits of the sandbox's request";
  }
  EXPECT_EQ(find_kind(0), nullptr);
  EXPECT_EQ(find_kind(255), nullptr);
}

// Numbers are stored and names are spoken: those that there were stay as they were.
TEST(Kinds, AreCalledAsEver) {
  const std::vector<std::pair<int, std::string_view>> ever{{1, "sha256"}, {2, "md5"}, {3, "pdq"},
                                                           {4, "vpdq"},   {5, "tmk"}, {9, "sha1"}};
  for (const auto& [number, name] : ever) {
    const KindRow* row = find_kind(static_cast<uint8_t>(number));
    ASSERT_NE(row, nullptr) << name;
    EXPECT_EQ(row->name, name);
    EXPECT_TRUE(row->is_exchanged);
    EXPECT_EQ(parse_signal_kind(name).value(), row->kind);
  }
}

TEST(Kinds, OthersNameOnlyWhatIsExchanged) {
  for (const KindRow& row : all_kinds())
    EXPECT_EQ(parse_signal_kind(row.name).has_value(), row.is_exchanged) << row.name;
  const auto unknown = parse_signal_kind("sha512");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("sha256, md5, sha1, pdq, vpdq, tmk"), std::string::npos)
      << unknown.error().message;
}

// Whatever the bytes are, the answer is a value or an error; the sanitizers watch the rest.
TEST(Kinds, BytesOfAnySizeAreCheckedNotTrusted) {
  std::mt19937 random(1);
  for (const KindRow& row : all_kinds())
    for (size_t size : {size_t{0}, size_t{1}, row.bytes, row.bytes + 1, size_t{300}}) {
      std::vector<uint8_t> value(size);
      for (uint8_t& byte : value) byte = static_cast<uint8_t>(random());
      const Status checked = check_value(row.kind, value);
      if (row.bytes > 0 && size != row.bytes) {
        ASSERT_FALSE(checked) << row.name << ", " << size;
        EXPECT_NE(checked.error().message.find(std::to_string(size)), std::string::npos);
      }
    }
}

TEST(Turned, GivesBackThePicture) {
  std::mt19937_64 random(2);
  PictureHash picture;
  for (Hash256& hash : picture.dihedral)
    for (uint64_t& word : hash.words) word = random();
  picture.quality = 77;
  picture.region = {1, 2, 30, 40};
  picture.part = PicturePart::kContentBox;
  picture.time = std::chrono::microseconds(1'234'567);
  picture.information = 131;
  const Signal signal = turned_signal(picture);
  ASSERT_TRUE(check_value(signal.kind, signal.value));
  const PictureHash read = picture_of_turned(signal);
  EXPECT_EQ(read.dihedral, picture.dihedral);
  EXPECT_EQ(read.quality, picture.quality);
  EXPECT_EQ(read.region, picture.region);
  EXPECT_EQ(read.part, picture.part);
  EXPECT_EQ(read.time, picture.time);
  EXPECT_EQ(read.information, picture.information);
  EXPECT_EQ(as_hash256(pdq_signal(picture)), picture.dihedral[0]);
}

TEST(Turned, RefusesPartsAndBitsThatNoPictureHas) {
  const std::vector<uint8_t> good = turned_signal(PictureHash{}).value;
  ASSERT_TRUE(check_value(SignalKind::kPdqTurned, good));
  std::vector<uint8_t> part = good, information = good;
  part[kTurnedBytes - 3] = 3;
  information[kTurnedBytes - 1] = 2;
  EXPECT_FALSE(check_value(SignalKind::kPdqTurned, part));
  EXPECT_FALSE(check_value(SignalKind::kPdqTurned, information));
}

TEST(ItemSignals, WhatIsExchangedIsWhatOthersKnow) {
  ItemSignals item;
  item.signals = {pdq_signal({}), turned_signal({})};
  ASSERT_EQ(exchanged_of(item.signals).size(), 1u);
  EXPECT_EQ(exchanged_of(item.signals)[0].kind, SignalKind::kPdq);
  EXPECT_EQ(find_signal(item.signals, SignalKind::kMd5), nullptr);
  EXPECT_TRUE(value_of(item.signals, SignalKind::kMd5).empty());
  EXPECT_EQ(features_of(item.signals)->width, 0u);
  EXPECT_TRUE(track_of(item.signals)->frames.empty());
}

}  // namespace
}  // namespace weir
