// SPDX-License-Identifier: Apache-2.0
#include <simdjson.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "server/exchange/list_formats.h"
#include "server/exchange/signal_text.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

using simdjson::dom::element;

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

// An entry is an object of arrays of objects of arrays.
constexpr size_t kDepthMost = 8;

// A time above this many seconds, some 31 years, is no place in a medium.
constexpr double kTimeMost_s = 1e9;

Error unknown_field(std::string_view where, std::string_view key) {
  return invalid(std::string(where) + " has the field \"" + printable(key.substr(0, 48)) +
                 "\", which is not known");
}

Result<std::string_view> string_of(element value, std::string_view field) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    return invalid("\"" + std::string(field) + "\" must be a string");
  return text;
}

Result<int64_t> integer_of(element value, std::string_view field, int64_t most) {
  int64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS || number < 0 || number > most)
    return invalid("\"" + std::string(field) + "\" must be a whole number from 0 to " +
                   std::to_string(most));
  return number;
}

Result<Rect> region_of(element value) {
  constexpr int64_t kMost = std::numeric_limits<uint32_t>::max();
  simdjson::dom::array sides;
  if (value.get(sides) != simdjson::SUCCESS || sides.size() != 4)
    return invalid("\"region\" must be [x, y, width, height]");
  return Rect{
      .x = static_cast<uint32_t>(TRY(integer_of(sides.at(0).value_unsafe(), "region", kMost))),
      .y = static_cast<uint32_t>(TRY(integer_of(sides.at(1).value_unsafe(), "region", kMost))),
      .width = static_cast<uint32_t>(TRY(integer_of(sides.at(2).value_unsafe(), "region", kMost))),
      .height =
          static_cast<uint32_t>(TRY(integer_of(sides.at(3).value_unsafe(), "region", kMost)))};
}

// Microseconds are exact: a double holds every multiple of 1e-6 below the limit closely enough to
// be rounded back.
Result<std::chrono::microseconds> time_of(element value) {
  double seconds = 0;
  if (value.get(seconds) != simdjson::SUCCESS || !(seconds >= 0 && seconds <= kTimeMost_s))
    return invalid("\"time_s\" must be a number of seconds from 0 to 1000000000");
  return std::chrono::microseconds(std::llround(seconds * 1e6));
}

Result<Signal> signal_of(element value) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS)
    return invalid("each of \"signals\" must be an object");
  std::optional<std::string_view> kind;
  std::optional<std::string_view> hex;
  std::optional<int> quality;
  std::optional<Rect> region;
  std::optional<std::chrono::microseconds> time;
  for (const auto& [key, field] : object) {
    if (key == "kind")
      kind = TRY(string_of(field, key));
    else if (key == "value")
      hex = TRY(string_of(field, key));
    else if (key == "quality")
      quality = static_cast<int>(TRY(integer_of(field, key, 100)));
    else if (key == "region")
      region = TRY(region_of(field));
    else if (key == "time_s")
      time = TRY(time_of(field));
    else
      return unknown_field("a signal", key);
  }
  if (!kind || !hex) return invalid("a signal must have \"kind\" and \"value\"");
  Signal signal = TRY(parse_signal_text(TRY(parse_signal_kind(*kind)), *hex));
  signal.quality = quality;
  signal.region = region;
  signal.time = time;
  return signal;
}

Result<Labels> pairs_of(element value, std::string_view field) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS)
    return invalid("\"" + std::string(field) + "\" must be an object of strings");
  Labels pairs;
  for (const auto& [key, text] : object) {
    const std::string_view value_text = TRY(string_of(text, field));
    if (!pairs.emplace(key, value_text).second)
      return invalid("\"" + std::string(field) + "\" has a key twice");
    if (pairs.size() > kLabelsMost)
      return invalid("\"" + std::string(field) + "\" has more than " + std::to_string(kLabelsMost) +
                     " values");
  }
  return pairs;
}

Result<Entry> entry_of(const simdjson::dom::object& object) {
  Entry entry;
  for (const auto& [key, field] : object) {
    if (key == "name") {
      entry.name = TRY(string_of(field, key));
    } else if (key == "media") {
      entry.media = TRY(string_of(field, key));
    } else if (key == "state") {
      entry.state = TRY(parse_state(TRY(string_of(field, key))));
    } else if (key == "labels") {
      entry.labels = TRY(pairs_of(field, key));
    } else if (key == "provenance") {
      entry.provenance = TRY(pairs_of(field, key));
    } else if (key == "signals") {
      simdjson::dom::array signals;
      if (field.get(signals) != simdjson::SUCCESS) return invalid("\"signals\" must be an array");
      entry.signals.clear();
      for (const element signal : signals) entry.signals.push_back(TRY(signal_of(signal)));
    } else {
      return unknown_field("the entry", key);
    }
  }
  return entry;
}

}  // namespace

struct JsonLineParser::Impl {
  simdjson::dom::parser parser;
};

JsonLineParser::JsonLineParser() : impl_(std::make_unique<Impl>()) {}
JsonLineParser::~JsonLineParser() = default;

Result<Entry> JsonLineParser::parse(std::string_view text) {
  if (impl_->parser.max_depth() != kDepthMost || impl_->parser.capacity() < text.size()) {
    const size_t capacity = std::max<size_t>(text.size(), 4096);
    if (impl_->parser.allocate(capacity, kDepthMost) != simdjson::SUCCESS)
      return Error{ErrorCode::kUnavailable, "out of memory while reading JSON"};
  }
  element root;
  const auto failed = impl_->parser.parse(text.data(), text.size(), false).get(root);
  if (failed != simdjson::SUCCESS)
    return invalid("the line is not JSON: " + std::string(simdjson::error_message(failed)));
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS)
    return invalid("the line must be a JSON object, one entry");
  return entry_of(object);
}

std::string write_json_entry(const Entry& entry) {
  nlohmann::ordered_json json;
  json["name"] = entry.name;
  json["media"] = entry.media;
  json["state"] = name_of(entry.state);
  auto& signals = json["signals"] = nlohmann::ordered_json::array();
  for (const Signal& signal : entry.signals) {
    auto& row = signals.emplace_back();
    row["kind"] = name_of(signal.kind);
    row["value"] = value_hex(signal);
    if (signal.quality) row["quality"] = *signal.quality;
    if (signal.region)
      row["region"] = {signal.region->x, signal.region->y, signal.region->width,
                       signal.region->height};
    if (signal.time) row["time_s"] = static_cast<double>(signal.time->count()) / 1e6;
  }
  json["labels"] = entry.labels.empty() ? nlohmann::ordered_json::object()
                                        : nlohmann::ordered_json(entry.labels);
  json["provenance"] = entry.provenance.empty() ? nlohmann::ordered_json::object()
                                                : nlohmann::ordered_json(entry.provenance);
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace weir
