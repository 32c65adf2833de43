// SPDX-License-Identifier: Apache-2.0
#include "server/rules/bank.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "server/rules/sha256.h"
#include "weir/base/utf8.h"
#include "weir/signal/features_codec.h"

namespace weir {
namespace {

// Text that every store can hold: PostgreSQL's text takes no zero byte.
bool is_storable(std::string_view text) {
  return is_utf8(text) && text.find('\0') == std::string_view::npos;
}

// Labels and provenance have one form and differ in how long a value may be: a provenance may hold
// a path.
Status check_pairs(const Labels& pairs, std::string_view noun, size_t value_bytes_most) {
  const std::string name(noun);
  if (pairs.size() > kLabelsMost)
    return invalid("an entry has at most " + std::to_string(kLabelsMost) + " " + name +
                   " values, found " + std::to_string(pairs.size()));
  for (const auto& [key, value] : pairs) {
    if (key.empty()) return invalid("a " + name + " key must not be empty");
    if (key.size() > kLabelKeyBytes)
      return invalid("a " + name + " key has at most " + std::to_string(kLabelKeyBytes) +
                     " bytes, found " + std::to_string(key.size()));
    if (!is_storable(key)) return invalid("a " + name + " key must be UTF-8 without zero bytes");
    if (value.size() > value_bytes_most)
      return invalid("the " + name + " \"" + key + "\" has at most " +
                     std::to_string(value_bytes_most) + " bytes, found " +
                     std::to_string(value.size()));
    if (!is_storable(value))
      return invalid("the " + name + " \"" + key + "\" must be UTF-8 without zero bytes");
  }
  return {};
}

Status check_signal(const Signal& signal) {
  const KindRow* row = find_kind(static_cast<uint8_t>(signal.kind));
  if (row == nullptr || !row->is_exchanged)
    return invalid("signal kind " + std::to_string(static_cast<int>(signal.kind)) +
                   " is not known");
  TRY(check_value(signal.kind, signal.value));
  if (signal.quality && (*signal.quality < 0 || *signal.quality > 100))
    return invalid("the quality of a signal is 0 to 100, found " + std::to_string(*signal.quality));
  if (signal.time && signal.time->count() < 0)
    return invalid("the time of a signal must not be negative");
  return {};
}

// Tracks are checked where they are made, and again where they are read: that takes a while.
Status check_own(const Signal& signal, std::span<const Signal> all) {
  const KindRow& row = row_of(signal.kind);
  const std::string name(row.name);
  if (!row.is_kept) return invalid(name + " is no signal of Weir's own that entries keep");
  if (std::count_if(all.begin(), all.end(),
                    [&](const Signal& other) { return other.kind == signal.kind; }) > 1)
    return invalid("an entry has " + name + " at most once");
  if (signal.value.size() > kOwnBytes)
    return Error{ErrorCode::kLimit, "the " + name + " has " + std::to_string(signal.value.size()) +
                                        " bytes, over the " + std::to_string(kOwnBytes) +
                                        " that an entry may have; cut the file in parts"};
  if (row.of == SignalOf::kPicture && !check_value(signal.kind, signal.value))
    return invalid("the entry's " + name + " of the picture is damaged");
  return {};
}

}  // namespace

bool has_own(const Entry& entry, SignalKind kind) {
  return std::find(entry.own_kinds.begin(), entry.own_kinds.end(), kind) != entry.own_kinds.end();
}

std::string_view name_of(State state) {
  return state == State::kRetired ? "retired" : "active";
}

Result<State> parse_state(std::string_view name) {
  if (name == "active") return State::kActive;
  if (name == "retired") return State::kRetired;
  return invalid("unknown state; known are active, retired");
}

std::string_view name_of(BankKind kind) {
  return kind == BankKind::kBenign ? "benign" : "known";
}

Result<BankKind> parse_bank_kind(std::string_view name) {
  if (name == "known") return BankKind::kKnown;
  if (name == "benign") return BankKind::kBenign;
  return invalid("unknown kind of bank; there are known and benign");
}

std::string format_time(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(
          std::chrono::floor<std::chrono::seconds>(time)));
  std::tm utc{};
  if (gmtime_r(&seconds, &utc) == nullptr) return "";
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900,
                utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return text;
}

std::vector<uint8_t> content_key(const Entry& entry) {
  const Signal* file = nullptr;
  size_t files = 0;
  for (const Signal& signal : entry.signals) {
    if (signal.kind != SignalKind::kSha256) continue;
    file = &signal;
    ++files;
  }
  if (files == 1) return file->value;

  // Only kind and value: what an importer knows of quality or place is not part of what it is. The
  // order and number in which a list gives the same signals changes nothing.
  std::vector<std::pair<SignalKind, std::string_view>> rows;
  for (const Signal& signal : entry.signals)
    rows.emplace_back(
        signal.kind,
        std::string_view(reinterpret_cast<const char*>(signal.value.data()), signal.value.size()));
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());

  constexpr std::string_view kPurpose = "weir entry of signals 1\n";
  std::vector<uint8_t> bytes(kPurpose.begin(), kPurpose.end());
  for (const auto& [kind, value] : rows) {
    bytes.push_back(static_cast<uint8_t>(kind));
    bytes.insert(bytes.end(), value.begin(), value.end());
  }
  const auto digest = sha256_of(bytes);
  return {digest.begin(), digest.end()};
}

Status check_bank_name(std::string_view name) {
  const auto is_upper = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  bool good = !name.empty() && name.size() <= kBankNameBytes && is_upper(name.front());
  for (const char c : name) good = good && (is_upper(c) || is_digit(c));
  if (good) return {};
  return invalid("a bank's name is 1 to " + std::to_string(kBankNameBytes) +
                 " characters of A-Z, 0-9 and _, and does not begin with a digit, such as "
                 "MY_BANK");
}

Status check_bank_description(std::string_view text) {
  if (text.size() > kBankDescriptionBytes)
    return invalid("a bank's description has at most " + std::to_string(kBankDescriptionBytes) +
                   " bytes, found " + std::to_string(text.size()));
  if (!is_storable(text)) return invalid("a bank's description must be UTF-8 without zero bytes");
  return {};
}

Status check_labels(const Labels& labels) {
  return check_pairs(labels, "label", kLabelValueBytes);
}

Status check_given_provenance(const Labels& given) {
  TRY(check_pairs(given, "provenance", kProvenanceValueBytes));
  for (const auto& [key, value] : given)
    if (key.starts_with(kSeenHere))
      return invalid("the provenance \"" + key + "\" cannot be given: keys that begin with " +
                     std::string(kSeenHere) + " say what Weir itself saw");
  return {};
}

Labels provenance_of_list(const Labels& said) {
  Labels kept;
  for (const auto& [key, value] : said)
    kept[key.starts_with(kSeenHere) ? "list." + key.substr(kSeenHere.size()) : key] = value;
  return kept;
}

Status check_entry(const Entry& entry) {
  if (entry.signals.empty()) return invalid("an entry must have at least one signal");
  if (entry.signals.size() > kSignalsMost)
    return invalid("an entry has at most " + std::to_string(kSignalsMost) + " signals, found " +
                   std::to_string(entry.signals.size()));
  for (const Signal& signal : entry.signals) TRY(check_signal(signal));
  if (entry.name.size() > kEntryNameBytes)
    return invalid("an entry's name has at most " + std::to_string(kEntryNameBytes) +
                   " bytes, found " + std::to_string(entry.name.size()));
  if (!is_storable(entry.name)) return invalid("an entry's name must be UTF-8 without zero bytes");
  if (entry.media.size() > kLabelKeyBytes || !is_storable(entry.media))
    return invalid("an entry's media is a short word such as \"image\"");
  for (const Signal& signal : entry.own) TRY(check_own(signal, entry.own));
  if (entry.duration.count() < 0) return invalid("an entry's duration must not be negative");
  TRY(check_labels(entry.labels));
  return check_pairs(entry.provenance, "provenance", kProvenanceValueBytes);
}

}  // namespace weir
