// SPDX-License-Identifier: Apache-2.0
//
// Questions while everything around the answer changes: labels, retirements, merges, new base
// files, with a pause wherever a change is half done. What was never retired is never missed.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "server/flow/curate.h"
#include "server/flow/match.h"
#include "tests/media_flow_for_test.h"
#include "weir/match/hashes/hash_match.h"
#include "weir/match/pictures/made_pictures_for_test.h"

namespace weir {
namespace {

constexpr int kQuestions = 10'000;
constexpr int kAskedWhole = 31;               // one in so many goes the whole way
constexpr unsigned kSteady = 3, kFickle = 3;  // entries that stay, and that come and go

Pixels known_picture(unsigned seed) {
  return made::scene(seed, 160, 120);
}

class WhileItChanges : public MediaFlow {
 protected:
  void SetUp() override {
    MediaFlow::SetUp();
    for (unsigned seed = 1; seed <= kSteady + kFickle; ++seed) {
      const auto item =
          signals_for(known_picture(seed), static_cast<uint8_t>(seed), kEntryFeatures);
      entries_.push_back(add_item(bank_, item, {}, *store_)->entry.id);
    }
    snapshot_ = open_snapshot(*store_);
    snapshot_->pause_for_test = [this] { pause(); };
  }

  // Of up to some hundred microseconds, about as long as a small question takes.
  void pause() {
    static thread_local std::mt19937 random(7);
    if (has_ended_) return;
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 300));
  }

  // One change after another until the questions are done.
  void change() {
    auto writer = open_store();
    for (unsigned i = 0; !has_ended_; ++i) {
      const EntryId fickle = entries_[kSteady + i % kFickle];
      const State state = i / kFickle % 2 == 0 ? State::kRetired : State::kActive;
      EXPECT_TRUE(writer->change_entry(fickle, {.state = state}));
      EXPECT_TRUE(writer->change_entry(entries_[i % kSteady],
                                       {.labels = Labels{{"change", std::to_string(i)}}}));
      EXPECT_TRUE(snapshot_->catch_up());
      if (i % 3 == 0) {
        EXPECT_TRUE(snapshot_->merge_if_larger(0));
      }
      if (i % 7 == 0) {
        EXPECT_TRUE(snapshot_->save_if_stale(0));
      }
      ++changes_;
    }
  }

  // Asked of a snapshot that may be in the past by the time it is asked.
  bool is_shown(const ItemToMatch& item, EntryId entry) {
    const auto snapshot = snapshot_->take();
    pause();
    const auto is_it = [&](const auto& match) { return match.entry == entry; };
    if (!item.pictures.empty()) {
      const ItemQuery query{item.pictures, {}};
      const auto matches = match_items({&query, 1}, snapshot->hashes, {});
      return matches && std::any_of(matches->front().begin(), matches->front().end(), is_it);
    }
    const KnownPictures known = [&](EntryId id) -> Result<std::optional<KnownPicture>> {
      const auto found = TRY(store_->signals_of(SignalKind::kFeatures, {&id, 1}));
      if (found.empty()) return std::optional<KnownPicture>();
      return std::optional(KnownPicture{TRY(decode_features(found[0].value)), false});
    };
    const auto matches = match_picture(item.features, snapshot->pictures, known, {});
    return matches && std::any_of(matches->begin(), matches->end(), is_it);
  }

  // Asked as everybody asks: level with the store first.
  bool is_reported(const ItemToMatch& item, EntryId entry) {
    Services services{*store_, *decoder_, *snapshot_};
    const auto reports = match_against_banks({&item, 1}, {}, services);
    if (!reports) return false;
    const auto& matches = reports->front().matches;
    return std::any_of(matches.begin(), matches.end(),
                       [&](const KnownMatch& known) { return known.entry.id == entry; });
  }

  std::vector<EntryId> entries_;
  std::unique_ptr<CurrentSnapshot> snapshot_;
  std::atomic<bool> has_ended_ = false;
  std::atomic<int> changes_ = 0;
};

TEST_F(WhileItChanges, WhatWasNeverRetiredIsNeverMissed) {
  // By the hash alone, and by local features alone: each has an index of its own.
  std::vector<std::pair<ItemToMatch, EntryId>> questions;
  for (unsigned seed = 1; seed <= kSteady; ++seed) {
    const ItemSignals whole = signals_for(known_picture(seed), 200, kItemFeatures);
    ItemToMatch by_hash = item_to_match(whole).value(), by_features = by_hash;
    by_hash.features = {};
    by_features.pictures.clear();
    questions.emplace_back(std::move(by_hash), entries_[seed - 1]);
    questions.emplace_back(std::move(by_features), entries_[seed - 1]);
  }
  int missed = 0;
  {
    std::jthread changer([&] { change(); });
    for (int i = 0; i < kQuestions; ++i) {
      const auto& [item, entry] = questions[static_cast<size_t>(i) % questions.size()];
      missed += !(i % kAskedWhole == 0 ? is_reported(item, entry) : is_shown(item, entry));
    }
    has_ended_ = true;
  }
  EXPECT_EQ(missed, 0) << "of " << kQuestions << " questions, in " << changes_ << " changes";
  EXPECT_GT(changes_, 10);
}

}  // namespace
}  // namespace weir
