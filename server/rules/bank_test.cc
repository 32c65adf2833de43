// SPDX-License-Identifier: Apache-2.0
#include "server/rules/bank.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

#include "weir/base/hex.h"

namespace weir {
namespace {

Signal signal_of(SignalKind kind, uint8_t byte) {
  Signal signal;
  signal.kind = kind;
  signal.value.assign(value_bytes(kind), byte);
  return signal;
}

Entry entry_of(std::vector<Signal> signals) {
  Entry entry;
  entry.signals = std::move(signals);
  return entry;
}

TEST(BankName, IsWhatTheRuleSays) {
  for (const std::string_view good : {"A", "_", "A1", "MY_BANK_2", "__A"})
    EXPECT_TRUE(check_bank_name(good)) << good;
  EXPECT_TRUE(check_bank_name(std::string(64, 'A')));
  for (const std::string_view bad : {"", "a", "1A", "A-B", "A B", "A\n", "\xC3\x84"})
    EXPECT_FALSE(check_bank_name(bad)) << bad;
  EXPECT_FALSE(check_bank_name(std::string(65, 'A')));
  EXPECT_FALSE(check_bank_name(std::string_view("A\0", 2)));
}

TEST(LabelRule, NamesTheKeyAndNeverTheValue) {
  EXPECT_TRUE(check_labels({{"a", ""}, {std::string(64, 'k'), std::string(1024, 'v')}}));
  EXPECT_FALSE(check_labels({{"", "v"}}));
  EXPECT_FALSE(check_labels({{std::string(65, 'k'), "v"}}));
  EXPECT_FALSE(check_labels({{"\xFF", "v"}}));
  const Status refused = check_labels({{"group", std::string(1025, 'v')}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("\"group\""), std::string::npos);
  EXPECT_EQ(refused.error().message.find("vv"), std::string::npos);
  Labels many;
  for (int i = 0; i < 65; ++i) many.emplace("k" + std::to_string(i), "");
  EXPECT_FALSE(check_labels(many));
  many.erase("k0");
  EXPECT_TRUE(check_labels(many));
}

TEST(EntryRule, RefusesWhatCannotBeStoredOrCompared) {
  Entry good = entry_of({signal_of(SignalKind::kPdq, 1)});
  EXPECT_TRUE(check_entry(good));
  EXPECT_FALSE(check_entry(entry_of({})));
  const auto refuses = [&](auto change) {
    Entry entry = good;
    change(entry);
    const Status checked = check_entry(entry);
    return !checked && checked.error().code == ErrorCode::kInvalid;
  };
  EXPECT_TRUE(refuses([](Entry& e) { e.signals[0].value.pop_back(); }));
  EXPECT_TRUE(refuses([](Entry& e) { e.signals[0].kind = static_cast<SignalKind>(77); }));
  EXPECT_TRUE(refuses([](Entry& e) { e.signals[0].quality = 101; }));
  EXPECT_TRUE(refuses([](Entry& e) { e.signals[0].quality = -1; }));
  EXPECT_TRUE(refuses([](Entry& e) { e.signals[0].time = std::chrono::microseconds(-1); }));
  EXPECT_TRUE(refuses([](Entry& e) { e.signals.resize(65'537, e.signals[0]); }));
  EXPECT_TRUE(refuses([](Entry& e) { e.name = "\xFF"; }));
  EXPECT_TRUE(refuses([](Entry& e) { e.name = std::string(1025, 'a'); }));
  EXPECT_TRUE(refuses([](Entry& e) { e.name = std::string(1, '\0'); }));
  EXPECT_TRUE(refuses([](Entry& e) { e.media = std::string(65, 'a'); }));
  EXPECT_TRUE(refuses([](Entry& e) { e.labels[""] = "x"; }));
  EXPECT_TRUE(refuses([](Entry& e) { e.provenance["path"] = std::string(4097, 'a'); }));
}

// What is stored of a video must be readable for ever: one value that is not would stop them all.
TEST(EntryRule, RefusesSignalsOfVideosThatCannotBeCompared) {
  Signal tmk = signal_of(SignalKind::kTmk, 0);
  const std::string_view head(
      "TMK1FVECPDQF"
      "\x0f\0\0\0"
      "\1\0\0\0"
      "\1\0\0\0"
      "\1\0\0\0"
      "\0\0\0\0"
      "\5\0\0\0",
      36);
  tmk.value.assign(head.begin(), head.end());
  tmk.value.resize(36 + 4 * 4);  // a weight, an average, a cosine, a sine: all 0
  EXPECT_TRUE(check_entry(entry_of({tmk})));
  for (const size_t at : {36u, 40u, 44u, 48u}) {
    Signal bad = tmk;
    bad.value[at + 2] = 0xC0;
    bad.value[at + 3] = 0x7F;  // not a number
    EXPECT_FALSE(check_entry(entry_of({bad}))) << at;
  }
  tmk.value.pop_back();
  EXPECT_FALSE(check_entry(entry_of({tmk})));
  EXPECT_FALSE(check_entry(entry_of({signal_of(SignalKind::kVpdq, 0)})));
  Signal vpdq = signal_of(SignalKind::kVpdq, 0);
  vpdq.value.assign(48, 0);
  EXPECT_TRUE(check_entry(entry_of({vpdq})));
  vpdq.value[44] = 101;  // quality
  EXPECT_FALSE(check_entry(entry_of({vpdq})));
}

TEST(ContentKey, IsTheSha256OfTheFileWhenThereIsOne) {
  const Signal sha = signal_of(SignalKind::kSha256, 7);
  EXPECT_EQ(content_key(entry_of({signal_of(SignalKind::kPdq, 1), sha})), sha.value);
}

// Stored for good: a change of this value would make every imported hash new once more.
TEST(ContentKey, OfHashesAloneNeverChanges) {
  EXPECT_EQ(to_hex(content_key(entry_of({signal_of(SignalKind::kPdq, 1)}))),
            "dd5726a289157b5edcd203f7756d74ed535f11818fcca91dcd1636240ed1136f");
}

TEST(ContentKey, TellsKindsApart) {
  EXPECT_NE(content_key(entry_of({signal_of(SignalKind::kPdq, 1)})),
            content_key(entry_of({signal_of(SignalKind::kSha256, 1)})));
  const auto two_files =
      content_key(entry_of({signal_of(SignalKind::kSha256, 1), signal_of(SignalKind::kSha256, 2)}));
  EXPECT_NE(two_files, signal_of(SignalKind::kSha256, 1).value);
  EXPECT_NE(two_files, signal_of(SignalKind::kSha256, 2).value);
}

RC_GTEST_PROP(ContentKey, AsksNeitherForOrderNorNumberNorQuality,
              (const std::vector<std::pair<bool, uint8_t>>& signals, uint32_t seed)) {
  RC_PRE(!signals.empty());
  Entry entry;
  for (const auto& [is_pdq, byte] : signals)
    entry.signals.push_back(signal_of(is_pdq ? SignalKind::kPdq : SignalKind::kMd5, byte));
  Entry other = entry;
  other.signals.push_back(other.signals[seed % other.signals.size()]);
  for (Signal& signal : other.signals) signal.quality = 60;
  std::shuffle(other.signals.begin(), other.signals.end(), std::mt19937(seed));
  RC_ASSERT(content_key(entry) == content_key(other));
  RC_ASSERT(content_key(entry).size() == 32u);
}

TEST(Time, IsWrittenInUtcToTheSecond) {
  const WallTime time{std::chrono::duration_cast<WallTime::duration>(
      std::chrono::microseconds(1'769'850'900'999'999))};
  EXPECT_EQ(format_time(time), "2026-01-31T09:15:00Z");
  EXPECT_EQ(format_time(WallTime{} - std::chrono::milliseconds(1)), "1969-12-31T23:59:59Z");
}

TEST(State, NamesAndNumbersAgree) {
  for (const State state : {State::kActive, State::kRetired})
    EXPECT_EQ(parse_state(name_of(state)).value(), state);
  EXPECT_FALSE(parse_state("gone"));
}

}  // namespace
}  // namespace weir
