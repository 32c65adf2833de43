// SPDX-License-Identifier: Apache-2.0
//
// The first byte chooses the format and kind (250 to 255: a video's file), the rest is the list.
// What is read must be what may be stored, messages must be UTF-8, and our own format must say
// again what it was read from.
#include <cstdlib>
#include <sstream>
#include <string>

#include "server/exchange/lists.h"
#include "weir/base/utf8.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_round_trip(const weir::Entry& entry) {
  const std::string line = weir::write_list_entry(entry, weir::ListFormat::kJsonl, "");
  std::istringstream in(line);
  int lines = 0;
  const auto status = weir::read_list(
      in, weir::ListFormat::kJsonl, std::nullopt, [&](weir::ListLine read) -> weir::Status {
        ++lines;
        // Text that JSON must escape can make one line of many out of the longest that is read.
        if (line.size() > weir::kListLineBytes) return {};
        require(read.entry.has_value());
        require(read.entry->signals == entry.signals && read.entry->name == entry.name);
        require(read.entry->labels == entry.labels && read.entry->media == entry.media);
        require(read.entry->provenance == entry.provenance && read.entry->state == entry.state);
        return {};
      });
  require(status.has_value() && lines == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using weir::ListFormat;
  if (size == 0) return 0;
  constexpr ListFormat kFormats[] = {ListFormat::kPlain, ListFormat::kCsv, ListFormat::kJsonl};
  ListFormat format = kFormats[bytes[0] % 3];
  if (bytes[0] >= 250) format = bytes[0] % 2 == 0 ? ListFormat::kVpdq : ListFormat::kTmk;
  std::optional<weir::SignalKind> kind;
  if (const int asked = (bytes[0] / 3) % 4; asked != 0) kind = static_cast<weir::SignalKind>(asked);

  std::istringstream in(std::string(reinterpret_cast<const char*>(bytes) + 1, size - 1));
  uint64_t last_line = 0;
  const auto status = weir::read_list(in, format, kind, [&](weir::ListLine line) -> weir::Status {
    require(line.line > last_line);
    last_line = line.line;
    if (!line.entry) {
      require(weir::is_utf8(line.entry.error().message));
      return {};
    }
    require(weir::check_entry(*line.entry).has_value());
    check_round_trip(*line.entry);
    (void)weir::write_list_entry(*line.entry, ListFormat::kCsv, "collab");
    (void)weir::write_list_entry(*line.entry, ListFormat::kPlain, "");
    (void)weir::write_list_entry(*line.entry, ListFormat::kVpdq, "");
    (void)weir::write_video_file(*line.entry, ListFormat::kVpdq);
    (void)weir::write_video_file(*line.entry, ListFormat::kTmk);
    return {};
  });
  if (!status) require(weir::is_utf8(status.error().message));
  return 0;
}
