// SPDX-License-Identifier: Apache-2.0
#include "server/flow/catalog.h"

#include "weir/signal/video_codec.h"

namespace weir {

Result<Bank> create_bank(const Bank& bank, Store& store) {
  TRY(check_bank_name(bank.name));
  return store.create_bank(bank);
}

Result<Bank> find_bank(std::string_view name, Store& store) {
  return store.find_bank(name);
}

Result<std::vector<Bank>> list_banks(Store& store) {
  return store.list_banks();
}

Result<Bank> change_bank(std::string_view name, const BankChange& change, Store& store) {
  return store.change_bank(name, change);
}

Result<EntryPage> list_entries(std::string_view bank_name, const EntryPageAsked& asked,
                               Store& store) {
  const Bank bank = TRY(store.find_bank(bank_name));
  EntryPage page;
  page.entries = TRY(store.list_entries(bank.id, asked.after, asked.most + 1, asked.state));
  if (page.entries.size() > asked.most) {
    page.entries.pop_back();
    page.next = page.entries.back().id;
  }
  return page;
}

Result<Entry> find_entry(std::string_view bank_name, EntryId id, Store& store) {
  const Bank bank = TRY(store.find_bank(bank_name));
  auto entry = store.find_entry(id);
  if (!entry && entry.error().code != ErrorCode::kNotFound) return entry;
  if (!entry || entry->bank != bank.id)
    return Error{ErrorCode::kNotFound, "bank " + bank.name + " has no such entry"};
  return entry;
}

Result<Entry> change_entry(std::string_view bank, EntryId id, const EntryChange& change,
                           Store& store) {
  const Entry entry = TRY(find_entry(bank, id, store));
  return store.change_entry(entry.id, change);
}

std::optional<VideoTrack> track_of(EntryId id, Store& store) {
  const auto kept = store.signals_of(SignalKind::kTrack, {&id, 1});
  if (!kept || kept->empty()) return std::nullopt;
  auto track = read_video_track(kept->front().value);
  if (!track) return std::nullopt;
  return std::move(*track);
}

}  // namespace weir
