// SPDX-License-Identifier: Apache-2.0
#include "server/rules/log_leaf.h"

#include <gtest/gtest.h>

#include <set>

#include "server/rules/sha256.h"
#include "weir/base/hex.h"

namespace weir {
namespace {

LogLeaf leaf() {
  return {.seq = ChangeSeq{2},
          .time = WallTime(std::chrono::duration_cast<WallTime::duration>(
              std::chrono::microseconds(0x0102030405))),
          .kind = ChangeKind::kEntryAdded,
          .bank = BankId{3},
          .bank_name = "AB",
          .entry = EntryId{0xFFFFFFFF},
          .content_key = std::vector<uint8_t>(32, 0xCC)};
}

// The example of docs/formats/log-leaf.md. A change of it would make every stored log look forged.
TEST(LogLeaf, IsTheBytesOfTheFormatPage) {
  EXPECT_EQ(to_hex(canonical_bytes(leaf())),
            "01"                // version
            "0000000000000002"  // seq
            "0000000102030405"  // time
            "01"                // kind
            "0000000000000003"  // bank
            "0002"
            "4142"              // bank name
            "00000000ffffffff"  // entry
            "20"
            "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc");
}

TEST(LogLeaf, HashIsThatOfRfc6962) {
  std::vector<uint8_t> bytes = canonical_bytes(leaf());
  bytes.insert(bytes.begin(), 0);
  EXPECT_EQ(leaf_hash(leaf()), sha256_of(bytes));
}

TEST(Sha256, GivesTheValuesOfFips180) {
  EXPECT_EQ(to_hex(sha256_of({})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const std::array<uint8_t, 3> abc{'a', 'b', 'c'};
  EXPECT_EQ(to_hex(sha256_of(abc)),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(LogLeaf, EveryFieldCounts) {
  std::set<std::array<uint8_t, 32>> hashes{leaf_hash(leaf())};
  const auto changed = [&](auto change) {
    LogLeaf other = leaf();
    change(other);
    return hashes.insert(leaf_hash(other)).second;
  };
  EXPECT_TRUE(changed([](LogLeaf& l) { l.seq.value = 3; }));
  EXPECT_TRUE(changed([](LogLeaf& l) { l.time += std::chrono::microseconds(1); }));
  EXPECT_TRUE(changed([](LogLeaf& l) { l.kind = ChangeKind::kEntryRetired; }));
  EXPECT_TRUE(changed([](LogLeaf& l) { l.bank.value = 4; }));
  EXPECT_TRUE(changed([](LogLeaf& l) { l.bank_name = "AC"; }));
  EXPECT_TRUE(changed([](LogLeaf& l) { l.entry.value = 1; }));
  EXPECT_TRUE(changed([](LogLeaf& l) { l.content_key[31] = 0; }));
  EXPECT_TRUE(changed([](LogLeaf& l) { l.content_key.clear(); }));
}

TEST(ChangeKind, EachHasAName) {
  std::set<std::string_view> names;
  for (int kind = 1; kind <= 8; ++kind) names.insert(name_of(static_cast<ChangeKind>(kind)));
  EXPECT_EQ(names.size(), 8u);
  EXPECT_EQ(names.count("unknown"), 0u);
}

}  // namespace
}  // namespace weir
