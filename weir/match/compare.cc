// SPDX-License-Identifier: Apache-2.0
#include "weir/match/compare.h"

#include <algorithm>
#include <cmath>

#include "weir/hash/features/local_features.h"
#include "weir/match/hashes/hash_match.h"
#include "weir/match/pictures/picture_pair.h"
#include "weir/match/videos/video_match.h"
#include "weir/signal/turned.h"

namespace weir {
namespace {

// Constants: kMostFalseAlarms is the limit of a match of decision 0085, which decision 0082 takes
// for comparisons, too; kChances counts the two ways in which each pair is tried.
constexpr double kChances = 2;  // upright and mirrored
constexpr double kMostFalseAlarms = 1e-3;

SignalComparison compare_digest(SignalKind kind, bool equal) {
  SignalComparison row;
  row.kind = kind;
  row.agrees = equal;
  return row;
}

using Pictures = std::vector<PictureHash>;

SignalComparison compare_pdq(const Pictures& a, const Pictures& b) {
  SignalComparison best;
  best.kind = SignalKind::kPdq;
  best.matchable = false;
  best.distance = Distance{256};
  int bits = kPdqBits;
  for (const PictureHash& of_a : a) {
    for (const PictureHash& of_b : b) {
      const bool matchable =
          of_a.quality >= kPdqMatchableQuality && of_b.quality >= kPdqMatchableQuality;
      for (size_t d = 0; d < kDihedrals; ++d) {
        const Distance apart = distance(of_a.dihedral[d], of_b.dihedral[0]);
        const bool better = matchable != best.matchable ? matchable : apart < best.distance;
        if (!better) continue;
        best.matchable = matchable;
        best.distance = apart;
        bits = std::min(of_a.information, of_b.information);
        best.orientation = static_cast<Dihedral>(d);
        best.region_a = of_a.region;
        best.region_b = of_b.region;
      }
    }
  }
  best.agrees = best.matchable && best.distance <= kPdqMatchRadius &&
                expected_false_alarms(best.distance, 1, kDihedrals, bits) <= kMostFalseAlarms;
  return best;
}

void compare_features(const PictureFeatures& a, const PictureFeatures& b, double pdq_bits,
                      Comparison& out) {
  std::vector<LocalFeature> turned_over;
  turned_over.reserve(a.features.size());
  for (const LocalFeature& feature : a.features) turned_over.push_back(mirrored(feature));
  AlignOptions options;
  options.item_mirrored = turned_over;
  PicturePair pair = compare_pictures(a, b, options, pdq_bits);
  if (pair.shared.regions.empty() ||
      std::log10(kChances) + pair.log10_nfa > std::log10(kMostFalseAlarms))
    return;
  out.other_moment = pair.verdict != Verdict::kCopy && is_other_moment(pair.odds);
  out.judged = Judged{pair.shared.terms, pair.odds};
  out.regions = std::move(pair.shared.regions);
}

// Takes B for an archive of one video, and asks it about A.
Result<std::vector<VideoMatch>> compare_tracks(const VideoTrack& a, const VideoTrack& b) {
  constexpr EntryId kOnly{1};
  VideoIndex index;
  TRY(index.add(kOnly, b, false));
  const KnownTracks known = [&](EntryId) -> Result<std::optional<VideoTrack>> {
    return std::optional(b);
  };
  return match_video(a, index, known, {});
}

}  // namespace

Result<Comparison> compare_items(const ItemSignals& a, const ItemSignals& b) {
  Comparison out;
  for (const SignalKind kind : digest_kinds())
    if (const auto of_a = value_of(a.signals, kind); !of_a.empty())
      out.signals.push_back(
          compare_digest(kind, std::ranges::equal(of_a, value_of(b.signals, kind))));
  const Pictures pictures_a = pictures_turned(a.signals), pictures_b = pictures_turned(b.signals);
  double pdq_bits = kNoHash;
  if (!pictures_a.empty() && !pictures_b.empty()) {
    out.signals.push_back(compare_pdq(pictures_a, pictures_b));
    if (out.signals.back().agrees) pdq_bits = out.signals.back().distance.bits;
  }
  compare_features(TRY(features_of(a.signals)), TRY(features_of(b.signals)), pdq_bits, out);
  if (a.is_video() && b.is_video()) {
    for (VideoMatch& match :
         TRY(compare_tracks(TRY(track_of(a.signals)), TRY(track_of(b.signals))))) {
      out.segments = std::move(match.segments);
      out.segments_false_alarms = match.expected_false_alarms;
    }
  }
  for (const SignalComparison& row : out.signals)
    out.match |= row.agrees && !(out.other_moment && row.kind == SignalKind::kPdq);
  for (const SharedSegment& segment : out.segments) out.match |= segment.verdict == Verdict::kCopy;
  for (const SharedRegion& region : out.regions) out.match |= region.verdict == Verdict::kCopy;
  return out;
}

}  // namespace weir
