// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/store/store.h"
#include "weir/base/clock.h"
#include "weir/signal/features_codec.h"

// Records that tests of stores are filled with.
namespace weir {

// A clock that tests turn by hand.
class TestClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            std::chrono::microseconds(us_.load())));
  }
  void advance(std::chrono::microseconds step) { us_ += step.count(); }

 private:
  std::atomic<int64_t> us_{1'700'000'000'123'456};
};

inline Bank named_bank(std::string_view name) {
  Bank bank;
  bank.name = name;
  return bank;
}

inline Signal test_signal(SignalKind kind, uint32_t number) {
  Signal signal;
  signal.kind = kind;
  signal.value.assign(value_bytes(kind), static_cast<uint8_t>(kind));
  for (int i = 0; i < 4; ++i) signal.value[i] = static_cast<uint8_t>(number >> (8 * i));
  return signal;
}

// An entry of `bank` that is told apart by `number`: a sha256, an md5, and a pdq of quality 80.
inline Entry test_entry(BankId bank, uint32_t number) {
  Entry entry;
  entry.bank = bank;
  entry.name = "file-" + std::to_string(number);
  entry.media = "image";
  for (const SignalKind kind : {SignalKind::kSha256, SignalKind::kMd5, SignalKind::kPdq})
    entry.signals.push_back(test_signal(kind, number));
  entry.signals.back().quality = 80;
  return entry;
}

inline PictureFeatures test_picture_features(uint32_t number) {
  PictureFeatures picture;
  picture.width = 640;
  picture.height = 480;
  LocalFeature feature;
  feature.x = static_cast<float>(number % 640);
  feature.y = 7;
  feature.scale = 2;
  feature.descriptor[number % 128] = 200;
  picture.features = {feature};
  picture.plane = {{1, 2, 3, 4, 5, 6}, 3, 2, 1};
  return picture;
}

inline Entry entry_with_picture(BankId bank, uint32_t number) {
  Entry entry = test_entry(bank, number);
  entry.own.push_back(
      {SignalKind::kFeatures, encode_features(test_picture_features(number)), {}, {}, {}});
  return entry;
}

inline Entry entry_with_track(BankId bank, uint32_t number, size_t bytes = 100'000) {
  Entry entry = test_entry(bank, number);
  entry.media = "video";
  entry.duration = std::chrono::milliseconds(61'250);
  std::vector<uint8_t> track(bytes);
  for (size_t i = 0; i < bytes; ++i) track[i] = static_cast<uint8_t>(i * number);
  entry.own.push_back({SignalKind::kTrack, std::move(track), {}, {}, {}});
  return entry;
}

inline std::vector<EntryId> entries_with_pictures(Store& store) {
  std::vector<EntryId> entries;
  EXPECT_TRUE(store.each_signal(SignalKind::kFeatures, [&](const EntrySignalView& one) -> Status {
    entries.push_back(one.entry);
    return {};
  }));
  EXPECT_EQ(entries, store.entries_with(SignalKind::kFeatures).value());
  return entries;
}

inline std::vector<EntryId> entries_with_tracks(Store& store) {
  return store.entries_with(SignalKind::kTrack).value();
}

inline ErrorCode code_of(const auto& result) {
  EXPECT_FALSE(result.has_value());
  return result.has_value() ? ErrorCode::kUnavailable : result.error().code;
}

}  // namespace weir
