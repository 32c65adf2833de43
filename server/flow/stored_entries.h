// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "server/flow/banks_asked.h"
#include "weir/match/finder.h"

namespace weir {

// The store's entries in the banks that are asked about, as finders and the judge ask for them. For
// one question, by one thread; borrows both arguments.
class StoredEntries final : public KnownEntries {
 public:
  StoredEntries(const BanksAsked& asked, Store& store) : asked_(asked), store_(store) {}

  Result<std::optional<KnownPicture>> picture(EntryId id) override;
  Result<std::optional<VideoTrack>> track(EntryId id) override;
  Result<std::optional<EntryFacts>> facts(EntryId id) override;
  Result<std::vector<SameDigest>> same_digests(std::span<const Signal> digests) override;

  // The record behind facts(). Precondition: facts() gave some.
  const Entry& entry(EntryId id) const;

 private:
  const BanksAsked& asked_;
  Store& store_;
  std::map<EntryId, Entry> entries_;  // that facts() gave
};

}  // namespace weir
