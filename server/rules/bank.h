// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/ids.h"
#include "weir/base/result.h"
#include "weir/signal/signals.h"

namespace weir {

// A bank or an entry is active, or retired: kept with its history, matched no more.
enum class State : uint8_t { kActive = 1, kRetired = 2 };
std::string_view name_of(State state);  // "active", "retired"
Result<State> parse_state(std::string_view name);

// What a bank's entries say about an item that shows them: that it is known material, or that it is
// harmless. A match that rests on what a benign bank holds alone, such as a logo, a flag, a frame
// or a program's window, is no match.
enum class BankKind : uint8_t { kKnown = 1, kBenign = 2 };
std::string_view name_of(BankKind kind);  // "known", "benign"
Result<BankKind> parse_bank_kind(std::string_view name);

using WallTime = std::chrono::system_clock::time_point;
std::string format_time(WallTime time);  // RFC 3339 in UTC, "2026-01-31T09:15:00Z"

struct Bank {
  BankId id;
  std::string name;
  std::string description;
  BankKind kind = BankKind::kKnown;  // for ever
  State state = State::kActive;
  WallTime created;     // set by the store
  int64_t entries = 0;  // active ones; filled when read
};

using Labels = std::map<std::string, std::string>;

// One known item of a bank.
struct Entry {
  EntryId id;
  BankId bank;
  std::string bank_name;  // filled when read
  std::string name;       // the file's name at `weir add`; may be empty for imported hashes
  State state = State::kActive;
  std::string media;            // "image", "video"; empty when only hashes are known
  std::vector<Signal> signals;  // those that are exchanged with others
  // Weir's own, each kind at most once: features of a picture, the track of a video. Large: given
  // when an entry is added, and never read back with it.
  std::vector<Signal> own;
  std::vector<SignalKind> own_kinds;      // those that it has; filled when read
  std::chrono::microseconds duration{0};  // of the video; zero without a track
  Labels labels;
  Labels provenance;  // where it came from: "weir.source", "weir.path", "collab", "line", ...
  WallTime created;   // set by the store
};

bool has_own(const Entry& entry, SignalKind kind);  // of an entry that was read

// Limits of what a bank and an entry hold. Text is counted in bytes of UTF-8.
constexpr size_t kBankNameBytes = 64;
constexpr size_t kBankDescriptionBytes = 4096;
constexpr size_t kEntryNameBytes = 1024;
constexpr size_t kSignalsMost = 65'536;
constexpr size_t kOwnBytes = 900'000'000;  // of a signal: a row of SQLite ends at 1,000,000,000
constexpr size_t kLabelsMost = 64;         // and as many values of provenance
constexpr size_t kLabelKeyBytes = 64;
constexpr size_t kLabelValueBytes = 1024;
constexpr size_t kProvenanceValueBytes = 4096;  // a path fits

// Provenance with keys that begin so is what Weir itself saw, and is believed: a report opens the
// file that "weir.path" names. Nobody who hands entries in can write it.
constexpr std::string_view kSeenHere = "weir.";

// What makes two additions the same, within one bank: the sha256 of the file, or, for an entry of
// hashes alone, its signals: SHA-256 over their kinds and values, sorted, each once
// (docs/formats/store.md). 32 bytes; unique in the bank.
std::vector<uint8_t> content_key(const Entry& entry);

// Provenance that a caller gives. Errors: invalid, naming the key, also for one of Weir's own.
Status check_given_provenance(const Labels& given);
// Provenance that a list says: what it claims to have been seen by Weir was seen elsewhere, so
// "weir.path" becomes "list.path".
Labels provenance_of_list(const Labels& said);

// Bank names are those HMA takes: [A-Z_][A-Z0-9_]*, at most 64. Errors: invalid, saying the rule.
Status check_bank_name(std::string_view name);
// Errors: invalid over 4,096 bytes, or when the text is not UTF-8 without zero bytes.
Status check_bank_description(std::string_view text);
// Errors: invalid for an empty key, more than 64 labels, a key over 64 or a value over 1,024 bytes,
// or text that is not UTF-8 without zero bytes. Messages name the key, never the value.
Status check_labels(const Labels& labels);
// Errors: invalid when there is no signal or more than 65,536, a signal is not of its kind's form,
// a label or a provenance is wrong, or the name is not UTF-8 without zero bytes or over 1,024
// bytes; limit when one of Weir's own signals is over 900,000,000 bytes.
Status check_entry(const Entry& entry);

}  // namespace weir
