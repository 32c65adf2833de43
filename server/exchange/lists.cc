// SPDX-License-Identifier: Apache-2.0
#include "server/exchange/lists.h"

#include <istream>
#include <utility>
#include <vector>

#include "server/exchange/line_reader.h"
#include "server/exchange/list_formats.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\v\f") == std::string_view::npos;
}

// What no format allows.
Status check_text(const LineReader::Line& line) {
  if (line.too_long)
    return Error{ErrorCode::kLimit,
                 "the line is longer than " + std::to_string(kListLineBytes) + " bytes"};
  if (line.text.find('\0') != std::string_view::npos)
    return Error{ErrorCode::kInvalid, "the line holds a zero byte; lists are text"};
  if (!is_utf8(line.text))
    return Error{ErrorCode::kInvalid, "the line is not UTF-8; save the list as UTF-8"};
  return {};
}

// The state between lines.
struct Parsing {
  ListFormat format;
  std::optional<SignalKind> kind;
  CsvColumns columns{};
  JsonLineParser json{};

  Result<Entry> parse_form(std::string_view text) {
    switch (format) {
      case ListFormat::kPlain:
        return parse_plain_line(text, kind);
      case ListFormat::kCsv:
        return parse_csv_line(text, columns);
      case ListFormat::kJsonl:
        return json.parse(text);
      case ListFormat::kVpdq:
      case ListFormat::kTmk:
        break;  // not read by lines
    }
    return Error{ErrorCode::kInvalid, "unknown list format"};
  }

  Result<Entry> parse(const LineReader::Line& line) {
    TRY(check_text(line));
    Entry entry = TRY(parse_form(line.text));
    TRY(check_entry(entry));
    return entry;
  }
};

// 64 digits that nobody named are a PDQ or a SHA-256. Half of the bits of a PDQ are set, 128, since
// each says on which side of their median something lies: so are 99 in 100 published ones, and one
// SHA-256 in twenty. The first lines of a list are held back until they tell by majority.
class UnnamedHashes {
 public:
  UnnamedHashes(bool looks, const std::function<Status(ListLine)>& take)
      : take_(take), is_decided_(!looks) {}

  Status take(ListLine line, std::string_view text) {
    const bool is_unnamed = line.entry && line.entry->signals.size() == 1 &&
                            line.entry->signals[0].kind == SignalKind::kPdq &&
                            !names_its_kind(text);
    if (is_decided_) return hand_on({std::move(line), is_unnamed});
    if (is_unnamed) {
      ++seen_;
      halves_ += distance(as_hash256(line.entry->signals[0]), Hash256{}).bits == kPdqBits / 2;
    }
    held_.push_back({std::move(line), is_unnamed});
    return held_.size() < kHeld ? Status{} : finish();
  }

  Status finish() {
    is_decided_ = true;
    are_digests_ = 2 * halves_ < seen_;
    for (Held& one : std::exchange(held_, {})) TRY(hand_on(std::move(one)));
    return {};
  }

 private:
  static constexpr size_t kHeld = 64;  // lines
  struct Held {
    ListLine line;
    bool is_unnamed = false;
  };

  Status hand_on(Held one) {
    if (are_digests_ && one.is_unnamed)
      one.line.entry = Error{
          ErrorCode::kInvalid,
          "64 hex digits, and the bits of this list's are set as those of a SHA-256 are, not of a "
          "PDQ: say which with --kind sha256 or --kind pdq"};
    return take_(std::move(one.line));
  }

  const std::function<Status(ListLine)>& take_;
  std::vector<Held> held_;
  size_t seen_ = 0, halves_ = 0;
  bool is_decided_, are_digests_ = false;
};

Result<CsvColumns> read_header(LineReader& reader) {
  LineReader::Line line;
  while (TRY(reader.next(line))) {
    TRY(check_text(line));
    if (!is_blank(line.text)) return parse_csv_header(line.text);
  }
  return parse_csv_header("");
}

}  // namespace

std::string_view name_of(ListFormat format) {
  switch (format) {
    case ListFormat::kPlain:
      return "plain";
    case ListFormat::kCsv:
      return "csv";
    case ListFormat::kJsonl:
      return "jsonl";
    case ListFormat::kVpdq:
      return name_of(SignalKind::kVpdq);
    case ListFormat::kTmk:
      return name_of(SignalKind::kTmk);
  }
  return "unknown";
}

Result<ListFormat> parse_list_format(std::string_view name) {
  for (const ListFormat format : {ListFormat::kPlain, ListFormat::kCsv, ListFormat::kJsonl,
                                  ListFormat::kVpdq, ListFormat::kTmk})
    if (name_of(format) == name) return format;
  return Error{ErrorCode::kInvalid, "unknown list format; known are plain, csv, jsonl, vpdq, tmk"};
}

Status read_list(std::istream& in, ListFormat format, std::optional<SignalKind> kind,
                 const std::function<Status(ListLine)>& take) {
  const auto checked = [&](ListLine line) -> Status {
    if (line.entry)
      if (const Status good = check_entry(*line.entry); !good) line.entry = good.error();
    return take(std::move(line));
  };
  if (format == ListFormat::kVpdq) return read_vpdq_file(in, checked);
  if (format == ListFormat::kTmk) return read_tmk_file(in, checked);
  LineReader reader(in, kListLineBytes, kLinePadding);
  Parsing parsing{.format = format, .kind = kind};
  if (format == ListFormat::kCsv) parsing.columns = TRY(read_header(reader));
  UnnamedHashes unnamed(format == ListFormat::kPlain && !kind, take);
  LineReader::Line line;
  while (TRY(reader.next(line))) {
    if (!line.too_long) {
      if (is_blank(line.text)) continue;
      if (format == ListFormat::kPlain && line.text.front() == '#') continue;
    }
    TRY(unnamed.take({line.number, parsing.parse(line)}, line.text));
  }
  return unnamed.finish();
}

std::string write_list_entry(const Entry& entry, ListFormat format, std::string_view collab) {
  switch (format) {
    case ListFormat::kPlain:
      return write_plain_entry(entry);
    case ListFormat::kCsv:
      return write_csv_entry(entry, collab);
    case ListFormat::kJsonl:
      return write_json_entry(entry);
    case ListFormat::kVpdq:
      return write_vpdq_entry(entry);
    case ListFormat::kTmk:
      return "";
  }
  return "";
}

std::string list_header(ListFormat format) {
  return format == ListFormat::kCsv ? csv_header() : "";
}

}  // namespace weir
