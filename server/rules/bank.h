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
#include "weir/base/signals.h"

namespace weir {

// A bank or an entry is active, or retired: kept with its history, matched no more.
enum class State : uint8_t { kActive = 1, kRetired = 2 };
std::string_view name_of(State state);  // "active", "retired"
Result<State> parse_state(std::string_view name);

using WallTime = std::chrono::system_clock::time_point;
std::string format_time(WallTime time);  // RFC 3339 in UTC, "2026-01-31T09:15:00Z"

struct Bank {
  BankId id;
  std::string name;
  std::string description;
  State state = State::kActive;
  WallTime created;
  int64_t entries = 0;  // active ones; filled when read
};

using Labels = std::map<std::string, std::string>;

// One known item of a bank.
struct Entry {
  EntryId id;
  BankId bank;
  std::string bank_name;           // filled when read
  std::string name;                // the file's name at `weir add`; may be empty for imported hashes
  State state = State::kActive;
  std::string media;               // "image"; empty when only hashes are known
  std::vector<Signal> signals;
  Labels labels;
  Labels provenance;               // where it came from: "source", "path", "list", "line", ...
  WallTime created;
};

// What makes two additions the same, within one bank: the sha256 of the file, or, for an entry of
// hashes alone, its signals. 32 bytes; unique in the bank.
std::vector<uint8_t> content_key(const Entry& entry);

// Bank names are those HMA takes: [A-Z_][A-Z0-9_]*, at most 64. Errors: invalid, saying the rule.
Status check_bank_name(std::string_view name);
// Errors: invalid for an empty key, more than 64 labels, a key over 64 or a value over 1,024 bytes,
// or text that is not UTF-8.
Status check_labels(const Labels& labels);
// Errors: invalid when there is no signal, a label is wrong or the name is not UTF-8 or over 1,024 bytes.
Status check_entry(const Entry& entry);

}  // namespace weir
