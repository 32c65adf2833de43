// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "server/store/store_contract.h"

namespace weir {

// What every store promises of entries' pictures and of kinds of banks.

TEST_P(StoreContract, APictureComesBackAsItWasAdded) {
  const Bank bank = make_bank("A");
  const auto added =
      store_->add_entries(std::vector{entry_with_picture(bank.id, 1), test_entry(bank.id, 2)})
          .value();
  EXPECT_TRUE(has_own(*store_->find_entry(added[0].id), SignalKind::kFeatures));
  EXPECT_FALSE(has_own(*store_->find_entry(added[1].id), SignalKind::kFeatures));
  const auto found =
      store_->signals_of(SignalKind::kFeatures, std::vector{added[1].id, added[0].id}).value();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].entry, added[0].id);
  EXPECT_EQ(found[0].value, entry_with_picture(bank.id, 1).own[0].value);
  EXPECT_EQ(entries_with_pictures(*store_), std::vector{added[0].id});
}

TEST_P(StoreContract, PicturesOfRetiredEntriesAndBanksAreLeftOut) {
  const Bank a = make_bank("A"), b = make_bank("B");
  const EntryId in_a = store_->add_entries(std::vector{entry_with_picture(a.id, 1)}).value()[0].id;
  const EntryId in_b = store_->add_entries(std::vector{entry_with_picture(b.id, 1)}).value()[0].id;
  ASSERT_TRUE(store_->change_entry(in_a, {.state = State::kRetired}));
  EXPECT_EQ(entries_with_pictures(*store_), std::vector{in_b});
  ASSERT_TRUE(store_->change_bank("B", {.state = State::kRetired}));
  EXPECT_TRUE(store_->signals_of(SignalKind::kFeatures, std::vector{in_a, in_b})->empty());
  ASSERT_TRUE(store_->change_entry(in_a, {.state = State::kActive}));
  EXPECT_EQ(entries_with_pictures(*store_), std::vector{in_a});
}

TEST_P(StoreContract, AnEntryWithoutAPictureTakesTheOneItIsGivenLater) {
  const Bank bank = make_bank("A");
  const EntryId id = store_->add_entries(std::vector{test_entry(bank.id, 1)}).value()[0].id;
  const ChangeSeq before = store_->last_change().value();
  const auto again = store_->add_entries(std::vector{entry_with_picture(bank.id, 1)}).value();
  EXPECT_EQ(again[0].id, id);
  EXPECT_EQ(again[0].added, Added::kPresent);
  EXPECT_TRUE(has_own(*store_->find_entry(id), SignalKind::kFeatures));
  const auto changes = store_->changes_after(before, 10).value();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].kind, ChangeKind::kEntryUpdated);
  EXPECT_EQ(changes[0].entry, id);
  // A third time changes nothing.
  ASSERT_TRUE(store_->add_entries(std::vector{entry_with_picture(bank.id, 1)}));
  EXPECT_EQ(store_->changes_after(before, 10)->size(), 1u);
  EXPECT_TRUE(store_->check_log());
}

// A list knew the file by some of its hashes; the file itself comes later.
TEST_P(StoreContract, AnEntryOfHashesAloneBecomesTheFileThatHasThem) {
  const Bank bank = make_bank("A"), other = make_bank("B");
  const auto listed = [&](uint32_t number, std::vector<size_t> signals) {
    Entry entry = test_entry(bank.id, number);
    const std::vector<Signal> all = std::exchange(entry.signals, {});
    for (const size_t i : signals) entry.signals.push_back(all[i]);
    entry.media.clear();
    entry.name.clear();
    return entry;
  };
  const std::vector<Entry> list{listed(1, {1}), listed(2, {2}), listed(3, {2, 1})};
  const auto known = store_->add_entries(list).value();
  for (uint32_t number = 1; number <= 3; ++number) {
    const EntryId id = known[number - 1].id;
    const Entry file = entry_with_picture(bank.id, number);
    const ChangeSeq before = store_->last_change().value();
    for (int time = 0; time < 2; ++time) {  // the second changes nothing
      const auto added = store_->add_entries(std::vector{file}).value();
      EXPECT_EQ(added[0].id, id);
      EXPECT_EQ(added[0].added, Added::kPresent);
    }
    EXPECT_EQ(store_->changes_after(before, 10)->size(), 1u);
    const Entry found = store_->find_entry(id).value();
    EXPECT_TRUE(has_own(found, SignalKind::kFeatures));
    EXPECT_EQ(found.signals.size(), 3u);
    EXPECT_EQ(found.media, "image");
    EXPECT_EQ(found.name, file.name);
    EXPECT_EQ(store_->find_content(bank.id, content_key(file)).value()->id, id);
    // The list again, and one that has the file's SHA-256.
    EXPECT_EQ(store_->add_entries(std::span(&list[number - 1], 1)).value()[0].id, id);
    EXPECT_EQ(store_->add_entries(std::vector{listed(number, {0})}).value()[0].id, id);
  }
  EXPECT_EQ(store_->find_bank("A")->entries, 3);
  EXPECT_TRUE(store_->check_log());

  // What has a hash more than the file is another, and so is what another bank has.
  Entry mixed = listed(4, {1});
  mixed.signals.push_back(test_signal(SignalKind::kMd5, 5));
  ASSERT_TRUE(store_->add_entries(std::vector{mixed}));
  Entry elsewhere = listed(4, {1});
  elsewhere.bank = other.id;
  ASSERT_TRUE(store_->add_entries(std::vector{elsewhere}));
  EXPECT_EQ(store_->add_entries(std::vector{entry_with_picture(bank.id, 4)}).value()[0].added,
            Added::kNew);
  // A PDQ of too little detail names no picture.
  Entry flat = entry_with_picture(bank.id, 6);
  flat.signals[2].quality = 20;
  ASSERT_TRUE(store_->add_entries(std::vector{listed(6, {2})}));
  EXPECT_EQ(store_->add_entries(std::vector{flat}).value()[0].added, Added::kNew);
}

TEST_P(StoreContract, ADamagedPictureIsRefused) {
  const Bank bank = make_bank("A");
  Entry entry = entry_with_picture(bank.id, 1);
  entry.own[0].value.pop_back();
  EXPECT_EQ(code_of(store_->add_entries(std::vector{entry})), ErrorCode::kInvalid);
}

TEST_P(StoreContract, ABankKeepsItsKind) {
  Bank bank = named_bank("LOGOS");
  bank.kind = BankKind::kBenign;
  EXPECT_EQ(store_->create_bank(bank)->kind, BankKind::kBenign);
  EXPECT_EQ(store_->find_bank("LOGOS")->kind, BankKind::kBenign);
  EXPECT_EQ(make_bank("A").kind, BankKind::kKnown);
  EXPECT_EQ(store_->list_banks()->back().kind, BankKind::kBenign);
}

}  // namespace weir
