// SPDX-License-Identifier: Apache-2.0
#include "server/flow/shapes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "server/exchange/signal_text.h"
#include "weir/base/hex.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

Json shape_of_rect(const Rect& r) {
  return Json::array({r.x, r.y, r.width, r.height});
}

Json shape_of_labels(const Labels& labels) {
  Json json = Json::object();
  for (const auto& [key, text] : labels) json[key] = text;
  return json;
}

double seconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1e6;
}

// Rounded to thousandths: what lies beyond means nothing.
double milli(double number) {
  return std::round(number * 1000) / 1000;
}

std::string_view name_of(Added added) {
  switch (added) {
    case Added::kNew:
      return "new";
    case Added::kPresent:
      return "present";
    case Added::kRetired:
      return "retired";
  }
  return "present";
}

Error misplaced(const std::string& what) {
  return {ErrorCode::kInvalid, what};
}

}  // namespace

Json shape_of(const Error& error) {
  return {{"code", name_of(error.code)}, {"message", to_utf8(error.message)}};
}

// The signature of a video has 260 KB, so that only its size is said; `weir export` gives it whole.
Json shape_of(const Signal& signal) {
  Json json{{"kind", name_of(signal.kind)}};
  if (signal.kind == SignalKind::kTmk)
    json["bytes"] = signal.value.size();
  else
    json["value"] = signal_text(signal);
  if (signal.quality) json["quality"] = *signal.quality;
  if (signal.region) json["region"] = shape_of_rect(*signal.region);
  if (signal.time) json["time_s"] = seconds(*signal.time);
  return json;
}

Json shape_of(const Bank& bank) {
  return {{"name", bank.name},          {"description", bank.description},
          {"kind", name_of(bank.kind)}, {"state", name_of(bank.state)},
          {"entries", bank.entries},    {"created", format_time(bank.created)}};
}

Json shape_of(const Entry& entry) {
  Json json{{"id", entry.id.value}, {"bank", entry.bank_name},
            {"name", entry.name},   {"state", name_of(entry.state)},
            {"media", entry.media}, {"created", format_time(entry.created)}};
  if (has_own(entry, SignalKind::kTrack)) json["duration_s"] = milli(seconds(entry.duration));
  json["signals"] = Json::array();
  for (const Signal& signal : entry.signals) json["signals"].push_back(shape_of(signal));
  json["labels"] = shape_of_labels(entry.labels);
  json["provenance"] = shape_of_labels(entry.provenance);
  return json;
}

Json shape_of(const ItemSignals& item) {
  Json json{{"media", item.media}, {"format", item.format}, {"bytes", item.bytes}};
  for (const Signal& signal : item.signals)
    if (is_digest(signal.kind)) json[std::string(name_of(signal.kind))] = value_hex(signal);
  json["width"] = item.width;
  json["height"] = item.height;
  if (item.is_video()) {
    json["codec"] = item.codec;
    json["duration_s"] = milli(seconds(item.duration));
    json["frames_a_second"] = item.frames_a_second;
    json["has_audio"] = item.has_audio;
  }
  if (item.frames > 1) json["frames"] = item.frames;
  json["signals"] = Json::array();
  const Rect whole{0, 0, item.width, item.height};
  for (Signal& signal : exchanged_of(item.signals)) {
    if (is_digest(signal.kind)) continue;
    if (signal.region == whole) signal.region.reset();
    json["signals"].push_back(shape_of(signal));
  }
  if (!item.note.empty()) json["notes"] = Json::array({item.note});
  return json;
}

Json shape_of(const SharedRegion& region) {
  Json outline = Json::array();
  for (const Point& corner : region.outline)
    outline.push_back(Json::array({std::round(corner.x), std::round(corner.y)}));
  return {{"kind", name_of(SignalKind::kFeatures)},
          {"inliers", region.inliers.size()},
          {"agreeing", std::round(region.agreeing * 1000) / 1000},
          {"differing", std::round(region.differing * 1000) / 1000},
          {"verdict", name_of(region.verdict)},
          {"mirrored", region.mirrored},
          {"transform", in_words(region)},
          {"outline", std::move(outline)}};
}

Json shape_of(const Judged& judged) {
  Json terms = Json::array();
  for (const Term term : by_weight(judged.odds)) {
    const CopyOdds::Added& added = judged.odds.added[static_cast<size_t>(term)];
    terms.push_back({{"name", name_of(term)},
                     {"value", milli(judged.terms[term])},
                     {"element", milli(added.element)},
                     {"moment", milli(added.moment)}});
  }
  return {{"log_odds", milli(judged.odds.log_odds)},
          {"element", milli(judged.odds.element)},
          {"moment", milli(judged.odds.moment)},
          {"terms", std::move(terms)}};
}

Json shape_of(const SharedSegment& segment) {
  const auto span = [](std::chrono::microseconds from, std::chrono::microseconds to) {
    return Json::array({milli(seconds(from)), milli(seconds(to))});
  };
  Json json{{"item", span(segment.item_from, segment.item_to)},
            {"entry", span(segment.entry_from, segment.entry_to)},
            {"speed", milli(segment.speed)},
            {"mirrored", segment.mirrored}};
  if (segment.is_still) json["still"] = true;
  return json;
}

Json shape_of(const KnownMatch& known) {
  const Match& match = known.match;
  Json json{
      {"bank", known.entry.bank_name}, {"entry", known.entry.id.value},
      {"name", known.entry.name},      {"kind", name_of(match.kind)},
      {"score", match.score},          {"expected_false_alarms", match.expected_false_alarms}};
  if (known.place.coverage) json["coverage"] = milli(*known.place.coverage);
  if (known.place.item_region || known.place.entry_region) {
    Json region = Json::object();
    if (known.place.item_region) region["item"] = shape_of_rect(*known.place.item_region);
    if (known.place.entry_region) region["entry"] = shape_of_rect(*known.place.entry_region);
    json["region"] = std::move(region);
  }
  if (!match.segments.empty()) {
    json["segments"] = Json::array();
    for (const SharedSegment& segment : match.segments)
      json["segments"].push_back(shape_of(segment));
  }
  if (match.regions.size() > 1) {
    json["regions"] = Json::array();
    for (const SharedRegion& region : match.regions)
      json["regions"].push_back({{"item", shape_of_rect(region.item_region)},
                                 {"entry", shape_of_rect(region.entry_region)}});
  }
  json["evidence"] = Json::array();
  for (const Evidence& evidence : match.evidence) {
    Json one{{"kind", name_of(evidence.kind)}, {"distance", evidence.distance.bits}};
    if (evidence.kind == SignalKind::kPdq) one["orientation"] = name_of(evidence.orientation);
    if (evidence.inverted) one["inverted"] = true;
    json["evidence"].push_back(std::move(one));
  }
  for (const SharedRegion& region : match.regions) json["evidence"].push_back(shape_of(region));
  if (known.match.judged) json["odds"] = shape_of(*known.match.judged);
  if (match.vpdq)
    json["evidence"].push_back({{"kind", name_of(SignalKind::kVpdq)},
                                {"item_share", milli(match.vpdq->item)},
                                {"entry_share", milli(match.vpdq->entry)},
                                {"item_hashes", match.vpdq->item_hashes},
                                {"entry_hashes", match.vpdq->entry_hashes}});
  if (match.tmk)
    json["evidence"].push_back({{"kind", name_of(SignalKind::kTmk)},
                                {"level_1", milli(match.tmk->level_1)},
                                {"level_2", milli(match.tmk->level_2)}});
  return json;
}

Json shape_of(const ItemReport& report) {
  Json json = Json::object();
  if (!report.media.empty()) json["media"] = report.media;
  if (report.media == "video") {
    json["duration_s"] = milli(seconds(report.duration));
    if (report.coverage) json["coverage"] = milli(*report.coverage);
  }
  json["matches"] = Json::array();
  for (const KnownMatch& known : report.matches) json["matches"].push_back(shape_of(known));
  if (!report.notes.empty()) json["notes"] = report.notes;
  return json;
}

Json shape_of(const AddedItem& added) {
  Json json{{"status", name_of(added.added)}};
  json.update(shape_of(added.entry));
  return json;
}

Result<std::vector<Signal>> signals_from(const Json& json) {
  if (!json.is_array()) return misplaced("\"signals\" must be an array of objects");
  std::vector<Signal> signals;
  for (size_t i = 0; i < json.size(); ++i) {
    const std::string place = "signals[" + std::to_string(i) + "]";
    const Json& one = json[i];
    if (!one.is_object() || !one.contains("kind") || !one["kind"].is_string() ||
        !one.contains("value") || !one["value"].is_string())
      return misplaced(place + " must be an object with the strings \"kind\" and \"value\"");
    const auto kind = parse_signal_kind(one["kind"].get_ref<const std::string&>());
    if (!kind) return misplaced(place + ": " + kind.error().message);
    auto signal = parse_signal_text(*kind, one["value"].get_ref<const std::string&>());
    if (!signal) return misplaced(place + ": " + signal.error().message);
    if (one.contains("quality")) {
      const Json& quality = one["quality"];
      if (!quality.is_number_integer() || quality < 0 || quality > 100)
        return misplaced(place + ": \"quality\" must be a whole number from 0 to 100");
      signal->quality = quality.get<int>();
    }
    signals.push_back(std::move(*signal));
  }
  return signals;
}

Result<Labels> labels_from(const Json& json) {
  if (!json.is_object()) return misplaced("labels must be an object of strings");
  Labels labels;
  for (const auto& [key, text] : json.items()) {
    if (!text.is_string()) return misplaced("label " + key + " must be a string");
    labels[key] = text.get<std::string>();
  }
  return labels;
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace weir
