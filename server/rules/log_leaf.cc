// SPDX-License-Identifier: Apache-2.0
#include "server/rules/log_leaf.h"

#include <cassert>

#include "server/rules/sha256.h"

namespace weir {
namespace {

constexpr uint8_t kLeafVersion = 1;

// Big-endian, `count` bytes.
void append_number(std::vector<uint8_t>& bytes, uint64_t number, int count) {
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8)
    bytes.push_back(static_cast<uint8_t>(number >> shift));
}

void append_leaf(std::vector<uint8_t>& bytes, const LogLeaf& leaf) {
  const auto time_us =
      std::chrono::duration_cast<std::chrono::microseconds>(leaf.time.time_since_epoch());
  assert(leaf.bank_name.size() <= 0xFFFF && leaf.content_key.size() <= 0xFF);
  bytes.push_back(kLeafVersion);
  append_number(bytes, static_cast<uint64_t>(leaf.seq.value), 8);
  append_number(bytes, static_cast<uint64_t>(time_us.count()), 8);
  bytes.push_back(static_cast<uint8_t>(leaf.kind));
  append_number(bytes, static_cast<uint64_t>(leaf.bank.value), 8);
  append_number(bytes, leaf.bank_name.size(), 2);
  bytes.insert(bytes.end(), leaf.bank_name.begin(), leaf.bank_name.end());
  append_number(bytes, static_cast<uint64_t>(leaf.entry.value), 8);
  bytes.push_back(static_cast<uint8_t>(leaf.content_key.size()));
  bytes.insert(bytes.end(), leaf.content_key.begin(), leaf.content_key.end());
}

}  // namespace

std::string_view name_of(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kEntryAdded:
      return "entry_added";
    case ChangeKind::kEntryRetired:
      return "entry_retired";
    case ChangeKind::kEntryRestored:
      return "entry_restored";
    case ChangeKind::kBankCreated:
      return "bank_created";
    case ChangeKind::kBankRetired:
      return "bank_retired";
    case ChangeKind::kBankRestored:
      return "bank_restored";
    case ChangeKind::kBankUpdated:
      return "bank_updated";
    case ChangeKind::kEntryUpdated:
      return "entry_updated";
  }
  return "unknown";
}

ChangeKind bank_became(State state) {
  return state == State::kRetired ? ChangeKind::kBankRetired : ChangeKind::kBankRestored;
}

ChangeKind entry_became(State state) {
  return state == State::kRetired ? ChangeKind::kEntryRetired : ChangeKind::kEntryRestored;
}

bool touches_search(ChangeKind kind) {
  return kind != ChangeKind::kBankCreated && kind != ChangeKind::kBankUpdated &&
         kind != ChangeKind::kEntryUpdated;
}

std::vector<uint8_t> canonical_bytes(const LogLeaf& leaf) {
  std::vector<uint8_t> bytes;
  append_leaf(bytes, leaf);
  return bytes;
}

std::array<uint8_t, 32> leaf_hash(const LogLeaf& leaf) {
  std::vector<uint8_t> bytes;
  bytes.reserve(160);
  bytes.push_back(0);  // the leaf prefix of RFC 6962; inner nodes have 1
  append_leaf(bytes, leaf);
  return sha256_of(bytes);
}

}  // namespace weir
