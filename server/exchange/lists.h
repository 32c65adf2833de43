// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "server/rules/bank.h"
#include "weir/base/result.h"

namespace weir {

// Hash lists as files.
//   plain  one hash a line; the kind from `kind`, or told from the number of digits (64: pdq unless
//          said otherwise; 32: md5); "hash=HEX,rest" and "HEX,rest" of the PDQ tools are taken too
//   csv    header signal_type,signal_str,collab,category,tags (python-threatexchange `dataset --csv`)
//   jsonl  our own, one entry a line with all its signals, labels and provenance;
//          docs/formats/entries-jsonl.md
enum class ListFormat : uint8_t { kPlain, kCsv, kJsonl };
Result<ListFormat> parse_list_format(std::string_view name);  // Errors: invalid, naming them
std::string_view name_of(ListFormat format);

// One line read: an entry (bank not set), or why not.
struct ListLine {
  uint64_t line = 0;  // from 1
  Result<Entry> entry;
};

// Reads `in` to its end, a line at a time in bounded memory, calling `take` for each line that is not
// blank; a bad line is an error for that line alone. `take` may stop the reading with an Error, which
// is returned. Errors: invalid when the CSV header is wrong; corrupt when `in` cannot be read.
Status read_list(std::istream& in, ListFormat format, std::optional<SignalKind> kind,
                 const std::function<Status(ListLine)>& take);

// One entry as lines of a list, with the line ends; empty when it has nothing to say in this format.
// `collab` fills the CSV column of that name.
std::string write_list_entry(const Entry& entry, ListFormat format, std::string_view collab);
std::string list_header(ListFormat format);  // first line of a list; may be empty

}  // namespace weir
