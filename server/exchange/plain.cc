// SPDX-License-Identifier: Apache-2.0
#include "server/exchange/list_formats.h"
#include "server/exchange/signal_text.h"

namespace weir {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Result<SignalKind> kind_of_digits(size_t digits) {
  if (digits == 2 * value_bytes(SignalKind::kPdq)) return SignalKind::kPdq;
  if (digits == 2 * value_bytes(SignalKind::kMd5)) return SignalKind::kMd5;
  return Error{ErrorCode::kInvalid, "expected a hash of 64 or 32 hex digits, found " +
                                        std::to_string(digits) + " characters"};
}

// "pdq HEX": python-threatexchange's local files name the type before the hash.
std::optional<SignalKind> leading_kind(std::string_view word) {
  for (const SignalKind kind : exchanged_kinds())
    if (name_of(kind) == word) return kind;
  return std::nullopt;
}

}  // namespace

Result<Entry> parse_plain_line(std::string_view text, std::optional<SignalKind> kind) {
  constexpr std::string_view kHashPrefix = "hash=";
  text = trim(text);
  if (text.starts_with(kHashPrefix)) text.remove_prefix(kHashPrefix.size());
  size_t word_bytes = std::min(text.find_first_of(", \t"), text.size());
  if (const auto named = leading_kind(text.substr(0, word_bytes))) {
    if (kind && *kind != *named)
      return Error{ErrorCode::kInvalid, "the line says " + std::string(name_of(*named)) + ", but " +
                                            std::string(name_of(*kind)) + " was asked for"};
    kind = named;
    text = trim(text.substr(word_bytes));
    word_bytes = std::min(text.find_first_of(", \t"), text.size());
  }
  if (kind == SignalKind::kVpdq && text.starts_with('[')) {  // JSON, to the end of the line
    Entry entry;
    entry.media = "video";
    entry.signals.push_back(TRY(parse_signal_text(*kind, text)));
    return entry;
  }
  const std::string_view hex = text.substr(0, word_bytes);
  if (!kind) kind = TRY(kind_of_digits(hex.size()));

  Entry entry;
  entry.signals.push_back(TRY(parse_signal(*kind, hex)));
  std::string_view rest = text.substr(word_bytes);
  if (rest.starts_with(',')) rest.remove_prefix(1);
  rest = trim(rest);
  // sha256sum marks files that it read as binary with a star.
  if (rest.starts_with('*')) rest.remove_prefix(1);
  entry.name = rest;
  return entry;
}

std::string write_plain_entry(const Entry& entry) {
  std::string lines;
  if (entry.state != State::kActive) return lines;
  for (const SignalKind kind :
       {SignalKind::kPdq, SignalKind::kMd5, SignalKind::kSha256, SignalKind::kVpdq}) {
    for (const Signal& signal : entry.signals) {
      if (signal.kind != kind || !is_matchable(signal)) continue;
      if (kind == SignalKind::kSha256 || kind == SignalKind::kVpdq)
        lines += std::string(name_of(kind)) + " ";
      lines += signal_text(signal);
      lines += '\n';
    }
    if (!lines.empty()) break;
  }
  return lines;
}

}  // namespace weir
