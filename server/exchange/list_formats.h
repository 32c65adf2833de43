// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/exchange/lists.h"
#include "server/rules/bank.h"
#include "weir/base/result.h"

// One line of each list format, read and written; lists.h is the door to these.
namespace weir {

// What the line reader keeps readable behind each line: simdjson reads that far.
constexpr size_t kLinePadding = 64;

// Whether a line says what kind its hash is, as "pdq HEX" does.
bool names_its_kind(std::string_view text);

// `text` is not blank. Errors: invalid.
Result<Entry> parse_plain_line(std::string_view text, std::optional<SignalKind> kind);
std::string write_plain_entry(const Entry& entry);

// Which column of a row holds what.
struct CsvColumns {
  std::array<std::optional<size_t>, 5> at;  // by CsvColumn
  size_t count = 0;
};
enum CsvColumn : size_t { kSignalType, kSignalText, kCollab, kCategory, kTags };
Result<CsvColumns> parse_csv_header(std::string_view text);  // Errors: invalid, naming the column
Result<Entry> parse_csv_line(std::string_view text, const CsvColumns& columns);
std::string write_csv_entry(const Entry& entry, std::string_view collab);
std::string csv_header();

// Keeps simdjson's working memory from line to line.
class JsonLineParser {
 public:
  JsonLineParser();
  ~JsonLineParser();
  // Precondition: kLinePadding bytes behind `text` are readable. Errors: invalid, naming the field.
  Result<Entry> parse(std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
std::string write_json_entry(const Entry& entry);

// Files of one video: the whole stream, with the errors of read_list().
constexpr size_t kVpdqFileBytes = 32 << 20;
constexpr size_t kTmkFileBytes = 8 << 20;  // twice what the largest that read_tmk() takes has
Status read_vpdq_file(std::istream& in, const std::function<Status(ListLine)>& take);
Status read_tmk_file(std::istream& in, const std::function<Status(ListLine)>& take);
std::string write_vpdq_entry(const Entry& entry);

}  // namespace weir
