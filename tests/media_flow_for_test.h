// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "server/flow/current_snapshot.h"
#include "server/sandbox/decoder.h"
#include "server/store/sqlite/sqlite_store.h"
#include "weir/base/clock.h"
#include "weir/hash/features/local_features.h"
#include "weir/hash/picture/pdq.h"
#include "weir/signal/features_codec.h"
#include "weir/signal/turned.h"

namespace weir {

inline Signal test_digest(SignalKind kind, uint8_t number) {
  Signal signal;
  signal.kind = kind;
  signal.value.assign(value_bytes(kind), number);
  return signal;
}

// What a decoder would say of a file with these pixels; the number stands for its bytes.
inline ItemSignals signals_for(const Pixels& picture, uint8_t number,
                               const FeatureOptions& options) {
  ItemSignals item;
  for (const SignalKind kind : digest_kinds()) item.signals.push_back(test_digest(kind, number));
  item.width = picture.width;
  item.height = picture.height;
  const PdqDihedral pdq = pdq_dihedral(picture.view());
  const PictureHash hash{pdq.dihedral, pdq.quality, {0, 0, picture.width, picture.height}};
  item.signals.push_back(pdq_signal(hash));
  item.signals.push_back(turned_signal(hash));
  Signal& features = item.signals.emplace_back();
  features.kind = SignalKind::kFeatures;
  features.value = encode_features(local_features(picture.view(), options));
  return item;
}

// A real store with one bank, a decoder and a folder for snapshots, all gone after the test.
class MediaFlow : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("weir-media-flow-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    store_ = open_store();
    DecoderOptions options;
    options.program = WEIR_BINARY_DIR "/weir-decode";
    options.workers = 1;
    auto decoder = Decoder::start(options);
    ASSERT_TRUE(decoder) << decoder.error().message;
    decoder_ = std::move(*decoder);
    bank_ = make_bank("ARCHIVE", BankKind::kKnown);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Store> open_store() {
    auto store = open_sqlite_store((folder_ / "weir.db").string(), clock_);
    EXPECT_TRUE(store.has_value());
    return std::move(*store);
  }
  Bank make_bank(const std::string& name, BankKind kind) {
    Bank bank;
    bank.name = name;
    bank.kind = kind;
    return *store_->create_bank(bank);
  }
  std::unique_ptr<CurrentSnapshot> open_snapshot(Store& store) {
    auto snapshot = CurrentSnapshot::open(store, snapshots().string());
    EXPECT_TRUE(snapshot.has_value()) << snapshot.error().message;
    return std::move(*snapshot);
  }
  std::filesystem::path snapshots() const { return folder_ / "snapshots"; }

  SystemClock clock_;
  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Decoder> decoder_;
  Bank bank_;
};

}  // namespace weir
