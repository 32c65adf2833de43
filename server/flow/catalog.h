// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "server/store/store.h"
#include "weir/signal/video_track.h"

namespace weir {

// What banks and entries there are, and what is to be different about them: the verbs behind
// `weir bank` and the routes below /v1/banks.

// Errors: conflict when the name is taken; invalid (the name).
Result<Bank> create_bank(const Bank& bank, Store& store);
Result<Bank> find_bank(std::string_view name, Store& store);  // Errors: not_found
Result<std::vector<Bank>> list_banks(Store& store);           // by name, retired ones too
// Nothing is erased: a retired bank keeps its history and can be made active again. Errors:
// not_found, invalid.
Result<Bank> change_bank(std::string_view name, const BankChange& change, Store& store);

struct EntryPage {
  std::vector<Entry> entries;   // by id
  std::optional<EntryId> next;  // to be asked after for the next page; none on the last one
};
struct EntryPageAsked {
  EntryId after;
  size_t most = 100;
  std::optional<State> state = {};
};
// Errors: not_found (the bank).
Result<EntryPage> list_entries(std::string_view bank, const EntryPageAsked& asked, Store& store);

// Errors: not_found, also when the entry lies in another bank.
Result<Entry> find_entry(std::string_view bank, EntryId id, Store& store);
// As change_bank(). Errors: as find_entry(); invalid.
Result<Entry> change_entry(std::string_view bank, EntryId id, const EntryChange& change,
                           Store& store);

// The track of an entry, nothing when it has none that is whole.
std::optional<VideoTrack> track_of(EntryId id, Store& store);

}  // namespace weir
