// SPDX-License-Identifier: Apache-2.0
#include "server/flow/match.h"

#include <algorithm>
#include <map>
#include <set>

namespace weir {
namespace {

// The banks that were asked for, all active ones when none is named, and in any case the benign
// ones.
struct BanksAsked {
  std::set<BankId> known;
  std::set<BankId> benign;
  bool contains(BankId bank) const { return known.contains(bank) || benign.contains(bank); }
};

Result<BanksAsked> banks_asked(std::span<const std::string> names, Store& store) {
  BanksAsked asked;
  const std::vector<Bank> banks = TRY(store.list_banks());
  for (const Bank& bank : banks) {
    if (bank.state == State::kRetired) continue;
    if (bank.kind == BankKind::kBenign) asked.benign.insert(bank.id);
    if (bank.kind == BankKind::kKnown && names.empty()) asked.known.insert(bank.id);
  }
  for (const std::string& name : names) {
    const Bank bank = TRY(store.find_bank(name));
    if (bank.state == State::kRetired)
      return Error{ErrorCode::kConflict,
                   "bank " + name + " is retired; it is kept, but matched no more"};
    if (bank.kind == BankKind::kBenign)
      return Error{ErrorCode::kConflict,
                   "bank " + name + " holds harmless material, which is never reported as a match"};
    asked.known.insert(bank.id);
  }
  return asked;
}

KnownPictures pictures_among(const BanksAsked& asked, Store& store) {
  return [&asked, &store](EntryId id) -> Result<std::optional<KnownPicture>> {
    auto found = TRY(store.pictures_of({&id, 1}));
    if (found.empty() || !asked.contains(found[0].bank)) return std::optional<KnownPicture>();
    return std::optional(
        KnownPicture{std::move(found[0].picture), asked.benign.contains(found[0].bank)});
  };
}

// The nearest PDQ agreement, 257 bits when there is none.
Distance nearest_pdq(const Match& match) {
  Distance nearest{257};
  for (const Evidence& evidence : match.evidence)
    if (evidence.kind == SignalKind::kPdq) nearest = std::min(nearest, evidence.distance);
  return nearest;
}

// By so many bits of PDQ the same picture may differ from itself, made by another program or in
// another size (PDQ specification); nearer by less is not nearer.
constexpr uint16_t kSamePictureBits = 10;

// Leaves out what benign banks hold, and what rests on PDQ alone and is not clearly nearer than
// that. Pictures were judged before, part by part.
std::vector<KnownMatch> without_benign(std::vector<KnownMatch> found, const BanksAsked& asked) {
  Distance benign{257};
  for (const KnownMatch& known : found)
    if (asked.benign.contains(known.entry.bank))
      benign = std::min(benign, nearest_pdq(known.match));
  std::erase_if(found, [&](const KnownMatch& known) {
    const Match& match = known.match;
    if (asked.benign.contains(known.entry.bank)) return true;
    return match.kind == MatchKind::kImage && match.regions.empty() &&
           nearest_pdq(match).bits + kSamePictureBits >= benign.bits;
  });
  return found;
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

// The share of the item's picture that the regions cover, each place counted once.
double covered(std::span<const SharedRegion> regions, const PictureFeatures& item) {
  constexpr uint32_t kCells = 64;  // a side: the answer is exact to about a percent
  uint32_t inside = 0;
  for (uint32_t cell = 0; cell < kCells * kCells; ++cell) {
    const double x = (cell % kCells + 0.5) / kCells * item.width;
    const double y = (cell / kCells + 0.5) / kCells * item.height;
    inside += std::any_of(regions.begin(), regions.end(), [&](const SharedRegion& region) {
      const Rect& r = region.item_region;
      return x >= r.x && y >= r.y && x < double{1} * r.x + r.width &&
             y < double{1} * r.y + r.height;
    });
  }
  return static_cast<double>(inside) / (kCells * kCells);
}

// The nearest of the entry's pictures to the item's picture as it was turned: what both sides'
// regions are taken from.
void locate(KnownMatch& known, const ItemToMatch& item) {
  if (known.match.kind == MatchKind::kExact) known.coverage = 1;
  if (!known.match.regions.empty()) {
    const SharedRegion& surest = known.match.regions.front();
    known.item_region = surest.item_region;
    known.entry_region = surest.entry_region;
    if (!known.coverage) known.coverage = covered(known.match.regions, item.features);
    return;
  }
  for (const Evidence& evidence : known.match.evidence) {
    if (evidence.kind != SignalKind::kPdq) continue;
    const PictureHash& picture = item.pictures[evidence.picture];
    if (picture.region.width != 0) known.item_region = picture.region;
    if (known.item_region && !known.coverage) known.coverage = share(*known.item_region, item);
    Hash256 turned = picture.dihedral[static_cast<size_t>(evidence.orientation)];
    if (evidence.inverted) turned = ~turned;
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

ItemToMatch item_to_match(ItemSignals item) {
  ItemToMatch out;
  for (Signal& signal : signals_of(item))
    if (is_digest(signal.kind)) out.digests.push_back(std::move(signal));
  out.pictures = std::move(item.pictures);
  out.features = std::move(item.features);
  out.note = std::move(item.note);
  return out;
}

Result<DecodeWants> wants_to_match(Services& services) {
  TRY(services.snapshot.catch_up());
  DecodeWants wants;
  if (services.snapshot.features().rows() > 0) wants.features = kItemFeatures;
  return wants;
}

ItemToMatch item_to_match(std::span<const Signal> signals) {
  ItemToMatch out;
  for (const Signal& signal : signals) {
    if (signal.kind == SignalKind::kPdq)
      out.pictures.push_back(picture_from_hash(as_hash256(signal), signal.quality.value_or(100)));
    else if (is_digest(signal.kind))
      out.digests.push_back(signal);
  }
  return out;
}

Result<std::vector<ItemReport>> match_against_banks(std::span<const ItemToMatch> items,
                                                    std::span<const std::string> banks,
                                                    Services& services) {
  const BanksAsked asked = TRY(banks_asked(banks, services.store));
  TRY(services.snapshot.catch_up());
  const std::vector<ItemQuery> queries = TRY(queries_of(items, services.store));
  const auto matches = TRY(match_items(queries, services.snapshot.index(), MatchOptions{}));

  PictureMatchOptions options;
  options.most_false_alarms = services.settings.expected_false_alarms;
  std::vector<ItemReport> reports(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    reports[i].notes = notes_of(items[i]);
    auto pictures = TRY(match_picture(items[i].features, services.snapshot.features(),
                                      pictures_among(asked, services.store), options));
    std::vector<KnownMatch> found;
    for (Match& match : joined(matches[i], std::move(pictures))) {
      auto entry = services.store.find_entry(match.entry);
      if (!entry && entry.error().code == ErrorCode::kNotFound) continue;
      if (!entry) return entry.error();
      // Retired after the index was asked.
      if (entry->state == State::kRetired || !asked.contains(entry->bank)) continue;
      KnownMatch& known = found.emplace_back();
      known.match = std::move(match);
      known.entry = std::move(*entry);
      locate(known, items[i]);
    }
    reports[i].matches = without_benign(std::move(found), asked);
  }
  return reports;
}

}  // namespace weir
