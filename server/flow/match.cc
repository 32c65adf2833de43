// SPDX-License-Identifier: Apache-2.0
#include "server/flow/match.h"

#include <algorithm>
#include <map>

#include "server/flow/banks_asked.h"
#include "server/flow/video_item.h"
#include "weir/signal/features_codec.h"
#include "weir/signal/turned.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

KnownPictures pictures_among(const BanksAsked& asked, Store& store) {
  return [&asked, &store](EntryId id) -> Result<std::optional<KnownPicture>> {
    const auto found = TRY(store.signals_of(SignalKind::kFeatures, {&id, 1}));
    if (found.empty() || !asked.contains(found[0].bank)) return std::optional<KnownPicture>();
    return std::optional(
        KnownPicture{TRY(decode_features(found[0].value)), asked.benign.contains(found[0].bank)});
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
    return match.kind == MatchKind::kImage && match.regions.empty() && match.segments.empty() &&
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
  if (!known.match.segments.empty()) {
    const SharedSegment& surest = *std::min_element(
        known.match.segments.begin(), known.match.segments.end(),
        [](const SharedSegment& a, const SharedSegment& b) { return a.log10_nfa < b.log10_nfa; });
    known.item_region = surest.item_region;
    known.entry_region = surest.entry_region;
    if (known.coverage) return;
    known.coverage = item.video ? covered_time(known.match.segments, item.video->track.duration)
                                : share(surest.item_region, item);
    return;
  }
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

// What is said of the item itself.
void describe(ItemReport& report, const ItemToMatch& item) {
  report.media = item.media;
  if (!item.video) return;
  report.duration = item.video->track.duration;
  std::vector<SharedSegment> all;
  for (const KnownMatch& known : report.matches) {
    if (known.match.kind == MatchKind::kExact) all.emplace_back().item_to = report.duration;
    all.insert(all.end(), known.match.segments.begin(), known.match.segments.end());
  }
  if (!all.empty() || report.matches.empty()) report.coverage = covered_time(all, report.duration);
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
  int telling = 0;
  for (const PictureHash& picture : item.pictures)
    if (picture.quality >= kPdqMatchableQuality) telling = std::max(telling, picture.information);
  if (matchable && telling < kPdqTellingBits)
    notes.push_back("a regular pattern: its pdq tells " + std::to_string(telling) + " bits of " +
                    std::to_string(kPdqBits) + ", too few to prove a match by pdq alone");
  return notes;
}

// Adds what tracks say: of a video with videos and with pictures, of a picture with videos.
Result<std::vector<Match>> with_videos(std::vector<Match> claims, const ItemToMatch& item,
                                       const BanksAsked& asked, const Snapshot& snapshot,
                                       Services& services) {
  const bool knows_videos = snapshot.videos.videos > 0;
  if (!item.video) {
    if (!knows_videos || item.features.features.empty()) return claims;
    return joined(std::move(claims),
                  TRY(match_picture_with_videos(item.features, asked, snapshot, services)),
                  MatchKind::kImage);
  }
  const VideoTrack& track = item.video->track;
  claims = joined(std::move(claims),
                  TRY(match_stills_with_pictures(track, pictures_among(asked, services.store),
                                                 snapshot, services)),
                  MatchKind::kImage);
  if (!knows_videos) return claims;
  return joined(std::move(claims), TRY(match_video_item(track, asked, snapshot, services)));
}

// What is known now, videos included where any item asks for them.
Result<std::shared_ptr<const Snapshot>> level_snapshot(std::span<const ItemToMatch> items,
                                                       CurrentSnapshot& current) {
  TRY(current.catch_up());
  const auto asks = [](const ItemToMatch& item) {
    return item.video || !item.features.features.empty();
  };
  const auto exchanges = [](const ItemToMatch& item) {
    return item.video && !(item.video->vpdq.empty() && item.video->tmk.empty());
  };
  const bool wants = std::any_of(items.begin(), items.end(), exchanges) ||
                     (std::any_of(items.begin(), items.end(), asks) && TRY(current.has_videos()));
  if (wants) TRY(current.load_videos());
  return current.take();
}

// Entries that only hashes of whole pictures name: whose pixels are to be asked.
std::vector<NamedByHash> named_by_hash(std::span<const Match> matches) {
  std::vector<NamedByHash> named;
  for (const Match& match : matches) {
    if (match.kind != MatchKind::kImage) continue;
    // What proves nothing names the entry, and is no evidence.
    const bool tells = match.expected_false_alarms <= PictureMatchOptions{}.most_false_alarms;
    named.push_back({match.entry, tells ? nearest_pdq(match) : Distance{kNoHashBits}});
  }
  return named;
}

// Takes out of the report what is too weak a claim to be one of its matches, and says so: a hash
// that agrees is never passed over in silence.
void set_weak_claims_aside(ItemReport& report, double most_false_alarms) {
  std::erase_if(report.matches, [&](const KnownMatch& known) {
    const Match& match = known.match;
    if (match.expected_false_alarms <= most_false_alarms || match.evidence.empty() ||
        match.kind != MatchKind::kImage)
      return false;
    report.notes.push_back(
        "pdq agrees with " + known.entry.bank_name + " #" + std::to_string(known.entry.id.value) +
        " (" + std::to_string(nearest_pdq(match).bits) + " bits), but " +
        (match.judged && is_other_moment(match.judged->odds)
             ? "its pixels show the same place at another moment"
             : "so few bits of such a picture tell anything that they prove nothing") +
        ": not reported as a match");
    return true;
  });
}

}  // namespace

Result<ItemToMatch> item_to_match(ItemSignals item) {
  ItemToMatch out;
  out.pictures = pictures_turned(item.signals);
  out.features = TRY(features_of(item.signals));
  if (item.is_video()) {
    AskedVideo& video = out.video.emplace();
    video.track = TRY(track_of(item.signals));
    if (const auto vpdq = value_of(item.signals, SignalKind::kVpdq); !vpdq.empty())
      video.vpdq = TRY(read_vpdq(vpdq));
    const auto tmk = value_of(item.signals, SignalKind::kTmk);
    video.tmk.assign(tmk.begin(), tmk.end());
  }
  for (Signal& signal : item.signals)
    if (is_digest(signal.kind)) out.digests.push_back(std::move(signal));
  out.media = std::move(item.media);
  out.note = std::move(item.note);
  return out;
}

DecodeWants wants_to_hash() {
  DecodeWants wants;
  wants.kinds = digest_kinds();
  wants.kinds.insert(wants.kinds.end(), {SignalKind::kPdq, SignalKind::kVpdq});
  return wants;
}

Result<DecodeWants> wants_to_match(Services& services) {
  TRY(services.snapshot.catch_up());
  DecodeWants wants;
  const bool knows_videos = TRY(services.snapshot.has_videos());
  wants.kinds = digest_kinds();
  wants.kinds.push_back(SignalKind::kPdqTurned);
  if (services.snapshot.take()->pictures.rows() > 0 || knows_videos)
    wants.kinds.push_back(SignalKind::kFeatures);
  wants.framed = true;
  wants.kinds.push_back(SignalKind::kTrack);
  // What it is and how long is said in any case.
  wants.track.keyframes_only = !knows_videos;
  // What is known by no more than the signals of others is found by those.
  for (const SignalKind kind : {SignalKind::kVpdq, SignalKind::kTmk}) {
    if (TRY(services.store.entries_with(kind, SignalKind::kTrack)).empty()) continue;
    wants.kinds.push_back(kind);
    wants.track.keyframes_only = false;
  }
  return wants;
}

ItemToMatch item_to_match(std::span<const Signal> signals) {
  ItemToMatch out;
  for (const Signal& signal : signals) {
    if (signal.kind == SignalKind::kPdq)
      out.pictures.push_back(picture_from_hash(as_hash256(signal), signal.quality.value_or(100)));
    else if (is_digest(signal.kind))
      out.digests.push_back(signal);
    else if (!out.video)
      out.video.emplace();
    // Their bytes were checked when the signal was read; what is none all the same says nothing.
    if (signal.kind == SignalKind::kVpdq)
      if (auto frames = read_vpdq(signal.value)) out.video->vpdq = std::move(*frames);
    if (signal.kind == SignalKind::kTmk) out.video->tmk = signal.value;
  }
  return out;
}

Result<std::vector<ItemReport>> match_against_banks(std::span<const ItemToMatch> items,
                                                    std::span<const std::string> banks,
                                                    Services& services) {
  const BanksAsked asked = TRY(banks_asked(banks, services.store));
  const auto snapshot = TRY(level_snapshot(items, services.snapshot));
  const std::vector<ItemQuery> queries = TRY(queries_of(items, services.store));
  const auto matches = TRY(match_items(queries, snapshot->hashes, MatchOptions{}));

  PictureMatchOptions options;
  options.most_false_alarms = services.settings.expected_false_alarms;
  std::vector<ItemReport> reports(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    reports[i].notes = notes_of(items[i]);
    const std::vector<NamedByHash> named = named_by_hash(matches[i]);
    options.named = named;
    auto pictures = TRY(match_picture(items[i].features, snapshot->pictures,
                                      pictures_among(asked, services.store), options));
    auto claims = joined(matches[i], std::move(pictures));
    claims = TRY(with_videos(std::move(claims), items[i], asked, *snapshot, services));
    ExchangedClaims exchanged;
    if (items[i].video) exchanged = TRY(match_exchanged(*items[i].video, *snapshot));
    claims = joined(std::move(claims), exchanged.matches());
    std::vector<KnownMatch> found;
    for (Match& match : claims) {
      auto entry = services.store.find_entry(match.entry);
      if (!entry && entry.error().code == ErrorCode::kNotFound) continue;
      if (!entry) return entry.error();
      // Retired after the index was asked.
      if (entry->state == State::kRetired || !asked.contains(entry->bank)) continue;
      KnownMatch& known = found.emplace_back();
      known.match = std::move(match);
      known.entry = std::move(*entry);
      locate(known, items[i]);
      const auto vpdq = exchanged.vpdq.find(known.entry.id);
      if (vpdq != exchanged.vpdq.end()) known.vpdq = vpdq->second;
      const auto tmk = exchanged.tmk.find(known.entry.id);
      if (tmk != exchanged.tmk.end()) known.tmk = tmk->second;
    }
    reports[i].matches = without_benign(std::move(found), asked);
    set_weak_claims_aside(reports[i], services.settings.expected_false_alarms);
    for (KnownMatch& known : reports[i].matches)
      if (!services.settings.explain) known.match.judged.reset();
    describe(reports[i], items[i]);
  }
  return reports;
}

}  // namespace weir
