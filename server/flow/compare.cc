// SPDX-License-Identifier: Apache-2.0
#include "server/flow/compare.h"

namespace weir {
namespace {

SignalComparison compare_digest(SignalKind kind, bool equal) {
  SignalComparison row;
  row.kind = kind;
  row.agrees = equal;
  return row;
}

SignalComparison compare_pdq(const ItemSignals& a, const ItemSignals& b) {
  SignalComparison best;
  best.kind = SignalKind::kPdq;
  best.matchable = false;
  best.distance = Distance{256};
  for (const PictureHash& of_a : a.pictures) {
    for (const PictureHash& of_b : b.pictures) {
      const bool matchable =
          of_a.quality >= kPdqMatchableQuality && of_b.quality >= kPdqMatchableQuality;
      for (size_t d = 0; d < kDihedrals; ++d) {
        const Distance apart = distance(of_a.dihedral[d], of_b.dihedral[0]);
        const bool better = matchable != best.matchable ? matchable : apart < best.distance;
        if (!better) continue;
        best.matchable = matchable;
        best.distance = apart;
        best.orientation = static_cast<Dihedral>(d);
        best.region_a = of_a.region;
        best.region_b = of_b.region;
      }
    }
  }
  best.agrees = best.matchable && best.distance <= kPdqMatchRadius;
  return best;
}

}  // namespace

Comparison compare_items(const ItemSignals& a, const ItemSignals& b) {
  Comparison out;
  out.signals.push_back(compare_digest(SignalKind::kSha256, a.sha256 == b.sha256));
  out.signals.push_back(compare_digest(SignalKind::kMd5, a.md5 == b.md5));
  if (!a.pictures.empty() && !b.pictures.empty()) out.signals.push_back(compare_pdq(a, b));
  for (const SignalComparison& row : out.signals) out.match |= row.agrees;
  return out;
}

Json shape_of(const Comparison& comparison) {
  auto rect = [](const Rect& r) { return Json::array({r.x, r.y, r.width, r.height}); };
  Json json{{"match", comparison.match}, {"signals", Json::array()}};
  for (const SignalComparison& row : comparison.signals) {
    Json one{{"kind", name_of(row.kind)}, {"agrees", row.agrees}};
    if (row.kind == SignalKind::kPdq) {
      one["distance"] = row.distance.bits;
      one["orientation"] = name_of(row.orientation);
      one["region"] = {{"a", rect(row.region_a)}, {"b", rect(row.region_b)}};
      if (!row.matchable) one["note"] = "quality below 50: too little detail to be matched by pdq";
    }
    json["signals"].push_back(std::move(one));
  }
  return json;
}

}  // namespace weir
