// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/rules/bank.h"

namespace weir {

// What happened to a bank or an entry. The numbers are stored and hashed: they never change.
enum class ChangeKind : uint8_t {
  kEntryAdded = 1,
  kEntryRetired = 2,
  kEntryRestored = 3,
  kBankCreated = 4,
  kBankRetired = 5,
  kBankRestored = 6,
  kBankUpdated = 7,
  kEntryUpdated = 8,
};
std::string_view name_of(ChangeKind kind);  // "entry_added", "bank_retired", ...

// What it is called that a bank or an entry became active or retired.
ChangeKind bank_became(State state);
ChangeKind entry_became(State state);
// Whether what is searched differs after it by its very kind, so that files of the index will have
// to be made anew. An update may be of labels, or of what an entry is found by: who makes it knows.
bool touches_search(ChangeKind kind);

// One row of the append-only log, as it is hashed: ids, the name of the bank and the content key;
// never media, text, labels or anything about a person.
struct LogLeaf {
  ChangeSeq seq;
  WallTime time;  // whole microseconds count
  ChangeKind kind = ChangeKind::kEntryAdded;
  BankId bank;
  std::string bank_name;
  EntryId entry;                     // zero for a change of the bank itself
  std::vector<uint8_t> content_key;  // 32 bytes; empty for a change of the bank itself
};

// The one byte string of a leaf: docs/formats/log-leaf.md.
std::vector<uint8_t> canonical_bytes(const LogLeaf& leaf);

// SHA-256 over a zero byte and the canonical bytes, as RFC 6962 section 2.1 hashes the leaves of a
// Merkle tree: a tree over the log can be built at any later time without reading the rows again.
std::array<uint8_t, 32> leaf_hash(const LogLeaf& leaf);

}  // namespace weir
