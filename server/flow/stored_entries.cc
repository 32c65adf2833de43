// SPDX-License-Identifier: Apache-2.0
#include "server/flow/stored_entries.h"

#include <cassert>

#include "weir/signal/features_codec.h"
#include "weir/signal/video_codec.h"

namespace weir {

Result<std::optional<KnownPicture>> StoredEntries::picture(EntryId id) {
  const auto found = TRY(store_.signals_of(SignalKind::kFeatures, {&id, 1}));
  if (found.empty() || !asked_.contains(found[0].bank)) return std::optional<KnownPicture>();
  return std::optional(
      KnownPicture{TRY(decode_features(found[0].value)), asked_.benign.contains(found[0].bank)});
}

Result<std::optional<VideoTrack>> StoredEntries::track(EntryId id) {
  const auto found = TRY(store_.signals_of(SignalKind::kTrack, {&id, 1}));
  if (found.empty() || !asked_.contains(found[0].bank)) return std::optional<VideoTrack>();
  auto track = read_video_track(found[0].value);
  if (!track)
    return Error{ErrorCode::kCorrupt, "the stored track of entry " + std::to_string(id.value) +
                                          " is damaged; restore the store's backup"};
  return std::optional(std::move(*track));
}

Result<std::optional<EntryFacts>> StoredEntries::facts(EntryId id) {
  auto known = entries_.find(id);
  if (known == entries_.end()) {
    auto entry = store_.find_entry(id);
    if (!entry && entry.error().code == ErrorCode::kNotFound) return std::optional<EntryFacts>();
    if (!entry) return entry.error();
    if (entry->state == State::kRetired || !asked_.contains(entry->bank))
      return std::optional<EntryFacts>();
    known = entries_.emplace(id, std::move(*entry)).first;
  }
  const Entry& entry = known->second;
  return std::optional(EntryFacts{entry.signals, asked_.benign.contains(entry.bank)});
}

Result<std::vector<SameDigest>> StoredEntries::same_digests(std::span<const Signal> digests) {
  std::vector<SameDigest> same;
  for (const ExactHit& hit : TRY(store_.find_exact(digests))) same.push_back({hit.entry, hit.kind});
  return same;
}

const Entry& StoredEntries::entry(EntryId id) const {
  const auto found = entries_.find(id);
  assert(found != entries_.end() && "facts() is asked first");
  return found->second;
}

}  // namespace weir
