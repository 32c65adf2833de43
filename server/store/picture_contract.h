// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/store/store_contract.h"
#include "weir/signal/features_codec.h"

namespace weir {

// What every store promises of entries' pictures and of kinds of banks.

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
  entry.picture = encode_features(test_picture_features(number));
  return entry;
}

inline std::vector<EntryId> entries_with_pictures(Store& store) {
  std::vector<EntryId> entries;
  EXPECT_TRUE(store.for_each_picture([&](const EntryPicture& one) -> Status {
    entries.push_back(one.entry);
    return {};
  }));
  return entries;
}

TEST_P(StoreContract, APictureComesBackAsItWasAdded) {
  const Bank bank = make_bank("A");
  const auto added =
      store_->add_entries(std::vector{entry_with_picture(bank.id, 1), test_entry(bank.id, 2)})
          .value();
  EXPECT_TRUE(store_->find_entry(added[0].id)->has_picture);
  EXPECT_FALSE(store_->find_entry(added[1].id)->has_picture);
  const auto found = store_->pictures_of(std::vector{added[1].id, added[0].id}).value();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].entry, added[0].id);
  EXPECT_EQ(encode_features(found[0].picture), entry_with_picture(bank.id, 1).picture);
  EXPECT_EQ(entries_with_pictures(*store_), std::vector{added[0].id});
}

TEST_P(StoreContract, PicturesOfRetiredEntriesAndBanksAreLeftOut) {
  const Bank a = make_bank("A"), b = make_bank("B");
  const EntryId in_a = store_->add_entries(std::vector{entry_with_picture(a.id, 1)}).value()[0].id;
  const EntryId in_b = store_->add_entries(std::vector{entry_with_picture(b.id, 1)}).value()[0].id;
  ASSERT_TRUE(store_->set_entry_state(in_a, State::kRetired));
  EXPECT_EQ(entries_with_pictures(*store_), std::vector{in_b});
  ASSERT_TRUE(store_->set_bank_state("B", State::kRetired));
  EXPECT_TRUE(store_->pictures_of(std::vector{in_a, in_b})->empty());
  ASSERT_TRUE(store_->set_entry_state(in_a, State::kActive));
  EXPECT_EQ(entries_with_pictures(*store_), std::vector{in_a});
}

TEST_P(StoreContract, AnEntryWithoutAPictureTakesTheOneItIsGivenLater) {
  const Bank bank = make_bank("A");
  const EntryId id = store_->add_entries(std::vector{test_entry(bank.id, 1)}).value()[0].id;
  const ChangeSeq before = store_->last_change().value();
  const auto again = store_->add_entries(std::vector{entry_with_picture(bank.id, 1)}).value();
  EXPECT_EQ(again[0].id, id);
  EXPECT_EQ(again[0].added, Added::kPresent);
  EXPECT_TRUE(store_->find_entry(id)->has_picture);
  const auto changes = store_->changes_after(before, 10).value();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].kind, ChangeKind::kEntryUpdated);
  EXPECT_EQ(changes[0].entry, id);
  // A third time changes nothing.
  ASSERT_TRUE(store_->add_entries(std::vector{entry_with_picture(bank.id, 1)}));
  EXPECT_EQ(store_->changes_after(before, 10)->size(), 1u);
  EXPECT_TRUE(store_->check_log());
}

TEST_P(StoreContract, ADamagedPictureIsRefused) {
  const Bank bank = make_bank("A");
  Entry entry = entry_with_picture(bank.id, 1);
  entry.picture.pop_back();
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
