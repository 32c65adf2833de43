// SPDX-License-Identifier: Apache-2.0
#include "server/flow/match.h"

#include <algorithm>
#include <map>
#include <set>

namespace weir {
namespace {

// The banks that were asked for; empty means all active ones.
Result<std::set<BankId>> chosen_banks(std::span<const std::string> names, Store& store) {
  std::set<BankId> chosen;
  for (const std::string& name : names) {
    const Bank bank = TRY(store.find_bank(name));
    if (bank.state == State::kRetired)
      return Error{ErrorCode::kConflict,
                   "bank " + name + " is retired; it is kept, but matched no more"};
    chosen.insert(bank.id);
  }
  return chosen;
}

Result<std::vector<ItemQuery>> queries_of(std::span<const ItemToMatch> items, Store& store) {
  std::vector<ItemQuery> queries(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    queries[i].pictures = items[i].pictures;
    if (items[i].digests.empty()) continue;
    for (const ExactHit& hit : TRY(store.find_exact(items[i].digests)))
      queries[i].exact.push_back({hit.entry, hit.kind});
  }
  return queries;
}

double area(const Rect& r) {
  return static_cast<double>(r.width) * r.height;
}

// The share of the picture that `part` is, told from the largest picture of the item.
std::optional<double> share(const Rect& part, const ItemToMatch& item) {
  double whole = 0;
  for (const PictureHash& picture : item.pictures) whole = std::max(whole, area(picture.region));
  if (whole == 0) return std::nullopt;
  return area(part) / whole;
}

// The nearest of the entry's pictures to the item's picture as it was turned: what both sides'
// regions are taken from.
void locate(KnownMatch& known, const ItemToMatch& item) {
  if (known.match.kind == MatchKind::kExact) known.coverage = 1;
  for (const Evidence& evidence : known.match.evidence) {
    if (evidence.kind != SignalKind::kPdq) continue;
    const PictureHash& picture = item.pictures[evidence.picture];
    if (picture.region.width != 0) known.item_region = picture.region;
    if (known.item_region && !known.coverage) known.coverage = share(*known.item_region, item);
    const Hash256& turned = picture.dihedral[static_cast<size_t>(evidence.orientation)];
    Distance best{257};
    for (const Signal& signal : known.entry.signals) {
      if (signal.kind != SignalKind::kPdq || !is_matchable(signal)) continue;
      const Distance apart = distance(turned, as_hash256(signal));
      if (apart >= best) continue;
      best = apart;
      known.entry_region = signal.region;
    }
    return;
  }
}

std::vector<std::string> notes_of(const ItemToMatch& item) {
  std::vector<std::string> notes;
  if (!item.note.empty()) notes.push_back(item.note);
  if (item.pictures.empty()) return notes;
  const bool matchable = std::any_of(
      item.pictures.begin(), item.pictures.end(),
      [](const PictureHash& picture) { return picture.quality >= kPdqMatchableQuality; });
  if (!matchable)
    notes.push_back("pdq quality " + std::to_string(item.pictures.front().quality) + " is below " +
                    std::to_string(kPdqMatchableQuality) +
                    ": too little detail to be matched by pdq, only by exact digests");
  return notes;
}

}  // namespace

ItemToMatch item_to_match(const ItemSignals& item) {
  ItemToMatch out;
  out.pictures = item.pictures;
  out.note = item.note;
  for (Signal& signal : signals_of(item))
    if (signal.kind != SignalKind::kPdq) out.digests.push_back(std::move(signal));
  return out;
}

ItemToMatch item_to_match(std::span<const Signal> signals) {
  ItemToMatch out;
  for (const Signal& signal : signals) {
    if (signal.kind == SignalKind::kPdq)
      out.pictures.push_back(picture_from_hash(as_hash256(signal), signal.quality.value_or(100)));
    else
      out.digests.push_back(signal);
  }
  return out;
}

Result<std::vector<ItemReport>> match_against_banks(std::span<const ItemToMatch> items,
                                                    std::span<const std::string> banks,
                                                    Services& services) {
  const std::set<BankId> chosen = TRY(chosen_banks(banks, services.store));
  TRY(services.snapshot.catch_up());
  const std::vector<ItemQuery> queries = TRY(queries_of(items, services.store));
  const auto matches = TRY(match_items(queries, services.snapshot.index(), MatchOptions{}));

  std::vector<ItemReport> reports(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    reports[i].notes = notes_of(items[i]);
    for (const Match& match : matches[i]) {
      const auto entry = services.store.find_entry(match.entry);
      if (!entry && entry.error().code == ErrorCode::kNotFound) continue;
      if (!entry) return entry.error();
      // Retired after the index was asked.
      if (entry->state == State::kRetired) continue;
      if (!chosen.empty() && !chosen.contains(entry->bank)) continue;
      KnownMatch& known = reports[i].matches.emplace_back();
      known.match = match;
      known.entry = *entry;
      locate(known, items[i]);
    }
  }
  return reports;
}

}  // namespace weir
