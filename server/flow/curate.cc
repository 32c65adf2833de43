// SPDX-License-Identifier: Apache-2.0
#include "server/flow/curate.h"

#include <istream>
#include <ostream>

#include "weir/base/utf8.h"

namespace weir {
namespace {

// Entries in one transaction of an import. Smaller ones write the same pages of the index again and
// again: a million entries wrote 6.0 GB by 5,000 and 2.5 GB by 20,000.
constexpr size_t kImportBatch = 20'000;
// And bytes of signals in one transaction: those of videos are large.
constexpr size_t kImportBatchBytes = 64 << 20;
constexpr size_t kExportPage = 500;

Result<std::vector<AddedItem>> add_all(std::span<const Entry> entries, Store& store) {
  std::vector<AddedItem> items;
  for (const AddedEntry& added : TRY(store.add_entries(entries)))
    items.push_back({TRY(store.find_entry(added.id)), added.added});
  return items;
}

Entry entry_in(const Bank& bank, const ItemOrigin& origin) {
  Entry entry;
  entry.bank = bank.id;
  entry.bank_name = bank.name;
  entry.name = to_utf8(origin.name);
  entry.labels = origin.labels;
  for (const auto& [key, text] : origin.provenance) entry.provenance[key] = to_utf8(text);
  return entry;
}

// Collects entries of a list and stores them a batch at a time.
class Importer {
 public:
  Importer(const Bank& bank, const ImportRequest& request, Store& store)
      : bank_(bank), request_(request), store_(store) {}

  Status take(ListLine&& line) {
    ++count_.lines;
    if (line.entry) {
      Entry entry = std::move(*line.entry);
      entry.bank = bank_.id;
      const bool is_file =
          request_.format == ListFormat::kVpdq || request_.format == ListFormat::kTmk;
      if (is_file && entry.name.empty()) entry.name = request_.list_name;
      entry.provenance = provenance_of_list(entry.provenance);
      if (!request_.list_name.empty()) entry.provenance["weir.list"] = request_.list_name;
      const Status checked = check_entry(entry);
      if (checked) {
        for (const Signal& signal : entry.signals) batch_bytes_ += signal.value.size();
        batch_.push_back(std::move(entry));
        const bool is_full = batch_.size() >= kImportBatch || batch_bytes_ >= kImportBatchBytes;
        return is_full ? flush() : Status{};
      }
      line.entry = checked.error();
    }
    ++count_.failed;
    if (request_.failed) request_.failed(line.line, line.entry.error());
    return {};
  }

  Status flush() {
    if (batch_.empty()) return {};
    for (const AddedEntry& added : TRY(store_.add_entries(batch_)))
      ++(added.added == Added::kNew ? count_.added : count_.present);
    batch_.clear();
    batch_bytes_ = 0;
    if (request_.progress) request_.progress(count_);
    return {};
  }

  const ImportCount& count() const { return count_; }

 private:
  const Bank& bank_;
  const ImportRequest& request_;
  Store& store_;
  std::vector<Entry> batch_;
  size_t batch_bytes_ = 0;
  ImportCount count_;
};

}  // namespace

Result<Bank> active_bank(std::string_view name, Store& store) {
  Bank bank = TRY(store.find_bank(name));
  if (bank.state == State::kRetired)
    return Error{ErrorCode::kConflict,
                 "bank " + bank.name + " is retired; nothing can be added to it"};
  return bank;
}

DecodeWants wants_to_add() {
  DecodeWants wants;
  wants.kinds = digest_kinds();
  // vpdq is for exchange with others.
  wants.kinds.insert(wants.kinds.end(), {SignalKind::kPdq, SignalKind::kVpdq, SignalKind::kFeatures,
                                         SignalKind::kTrack});
  wants.features = kEntryFeatures;
  wants.track = kEntryTrack;
  return wants;
}

Result<AddedItem> add_item(const Bank& bank, const ItemSignals& item, const ItemOrigin& origin,
                           Store& store) {
  Entry entry = entry_in(bank, origin);
  entry.media = item.media;
  entry.signals = exchanged_of(item.signals);
  for (const Signal& signal : item.signals)
    if (is_kept(signal.kind)) entry.own.push_back(signal);
  entry.duration = item.duration;
  return std::move(TRY(add_all({&entry, 1}, store)).front());
}

Result<std::optional<AddedItem>> find_present(const Bank& bank, std::span<const uint8_t> sha256,
                                              Store& store) {
  const auto entry = TRY(store.find_content(bank.id, sha256));
  if (!entry) return std::optional<AddedItem>();
  if (entry->state == State::kRetired) return std::optional(AddedItem{*entry, Added::kRetired});
  const bool is_whole =
      has_own(*entry, entry->media == "video" ? SignalKind::kTrack : SignalKind::kFeatures);
  return is_whole ? std::optional(AddedItem{*entry, Added::kPresent}) : std::optional<AddedItem>();
}

Result<std::vector<AddedItem>> add_signals(const Bank& bank, std::vector<NewSignals> items,
                                           Store& store) {
  std::vector<Entry> entries;
  for (NewSignals& item : items) {
    entries.push_back(entry_in(bank, item.origin));
    entries.back().signals = std::move(item.signals);
  }
  return add_all(entries, store);
}

Result<ImportCount> import_list(std::istream& in, const ImportRequest& request, Store& store) {
  const Bank bank = TRY(active_bank(request.bank, store));
  Importer importer(bank, request, store);
  const Status read = read_list(in, request.format, request.kind,
                                [&](ListLine line) { return importer.take(std::move(line)); });
  TRY(importer.flush());  // what was read before an error is kept
  TRY(read);
  return importer.count();
}

Result<ExportCount> export_list(std::ostream& out, std::string_view bank_name, ListFormat format,
                                Store& store) {
  const Bank bank = TRY(store.find_bank(bank_name));
  ExportCount count;
  out << list_header(format);
  for (EntryId after{}; out;) {
    const auto page = TRY(store.list_entries(bank.id, after, kExportPage, State::kActive));
    if (page.empty()) break;
    for (const Entry& entry : page) {
      const std::string text = write_list_entry(entry, format, bank.name);
      ++(text.empty() ? count.left_out : count.entries);
      out << text;
    }
    after = page.back().id;
  }
  out.flush();
  if (!out)
    return Error{ErrorCode::kUnavailable,
                 "the list could not be written to its end; is the disk full?"};
  return count;
}

Result<ExportCount> export_files(
    std::string_view bank_name, ListFormat format, Store& store,
    const std::function<Status(const Entry&, std::string_view)>& write) {
  const Bank bank = TRY(store.find_bank(bank_name));
  constexpr size_t kPage = 16;  // each with a signature of 260 KB
  ExportCount count;
  for (EntryId after{};;) {
    const auto page = TRY(store.list_entries(bank.id, after, kPage, State::kActive));
    if (page.empty()) return count;
    for (const Entry& entry : page) {
      const std::string bytes = write_video_file(entry, format);
      ++(bytes.empty() ? count.left_out : count.entries);
      if (!bytes.empty()) TRY(write(entry, bytes));
    }
    after = page.back().id;
  }
}

}  // namespace weir
