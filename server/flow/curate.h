// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "server/exchange/lists.h"
#include "server/sandbox/decoder.h"
#include "server/store/store.h"

namespace weir {

// What add_item() did: the entry as the bank has it now, and whether it is new.
struct AddedItem {
  Entry entry;
  Added added = Added::kNew;
};

// What a decoder should compute of an item that becomes an entry.
DecodeWants wants_to_add();

struct ItemOrigin {
  std::string name;  // the file's name; other bytes than UTF-8 are replaced
  Labels labels;
  Labels provenance;
};

// A decoded file becomes an entry of the bank. On return it is on disk and found by the next query.
// Errors: not_found (bank), conflict (bank retired), invalid.
Result<AddedItem> add_item(const Bank& bank, const ItemSignals& item, const ItemOrigin& origin,
                           Store& store);

// The item of this sha256, when the bank holds it as whole as it would be added: then there is
// nothing to compute. An entry of an older version or of a hash list lacks its picture or track.
Result<std::optional<AddedItem>> find_present(const Bank& bank, std::span<const uint8_t> sha256,
                                              Store& store);

struct NewSignals {
  std::vector<Signal> signals;
  ItemOrigin origin;
};
// Signals alone become entries, in their order: all, in one transaction, or none.
// Errors: as add_item().
Result<std::vector<AddedItem>> add_signals(const Bank& bank, std::vector<NewSignals> items,
                                           Store& store);

// The bank, ready to be added to. Errors: not_found, conflict (retired).
Result<Bank> active_bank(std::string_view name, Store& store);

struct ImportCount {
  uint64_t lines = 0;
  uint64_t added = 0;
  uint64_t present = 0;  // were there already, active or retired
  uint64_t failed = 0;
};
struct ImportRequest {
  std::string bank;
  ListFormat format = ListFormat::kPlain;
  std::optional<SignalKind> kind;
  std::string list_name;  // kept as provenance
  // Called for each line that could not be taken, and, after each batch, with the count so far.
  std::function<void(uint64_t line, const Error& error)> failed;
  std::function<void(const ImportCount& count)> progress;
};
// A hash list becomes entries, in batches: running it again completes what was interrupted.
// Errors: as active_bank() and read_list(); of the store.
Result<ImportCount> import_list(std::istream& in, const ImportRequest& request, Store& store);

struct ExportCount {
  uint64_t entries = 0;   // written
  uint64_t left_out = 0;  // active ones without a signal that the format holds
};
// The active entries of a bank as a list.
// Errors: not_found; unavailable when `out` stops taking bytes.
Result<ExportCount> export_list(std::ostream& out, std::string_view bank, ListFormat format,
                                Store& store);

// The same for formats of one video a file, vpdq and tmk: gives each active entry that has such a
// signal to `write`, with the bytes of its file. Ends with the error of `write` when it gives one.
Result<ExportCount> export_files(
    std::string_view bank, ListFormat format, Store& store,
    const std::function<Status(const Entry&, std::string_view)>& write);

}  // namespace weir
