// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "server/rules/bank.h"
#include "weir/base/result.h"

namespace weir {

// Hash lists as files.
//   plain  one hash a line; the kind from `kind`, or told from the number of digits: 64 are pdq,
//          unless the bits of the first lines are set as no PDQ's are, and then such lines are
//          errors that ask for `kind`; 40 sha1; 32 md5. After the hash, a comma or blanks may be
//          followed by a name, as the PDQ tools ("hash=HEX,rest" too) and sha256sum write it;
//          "KIND HEX" is taken as well. Lines that begin with '#' are comments.
//   csv    header signal_type,signal_str,collab,category,tags (python-threatexchange `dataset
//   --csv`),
//          in any order, only the first two required. RFC 4180, except that a line end always ends
//          the row, so that one stray quote costs one line. Types pdq, vpdq, the digests, and those
//          with "video_" before them; category and tags become labels, collab provenance.
//          NEGATIVE_CLASS is someone's word that this is not to be matched: such a row is read as a
//          retired entry.
//   jsonl  our own, one entry a line with all its signals, labels and provenance;
//          docs/formats/entries-jsonl.md
//   vpdq   one video a file, as the C++ tools write it ("number,quality,hash,seconds" a line), or a
//          video a line, as python-threatexchange writes it (a JSON array of strings)
//   tmk    one video a file, binary: docs/formats/tmk.md
enum class ListFormat : uint8_t { kPlain, kCsv, kJsonl, kVpdq, kTmk };
Result<ListFormat> parse_list_format(std::string_view name);  // Errors: invalid, naming them
std::string_view name_of(ListFormat format);

// One line read: an entry (bank not set), or why not.
struct ListLine {
  uint64_t line = 0;  // from 1
  Result<Entry> entry;
};

// Longest line that is read, without its end; a longer one is a limit error for that line alone.
// A vpdq signal of a long video is one line.
constexpr size_t kListLineBytes = 16 << 20;

// Reads `in` to its end, a line at a time in bounded memory, calling `take` for each line that is
// not blank; a bad line is an error for that line alone. What is taken passes check_entry(). Lines
// end with LF or CRLF, the last one also without; a byte order mark is skipped. Messages name what
// is wrong, and repeat nothing of the line but short words made printable. `kind` matters to plain
// alone. Of a file that is one video, the entry is that of its first line. `take` may stop the
// reading with an Error, which is returned. Errors: invalid when the CSV header is wrong; corrupt
// when `in` cannot be read.
Status read_list(std::istream& in, ListFormat format, std::optional<SignalKind> kind,
                 const std::function<Status(ListLine)>& take);

// One entry as lines of a list, with the line ends; empty when it has nothing to say in this
// format. Only jsonl says everything. The others have no way to say that a PDQ value is of low
// quality or an entry retired, so such are left out; csv writes a retired entry whose category is
// NEGATIVE_CLASS. plain has no way to tell sha256 from pdq but "sha256 HEX", and gives of each
// entry the PDQ values, or else the shortest digest, or else the vpdq. `collab` fills the CSV
// column of that name; when it is empty, the provenance of that name does. Read back, csv and plain
// give an entry a line. vpdq writes a JSON string for each vpdq signal; tmk writes nothing here,
// since its files are one a video: see write_video_file().
std::string write_list_entry(const Entry& entry, ListFormat format, std::string_view collab);
// The entry's vpdq or tmk signal as a file of its own, in the C++ tools' form; empty when it has
// none, or is retired.
std::string write_video_file(const Entry& entry, ListFormat format);
std::string list_header(ListFormat format);  // first line of a list; may be empty

}  // namespace weir
