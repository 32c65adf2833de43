// SPDX-License-Identifier: Apache-2.0
#include <istream>

#include "server/exchange/line_reader.h"
#include "server/exchange/list_formats.h"
#include "server/exchange/signal_text.h"
#include "weir/hash/video/tmk.h"
#include "weir/hash/video/vpdq.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

Entry entry_of(SignalKind kind, std::vector<uint8_t> value) {
  Entry entry;
  entry.media = "video";
  Signal& signal = entry.signals.emplace_back();
  signal.kind = kind;
  signal.value = std::move(value);
  return entry;
}

Result<Entry> entry_of(Result<std::vector<VpdqFrame>> frames) {
  const auto read = TRY(std::move(frames));
  return entry_of(SignalKind::kVpdq, write_vpdq(read));
}

// The type may stand before the signal, as `tx hash` prints it.
std::string_view without_type(std::string_view line) {
  const std::string_view kind = name_of(SignalKind::kVpdq);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (!line.starts_with(kind)) return line;
  line.remove_prefix(kind.size());
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line;
}

// Whether this bracket is all of the line: JSON that is indented begins and ends so.
bool is_bracket(std::string_view line, char bracket) {
  const size_t end = line.find_last_not_of(" \t\r,");
  return end == 0 && line.front() == bracket;
}

}  // namespace

Status read_vpdq_file(std::istream& in, const std::function<Status(ListLine)>& take) {
  LineReader reader(in, kListLineBytes, 0);
  LineReader::Line line;
  std::string whole;  // of a signal of several lines: indented JSON, or the rest of the file
  uint64_t first_line = 0;
  while (TRY(reader.next(line))) {
    const std::string_view text = without_type(line.text);
    if (line.too_long) {
      TRY(take({line.number,
                Error{ErrorCode::kLimit,
                      "the line is longer than " + std::to_string(kListLineBytes) + " bytes"}}));
    } else if (whole.empty() && text.starts_with('[') && !is_bracket(text, '[')) {
      TRY(take({line.number, entry_of(parse_vpdq_json(text))}));
    } else if (!text.empty()) {
      if (whole.empty()) first_line = line.number;
      whole += text;
      whole += '\n';
      if (whole.size() > kVpdqFileBytes)
        return take(
            {first_line, Error{ErrorCode::kLimit, "the vpdq file is larger than " +
                                                      std::to_string(kVpdqFileBytes) + " bytes"}});
      if (whole.front() != '[' || !is_bracket(text, ']')) continue;
      TRY(take({first_line, entry_of(parse_vpdq_json(whole))}));
      whole.clear();
    }
  }
  if (whole.empty()) return {};
  return take({first_line,
               entry_of(whole.front() == '{' || whole.front() == '[' ? parse_vpdq_json(whole)
                                                                     : parse_vpdq_text(whole))});
}

Status read_tmk_file(std::istream& in, const std::function<Status(ListLine)>& take) {
  std::vector<uint8_t> bytes(kTmkFileBytes + 1);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (in.bad()) return Error{ErrorCode::kCorrupt, "the .tmk file cannot be read"};
  bytes.resize(static_cast<size_t>(in.gcount()));
  if (bytes.size() > kTmkFileBytes)
    return take({1, Error{ErrorCode::kLimit, "the .tmk file is larger than " +
                                                 std::to_string(kTmkFileBytes) + " bytes"}});
  const auto signature = read_tmk(bytes);
  if (!signature) return take({1, signature.error()});
  return take({1, entry_of(SignalKind::kTmk, std::move(bytes))});
}

std::string write_vpdq_entry(const Entry& entry) {
  std::string lines;
  if (entry.state != State::kActive) return lines;
  for (const Signal& signal : entry.signals)
    if (signal.kind == SignalKind::kVpdq) lines += signal_text(signal) + "\n";
  return lines;
}

std::string write_video_file(const Entry& entry, ListFormat format) {
  if (entry.state != State::kActive) return "";
  for (const Signal& signal : entry.signals) {
    if (format == ListFormat::kTmk && signal.kind == SignalKind::kTmk)
      return {signal.value.begin(), signal.value.end()};
    if (format != ListFormat::kVpdq || signal.kind != SignalKind::kVpdq) continue;
    if (const auto frames = read_vpdq(signal.value)) return write_vpdq_text(*frames);
  }
  return "";
}

}  // namespace weir
