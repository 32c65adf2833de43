// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/exchange/line_reader.h"
#include "server/exchange/list_formats.h"
#include "server/exchange/signal_text.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

constexpr std::array<std::string_view, 5> kColumnNames{"signal_type", "signal_str", "collab",
                                                       "category", "tags"};
constexpr std::string_view kPositive = "POSITIVE_CLASS";
constexpr std::string_view kNegative = "NEGATIVE_CLASS";

// python-threatexchange's names of signal types: those of the kinds whose values are text, and
// digests of videos with this before them.
constexpr std::string_view kVideoPrefix = "video_";

struct Type {
  SignalKind kind;
  std::string_view media;
};

// A word of a foreign line, fit for a message.
std::string quoted(std::string_view word) {
  constexpr size_t kShownBytes = 48;
  std::string text = "\"";
  text += printable(word.substr(0, kShownBytes));
  if (word.size() > kShownBytes) text += "...";
  text += '"';
  return text;
}

// Fields of one row. Errors: invalid when a quote is not closed, or stands where it may not, or
// there are more than `most` fields.
Result<std::vector<std::string>> split_row(std::string_view text, size_t most) {
  std::vector<std::string> fields(1);
  size_t i = 0;
  while (true) {
    std::string& field = fields.back();
    if (i < text.size() && text[i] == '"') {
      for (++i;; ++i) {
        const size_t end = text.find('"', i);
        if (end == std::string_view::npos)
          return invalid("a quote is not closed before the end of the line");
        field += text.substr(i, end - i);
        i = end + 1;
        if (i == text.size() || text[i] != '"') break;
        field += '"';
      }
      if (i < text.size() && text[i] != ',')
        return invalid("a closing quote must be followed by a comma or the end of the line");
    } else {
      const size_t end = std::min(text.find(',', i), text.size());
      field = text.substr(i, end - i);
      if (field.find('"') != std::string::npos)
        return invalid("a quote stands within a field that does not begin with one");
      i = end;
    }
    if (i == text.size()) return fields;
    ++i;  // the comma
    if (fields.size() == most) return invalid("more than " + std::to_string(most) + " fields");
    fields.emplace_back();
  }
}

std::string name_of_type(const Type& type) {
  return std::string(is_digest(type.kind) && !type.media.empty() ? kVideoPrefix : "") +
         std::string(name_of(type.kind));
}

Result<Type> parse_type(std::string_view name) {
  std::string known;
  for (const SignalKind kind : text_kinds()) {
    for (const std::string_view media : {std::string_view(), std::string_view("video")}) {
      if (!media.empty() && !is_digest(kind)) continue;
      const std::string one = name_of_type({kind, media});
      const bool is_of_video = row_of(kind).of == SignalOf::kVideo;
      if (one == name) return Type{kind, is_of_video ? "video" : media};
      known += (known.empty() ? "" : ", ") + one;
    }
  }
  return invalid("signal type " + quoted(name) + " is not supported; supported are " + known);
}

// Tags in the order given, each once, a space between.
std::string normal_tags(std::string_view text) {
  std::vector<std::string_view> tags;
  while (true) {
    text = trim(text);
    if (text.empty()) break;
    const size_t end = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view tag = text.substr(0, end);
    if (std::find(tags.begin(), tags.end(), tag) == tags.end() && tags.size() < kLabelValueBytes)
      tags.push_back(tag);
    text.remove_prefix(end);
  }
  std::string joined;
  for (const std::string_view tag : tags) {
    if (!joined.empty()) joined += ' ';
    joined += tag;
  }
  return joined;
}

// A spreadsheet takes a field that begins with one of these for a formula, and runs it.
constexpr std::string_view kBeginsFormula = "=+-@\t";

// An apostrophe before it makes it text. It is taken away again when the list is read, so one that
// stood there gets another.
bool has_guard(std::string_view text) {
  return text.size() > 1 && text[0] == '\'' &&
         (text[1] == '\'' || kBeginsFormula.find(text[1]) != text.npos);
}

std::string_view without_guard(std::string_view text) {
  return has_guard(text) ? text.substr(1) : text;
}

std::string quote_field(std::string_view text) {
  std::string field;
  bool needs_quotes = false;
  const bool is_formula = !text.empty() && kBeginsFormula.find(text[0]) != text.npos;
  if (is_formula || has_guard(text)) field += '\'';
  for (const char c : text) {
    if (c == '"') field += '"';
    // A line end would split the row for readers that go line by line, as ours does.
    field += c == '\n' || c == '\r' ? ' ' : c;
    needs_quotes = needs_quotes || c == '"' || c == ',' || c == ' ';
  }
  if (!needs_quotes) return field;
  field.insert(field.begin(), '"');
  field += '"';
  return field;
}

std::string_view value_or(const Labels& pairs, const std::string& key, std::string_view otherwise) {
  const auto found = pairs.find(key);
  return found == pairs.end() ? otherwise : std::string_view(found->second);
}

}  // namespace

std::string csv_header() {
  std::string header;
  for (const std::string_view name : kColumnNames) {
    if (!header.empty()) header += ',';
    header += name;
  }
  header += '\n';
  return header;
}

Result<CsvColumns> parse_csv_header(std::string_view text) {
  std::string expected = csv_header();
  expected.pop_back();
  expected.insert(0, "expected the header ");
  const auto fields = split_row(text, kColumnNames.size());
  if (!fields) return invalid(expected + "; " + fields.error().message);
  CsvColumns columns;
  columns.count = fields->size();
  for (size_t i = 0; i < fields->size(); ++i) {
    const auto name = std::find(kColumnNames.begin(), kColumnNames.end(), trim((*fields)[i]));
    if (name == kColumnNames.end())
      return invalid(expected + "; found the column " + quoted((*fields)[i]));
    auto& at = columns.at[static_cast<size_t>(name - kColumnNames.begin())];
    if (at) return invalid(expected + "; the column " + quoted((*fields)[i]) + " stands twice");
    at = i;
  }
  if (!columns.at[kSignalType] || !columns.at[kSignalText])
    return invalid(expected + "; signal_type and signal_str must be there");
  return columns;
}

Result<Entry> parse_csv_line(std::string_view text, const CsvColumns& columns) {
  const std::vector<std::string> fields = TRY(split_row(text, columns.count));
  if (fields.size() != columns.count)
    return invalid("expected " + std::to_string(columns.count) + " fields, found " +
                   std::to_string(fields.size()));
  const auto field = [&](CsvColumn column) -> std::string_view {
    return columns.at[column] ? without_guard(trim(fields[*columns.at[column]]))
                              : std::string_view();
  };

  const Type type = TRY(parse_type(field(kSignalType)));
  Entry entry;
  entry.media = type.media;
  entry.signals.push_back(TRY(parse_signal_text(type.kind, field(kSignalText))));
  if (!field(kCollab).empty()) entry.provenance.emplace("collab", field(kCollab));
  if (!field(kCategory).empty()) entry.labels.emplace("category", field(kCategory));
  if (field(kCategory) == kNegative) entry.state = State::kRetired;
  if (std::string tags = normal_tags(field(kTags)); !tags.empty())
    entry.labels.emplace("tags", std::move(tags));
  return entry;
}

std::string write_csv_entry(const Entry& entry, std::string_view collab) {
  const std::string_view category = value_or(entry.labels, "category", kPositive);
  if (entry.state != State::kActive && category != kNegative) return "";
  if (collab.empty()) collab = value_or(entry.provenance, "collab", "");
  std::string rest;
  for (const std::string_view field : {collab, category, value_or(entry.labels, "tags", "")}) {
    rest += ',';
    rest += quote_field(field);
  }
  rest += '\n';
  std::string lines;
  for (const Signal& signal : entry.signals) {
    if (!is_matchable(signal) || !row_of(signal.kind).is_text) continue;
    lines += name_of_type({signal.kind, entry.media == "video" ? "video" : ""});
    lines += ',';
    lines += quote_field(signal_text(signal));
    lines += rest;
  }
  return lines;
}

}  // namespace weir
