// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "server/rules/bank.h"
#include "weir/base/result.h"

namespace weir {

// What add_entries() did with one entry.
enum class Added : uint8_t {
  kNew,      // stored
  kPresent,  // the bank has an active entry of this content, which took what it did not have yet
  kRetired,  // the bank has it retired; nothing changed: bringing it back is a person's choice
};
struct AddedEntry {
  EntryId id;
  Added added = Added::kNew;
};

// What is to be different about an entry; the rest stays.
struct EntryChange {
  std::optional<Labels> labels = {};
  std::optional<State> state = {};
};

// Entry ids end here, so that an index row can carry one in four bytes.
constexpr int64_t kLastEntryId = (int64_t{1} << 32) - 1;

class Entries {
 public:
  virtual ~Entries() = default;

  // All or none of `entries`, in one transaction; the answers stand in the order asked. Two equal
  // entries in one call: the first is new, the second present. entries[i].id, .bank_name and
  // .created are ignored. Cheapest by some ten thousand a call
  // (docs/decisions/0054-what-an-import-writes.md).
  //
  // What is present takes what it did not have yet of Weir's own signals, media and duration. An
  // entry that is known by hashes of a list alone, all of which the file has, is that file: it
  // takes the file's other signals, too.
  // Errors: not_found (bank), conflict (the bank is retired), invalid (the message says which
  // entry), limit (no ids are left).
  virtual Result<std::vector<AddedEntry>> add_entries(std::span<const Entry> entries) = 0;
  virtual Result<Entry> find_entry(EntryId id) = 0;  // Errors: not_found
  // The entry of this bank with this content key, in any state; nothing when there is none.
  virtual Result<std::optional<Entry>> find_content(BankId bank,
                                                    std::span<const uint8_t> content_key) = 0;
  // By id, those after `after`, at most `most`, whole; `state` filters. A bank that is not there
  // has no entries.
  virtual Result<std::vector<Entry>> list_entries(BankId bank, EntryId after, size_t most,
                                                  std::optional<State> state) = 0;
  virtual Result<std::vector<EntryId>> entries_of(BankId bank) = 0;  // in any state, by id
  // All of the change or none of it; what is so already is no change. Errors: not_found, invalid.
  virtual Result<Entry> change_entry(EntryId id, const EntryChange& change) = 0;
};

}  // namespace weir
