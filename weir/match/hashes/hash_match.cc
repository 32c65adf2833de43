// SPDX-License-Identifier: Apache-2.0
//
// Finds the entries that have the digest of a file, or nearly the PDQ of a whole picture. Hashes of
// unrelated pictures differ in about half of their 256 bits, so two that differ in at most 31 are
// hardly an accident. Neighbours of all orientations of all pictures come from one search; for each
// item and entry the nearest one is the evidence. Digests that were found elsewhere join as
// evidence of their own.
//
// Example: a known photograph was mirrored and saved again. Of the 16 hashes that are asked for it
// (eight orientations, each also as a negative) one differs from the entry's by 12 bits. Among a
// million entries chance would do that 2e-50 times.
//
// Counter-example: a crop has another hash; it is not found here but in pictures/. A regular
// pattern proves nothing by its hash: bricks and a checkerboard can agree in all bits (decision
// 0014).
#include "weir/match/hashes/hash_match.h"

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

// Whether `a` is rarer by chance than `b`. Where the hash of a picture tells more, a greater
// distance may say as much.
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

// The chance that a digest of this kind agrees by accident with one of `entries` others. MD5
// collisions can be made on purpose; those are no accidents, and this number does not count them.
double digest_false_alarms(SignalKind kind, uint64_t entries) {
  const double bits = 8.0 * static_cast<double>(value_bytes(kind));
  return static_cast<double>(std::max<uint64_t>(entries, 1)) * std::exp2(-bits);
}

Match judge(EntryId entry, std::vector<Evidence> evidence, const ItemQuery& item, uint64_t rows,
            uint64_t queries) {
  Match match;
  match.entry = entry;
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

}  // namespace

Result<std::vector<Claims>> match_items(std::span<const ItemQuery> items,
                                        const HammingEdition& index, const MatchOptions& options) {
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
    for (const SameDigest& exact : items[i].exact)
      found[i][exact.entry].push_back({exact.kind, Distance{0}, Dihedral::kOriginal, 0, false});

  std::vector<Claims> matches(items.size());
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
