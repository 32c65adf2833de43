// SPDX-License-Identifier: Apache-2.0
//
// Neighbours of all orientations of all pictures come from one search; for each item and entry the
// nearest one is the evidence. Digests found elsewhere join as evidence of their own.
#include "weir/match/match.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace weir {
namespace {

// Where one query hash of the batch came from.
struct Origin {
  uint32_t item = 0;
  uint32_t picture = 0;
  Dihedral orientation = Dihedral::kOriginal;
  bool inverted = false;
};

struct Batch {
  std::vector<Hash256> hashes;
  std::vector<Origin> origins;
  std::vector<uint64_t> hashes_of_item;
};

Batch gather(std::span<const ItemQuery> items) {
  Batch batch;
  batch.hashes_of_item.resize(items.size());
  for (uint32_t i = 0; i < items.size(); ++i) {
    for (uint32_t p = 0; p < items[i].pictures.size(); ++p) {
      const PictureHash& picture = items[i].pictures[p];
      if (picture.quality < kPdqMatchableQuality) continue;
      // A negative has the same coefficients with the other sign: every bit is the other one.
      for (const bool inverted : {false, true})
        for (size_t d = 0; d < kDihedrals; ++d) {
          batch.hashes.push_back(inverted ? ~picture.dihedral[d] : picture.dihedral[d]);
          batch.origins.push_back({i, p, static_cast<Dihedral>(d), inverted});
        }
      batch.hashes_of_item[i] += 2 * kDihedrals;
    }
  }
  return batch;
}

// By chance: of a picture whose hash tells more, a greater distance may say as much.
bool is_stronger(const Evidence& a, const Evidence& b, const ItemQuery& item) {
  const int bits_a = item.pictures[a.picture].information;
  const int bits_b = item.pictures[b.picture].information;
  if (bits_a != bits_b) {
    const double chance_a = expected_false_alarms(a.distance, 1, 1, bits_a);
    const double chance_b = expected_false_alarms(b.distance, 1, 1, bits_b);
    if (chance_a != chance_b) return chance_a < chance_b;
  }
  return std::tie(a.distance, a.picture, a.inverted, a.orientation) <
         std::tie(b.distance, b.picture, b.inverted, b.orientation);
}

// Chance that a digest of this kind agrees by accident with one of `entries` others. MD5 collisions
// can be made on purpose; that is no accident and outside this number.
double digest_false_alarms(SignalKind kind, uint64_t entries) {
  const double bits = 8.0 * static_cast<double>(value_bytes(kind));
  return static_cast<double>(std::max<uint64_t>(entries, 1)) * std::exp2(-bits);
}

Match judge(EntryId entry, std::vector<Evidence> evidence, const ItemQuery& item, uint64_t rows,
            uint64_t queries) {
  Match match{.entry = entry,
              .kind = MatchKind::kImage,
              .score = 0,
              .expected_false_alarms = 0,
              .evidence = {},
              .regions = {},
              .judged = {},
              .segments = {}};
  auto chance = [&](const Evidence& one) {
    return one.kind == SignalKind::kPdq
               ? expected_false_alarms(one.distance, rows, queries,
                                       item.pictures[one.picture].information)
               : digest_false_alarms(one.kind, rows);
  };
  std::stable_sort(evidence.begin(), evidence.end(),
                   [&](const Evidence& a, const Evidence& b) { return chance(a) < chance(b); });
  for (const Evidence& one : evidence)
    if (one.kind != SignalKind::kPdq) match.kind = MatchKind::kExact;
  match.expected_false_alarms = chance(evidence.front());
  match.score = -std::log10(match.expected_false_alarms);
  match.evidence = std::move(evidence);
  return match;
}

// The match of this entry, a new one if need be, made as sure as the claim is.
Match& with_claim(std::vector<Match>& matches, EntryId entry, MatchKind kind, double false_alarms) {
  auto same = std::find_if(matches.begin(), matches.end(),
                           [&](const Match& one) { return one.entry == entry; });
  if (same == matches.end()) {
    matches.push_back({.entry = entry,
                       .kind = kind,
                       .score = 0,
                       .expected_false_alarms = false_alarms,
                       .evidence = {},
                       .regions = {},
                       .judged = {},
                       .segments = {}});
    same = matches.end() - 1;
  }
  same->expected_false_alarms = std::min(same->expected_false_alarms, false_alarms);
  same->score = -std::log10(same->expected_false_alarms);
  return *same;
}

void sort_by_score(std::vector<Match>& matches) {
  std::stable_sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
    return std::tuple(-a.score, a.entry) < std::tuple(-b.score, b.entry);
  });
}

}  // namespace

std::string_view name_of(MatchKind kind) {
  switch (kind) {
    case MatchKind::kExact:
      return "exact";
    case MatchKind::kImage:
      return "image";
    case MatchKind::kVideo:
      return "video";
  }
  return "image";
}

namespace {

// How sure a picture is that its hash and its pixels speak of. They are no independent witnesses,
// so each counts by a share: the hash by how near it is, up to all when it is the same.
double by_both(double by_hash, const PictureMatch& picture) {
  const double by_pixels = picture.expected_false_alarms;
  if (is_other_moment(picture.pair.odds)) return by_pixels;
  if (picture.pair.verdict != Verdict::kCopy)
    return std::min(by_pixels, std::max(by_hash, kLeastOfHash));
  const double bits = picture.pair.shared.terms[Term::kHash];
  const double share = std::clamp(1 - bits / kPdqMatchRadius.bits, 0.0, 1.0);
  const double surest = std::max(by_hash, kLeastFalseAlarms);
  return std::min(by_pixels, std::pow(by_pixels, 1 - share) * std::pow(surest, share));
}

}  // namespace

std::vector<Match> joined(std::vector<Match> matches, std::vector<PictureMatch> pictures) {
  for (PictureMatch& picture : pictures) {
    const auto by_hash = std::find_if(matches.begin(), matches.end(), [&](const Match& one) {
      return one.entry == picture.entry;
    });
    const bool is_named = by_hash != matches.end();
    if (!is_named && !picture.is_reported) continue;
    const double by_hash_alone = is_named ? by_hash->expected_false_alarms : 1;
    Match& match =
        with_claim(matches, picture.entry, MatchKind::kImage, picture.expected_false_alarms);
    if (is_named && match.kind == MatchKind::kImage) {
      match.expected_false_alarms = by_both(by_hash_alone, picture);
      match.score = -std::log10(match.expected_false_alarms);
    }
    match.judged = Judged{picture.pair.shared.terms, picture.pair.odds};
    match.regions = std::move(picture.pair.shared.regions);
  }
  sort_by_score(matches);
  return matches;
}

// Whatever else agrees, seconds of a video say more than hashes of single frames.
std::vector<Match> joined(std::vector<Match> matches, std::vector<VideoMatch> videos,
                          MatchKind kind) {
  for (VideoMatch& video : videos) {
    Match& match = with_claim(matches, video.entry, kind, video.expected_false_alarms);
    if (match.kind == MatchKind::kImage) match.kind = kind;
    if (!video.segments.empty()) match.segments = std::move(video.segments);
  }
  sort_by_score(matches);
  return matches;
}

Result<std::vector<std::vector<Match>>> match_items(std::span<const ItemQuery> items,
                                                    const HammingEdition& index,
                                                    const MatchOptions& options) {
  const Batch batch = gather(items);
  const std::vector<Neighbour> neighbours =
      TRY(index.search(batch.hashes, options.pdq_radius, options.most_neighbours));

  std::vector<std::map<EntryId, std::vector<Evidence>>> found(items.size());
  for (const Neighbour& near : neighbours) {
    const Origin& origin = batch.origins[near.query];
    const Evidence evidence{SignalKind::kPdq, near.distance, origin.orientation, origin.picture,
                            origin.inverted};
    std::vector<Evidence>& held = found[origin.item][EntryId{near.key}];
    if (held.empty())
      held.push_back(evidence);
    else if (is_stronger(evidence, held.front(), items[origin.item]))
      held.front() = evidence;
  }
  for (size_t i = 0; i < items.size(); ++i)
    for (const ItemQuery::Exact& exact : items[i].exact)
      found[i][exact.entry].push_back({exact.kind, Distance{0}, Dihedral::kOriginal, 0, false});

  std::vector<std::vector<Match>> matches(items.size());
  const uint64_t rows = index.size();
  for (size_t i = 0; i < items.size(); ++i) {
    for (auto& [entry, evidence] : found[i])
      matches[i].push_back(
          judge(entry, std::move(evidence), items[i], rows, batch.hashes_of_item[i]));
    std::stable_sort(matches[i].begin(), matches[i].end(),
                     [](const Match& a, const Match& b) { return a.score > b.score; });
  }
  return matches;
}

double expected_false_alarms(Distance distance, uint64_t rows, uint64_t queries, int bits) {
  // P(X <= d) of the binomial, summed from the smallest term up.
  double term = std::exp2(-bits);
  double sum = term;
  for (int k = 1; k <= std::min<int>(distance.bits, bits); ++k) {
    term *= static_cast<double>(bits - k + 1) / k;
    sum += term;
  }
  return std::min(sum, 1.0) * static_cast<double>(std::max<uint64_t>(rows, 1)) *
         static_cast<double>(std::max<uint64_t>(queries, 1));
}

}  // namespace weir
