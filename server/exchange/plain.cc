// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/exchange/line_reader.h"
#include "server/exchange/list_formats.h"
#include "server/exchange/signal_text.h"

namespace weir {
namespace {

// PDQ before digests of its size, which have to say what they are.
Result<SignalKind> kind_of_digits(size_t digits) {
  std::string sizes = std::to_string(2 * value_bytes(SignalKind::kPdq));
  if (digits == 2 * value_bytes(SignalKind::kPdq)) return SignalKind::kPdq;
  for (const SignalKind kind : digest_kinds()) {
    const size_t expected = 2 * value_bytes(kind);
    if (digits == expected) return kind;
    if (expected != 2 * value_bytes(SignalKind::kPdq)) sizes += " or " + std::to_string(expected);
  }
  return Error{ErrorCode::kInvalid, "expected a hash of " + sizes + " hex digits, found " +
                                        std::to_string(digits) + " characters"};
}

// What is written of an entry that has several: what finds most, then what is shortest.
std::vector<SignalKind> by_preference() {
  std::vector<SignalKind> kinds = digest_kinds();
  std::sort(kinds.begin(), kinds.end(),
            [](SignalKind a, SignalKind b) { return value_bytes(a) < value_bytes(b); });
  kinds.insert(kinds.begin(), SignalKind::kPdq);
  kinds.push_back(SignalKind::kVpdq);
  return kinds;
}

// "pdq HEX": python-threatexchange's local files name the type before the hash.
std::optional<SignalKind> leading_kind(std::string_view word) {
  for (const SignalKind kind : exchanged_kinds())
    if (name_of(kind) == word) return kind;
  return std::nullopt;
}

}  // namespace

bool names_its_kind(std::string_view text) {
  text = trim(text);
  return leading_kind(text.substr(0, text.find_first_of(", \t"))).has_value();
}

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
  for (const SignalKind kind : by_preference()) {
    for (const Signal& signal : entry.signals) {
      if (signal.kind != kind || !is_matchable(signal)) continue;
      const auto told = kind_of_digits(2 * value_bytes(kind));
      if (!told || *told != kind) lines += std::string(name_of(kind)) + " ";
      lines += signal_text(signal);
      lines += '\n';
    }
    if (!lines.empty()) break;
  }
  return lines;
}

}  // namespace weir
