// SPDX-License-Identifier: Apache-2.0
#include "server/flow/compare.h"

#include "weir/hash/features/local_features.h"

namespace weir {
namespace {

Json shape_of(const Rect& r) {
  return Json::array({r.x, r.y, r.width, r.height});
}

Json shape_of_region(const SharedRegion& region) {
  Json json{
      {"region", {{"a", shape_of(region.item_region)}, {"b", shape_of(region.entry_region)}}}};
  json.update(weir::shape_of(region));
  json.erase("kind");
  return json;
}

}  // namespace

WantsToCompare wants_to_compare() {
  WantsToCompare wants;
  for (DecodeWants* one : {&wants.a, &wants.b}) {
    one->kinds = digest_kinds();
    one->kinds.insert(one->kinds.end(), {SignalKind::kPdq, SignalKind::kPdqTurned,
                                         SignalKind::kFeatures, SignalKind::kTrack});
  }
  wants.a.features = kItemFeatures;
  wants.a.framed = true;
  wants.b.features = kEntryFeatures;
  wants.a.track = kItemTrack;
  wants.b.track = kEntryTrack;
  return wants;
}

Json shape_of(const Comparison& comparison) {
  Json json{{"match", comparison.match}, {"signals", Json::array()}};
  if (comparison.other_moment) json["other_moment"] = true;
  for (const SignalComparison& row : comparison.signals) {
    Json one{{"kind", name_of(row.kind)}, {"agrees", row.agrees}};
    if (row.kind == SignalKind::kPdq) {
      one["distance"] = row.distance.bits;
      one["orientation"] = name_of(row.orientation);
      one["region"] = {{"a", shape_of(row.region_a)}, {"b", shape_of(row.region_b)}};
      if (!row.matchable) one["note"] = "quality below 50: too little detail to be matched by pdq";
    }
    json["signals"].push_back(std::move(one));
  }
  json["regions"] = Json::array();
  for (const SharedRegion& region : comparison.regions)
    json["regions"].push_back(shape_of_region(region));
  if (comparison.judged) json["odds"] = shape_of(*comparison.judged);
  if (!comparison.segments.empty()) {
    json["segments"] = Json::array();
    for (const SharedSegment& segment : comparison.segments) {
      Json one{{"a", Json()}, {"b", Json()}};
      const Json shape = weir::shape_of(segment);
      one["a"] = shape["item"];
      one["b"] = shape["entry"];
      one["speed"] = shape["speed"];
      one["mirrored"] = shape["mirrored"];
      if (shape.contains("still")) one["still"] = shape["still"];
      one["verdict"] = name_of(segment.verdict);
      json["segments"].push_back(std::move(one));
    }
    json["expected_false_alarms"] = comparison.segments_false_alarms;
  }
  return json;
}

}  // namespace weir
