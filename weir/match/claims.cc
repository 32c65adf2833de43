// SPDX-License-Identifier: Apache-2.0
#include "weir/match/claims.h"

#include <algorithm>
#include <cmath>

namespace weir {
namespace {

// Finds the match of this entry, or adds one, and makes it at least as sure as the claim is.
Match& with_claim(Claims& claims, EntryId entry, MatchKind kind, double false_alarms) {
  auto same = std::find_if(claims.begin(), claims.end(),
                           [&](const Match& one) { return one.entry == entry; });
  if (same == claims.end()) {
    same = claims.emplace(claims.end());
    same->entry = entry;
    same->kind = kind;
    same->expected_false_alarms = false_alarms;
  }
  same->expected_false_alarms = std::min(same->expected_false_alarms, false_alarms);
  same->score = -std::log10(same->expected_false_alarms);
  return *same;
}

// The false alarms to be expected of a match of which both a hash and the pixels speak. They are no
// independent witnesses, so each counts by a share of its digits: the hash counts by how near it
// is, and counts alone where it is the same.
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

void sort_by_score(Claims& claims) {
  std::stable_sort(claims.begin(), claims.end(), [](const Match& a, const Match& b) {
    return std::tuple(-a.score, a.entry) < std::tuple(-b.score, b.entry);
  });
}

}  // namespace

Claims joined(Claims claims, std::vector<PictureMatch> pictures) {
  for (PictureMatch& picture : pictures) {
    const auto by_hash = std::find_if(claims.begin(), claims.end(),
                                      [&](const Match& one) { return one.entry == picture.entry; });
    const bool is_named = by_hash != claims.end();
    if (!is_named && !picture.is_reported) continue;
    const double by_hash_alone = is_named ? by_hash->expected_false_alarms : 1;
    Match& match =
        with_claim(claims, picture.entry, MatchKind::kImage, picture.expected_false_alarms);
    if (is_named && match.kind == MatchKind::kImage) {
      match.expected_false_alarms = by_both(by_hash_alone, picture);
      match.score = -std::log10(match.expected_false_alarms);
    }
    match.judged = Judged{picture.pair.shared.terms, picture.pair.odds};
    match.regions = std::move(picture.pair.shared.regions);
  }
  sort_by_score(claims);
  return claims;
}

// Seconds of a video say more than hashes of single frames do, so they give the match its kind.
Claims joined(Claims claims, std::vector<VideoMatch> videos, MatchKind kind) {
  for (VideoMatch& video : videos) {
    Match& match = with_claim(claims, video.entry, kind, video.expected_false_alarms);
    if (match.kind == MatchKind::kImage) match.kind = kind;
    if (!video.segments.empty()) match.segments = std::move(video.segments);
  }
  sort_by_score(claims);
  return claims;
}

}  // namespace weir
