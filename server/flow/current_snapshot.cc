// SPDX-License-Identifier: Apache-2.0
#include "server/flow/current_snapshot.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <set>
#include <span>

namespace weir {
namespace {

constexpr std::string_view kPrefix = "pdq-";
constexpr std::string_view kSuffix = ".hamming";
constexpr size_t kChangesAtOnce = 10'000;
constexpr size_t kLeastTailToMerge = 4'000;  // rows

std::string file_name(ChangeSeq seq) {
  return std::string(kPrefix) + std::to_string(seq.value) + std::string(kSuffix);
}

// The change a base file stands at, told from its name; nothing for other files.
std::optional<ChangeSeq> seq_of(const std::string& name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  const char* first = name.data() + kPrefix.size();
  const char* last = name.data() + name.size() - kSuffix.size();
  ChangeSeq seq;
  const auto [end, error] = std::from_chars(first, last, seq.value);
  if (error != std::errc() || end != last || seq.value < 0) return std::nullopt;
  return seq;
}

// Base files of the folder, newest first.
std::vector<ChangeSeq> base_files(const std::string& folder) {
  std::vector<ChangeSeq> found;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder, error))
    if (const auto seq = seq_of(file.path().filename().string())) found.push_back(*seq);
  std::sort(found.rbegin(), found.rend());
  return found;
}

std::vector<HammingRow> as_rows(std::span<const PdqRow> rows) {
  std::vector<HammingRow> out;
  out.reserve(rows.size());
  for (const PdqRow& row : rows) out.push_back({row.hash, static_cast<uint32_t>(row.entry.value)});
  return out;
}

}  // namespace

Result<std::unique_ptr<CurrentSnapshot>> CurrentSnapshot::open(Store& store,
                                                               const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return Error{ErrorCode::kDenied,
                 "cannot create the snapshots folder " + folder + ": " + error.message()};
  std::unique_ptr<CurrentSnapshot> snapshot(new CurrentSnapshot(store, folder));
  TRY(snapshot->load());
  return snapshot;
}

// The newest base file that opens and is not from the future of this store (a restored backup);
// without one, everything is a change.
Status CurrentSnapshot::load() {
  const ChangeSeq last = TRY(store_.last_change());
  for (const ChangeSeq seq : base_files(folder_)) {
    if (seq > last) continue;
    auto opened = HammingIndex::open((std::filesystem::path(folder_) / file_name(seq)).string());
    if (!opened) continue;
    index_ = std::make_unique<LiveHammingIndex>(std::move(*opened));
    applied_ = saved_ = seq.value;
    break;
  }
  const int64_t missing = last.value - applied_;
  if (missing > 100'000 && missing > static_cast<int64_t>(index_->size())) {
    const auto [seq, rows] = TRY(store_.all_pdq_rows());
    index_ = std::make_unique<LiveHammingIndex>(TRY(HammingIndex::build(as_rows(rows))));
    applied_ = seq.value;
  }
  return catch_up();
}

Status CurrentSnapshot::catch_up() {
  if (TRY(store_.last_change()).value <= applied_) return {};
  const std::scoped_lock lock(apply_mutex_);
  while (true) {
    const auto changes = TRY(store_.changes_after(ChangeSeq{applied_}, kChangesAtOnce));
    if (changes.empty()) return {};
    TRY(apply(changes));
    applied_ = changes.back().seq.value;
  }
}

// What a change touched is made to agree with the store as it is now, which may be later than the
// change: then the later change finds nothing left to do. So applying one twice does no harm
// either.
Status CurrentSnapshot::apply(std::span<const Change> changes) {
  std::set<EntryId> touched;
  std::set<EntryId> known_before;  // may have rows in the index
  for (const Change& change : changes) {
    switch (change.kind) {
      case ChangeKind::kEntryAdded:
        touched.insert(change.entry);
        break;
      case ChangeKind::kEntryRetired:
      case ChangeKind::kEntryRestored:
        touched.insert(change.entry);
        known_before.insert(change.entry);
        break;
      case ChangeKind::kBankRetired:
      case ChangeKind::kBankRestored:
        for (const EntryId entry : TRY(store_.entries_of(change.bank))) {
          touched.insert(entry);
          known_before.insert(entry);
        }
        break;
      case ChangeKind::kBankCreated:
      case ChangeKind::kBankUpdated:
      case ChangeKind::kEntryUpdated:
        break;
    }
  }
  const std::vector<EntryId> entries(touched.begin(), touched.end());
  const auto rows = TRY(store_.pdq_rows_of(entries));
  std::vector<uint32_t> hidden;
  for (const EntryId entry : known_before) hidden.push_back(static_cast<uint32_t>(entry.value));
  if (!hidden.empty()) index_->remove(hidden);
  index_->add(as_rows(rows));
  return {};
}

// A tail of a tenth of the base is where a query begins to feel it; below a few thousand rows it
// never does.
Status CurrentSnapshot::merge_if_larger(size_t tail_rows) {
  const size_t felt = std::max<size_t>(index_->size() / 10, kLeastTailToMerge);
  if (index_->tail_rows() <= std::min(tail_rows, felt)) return {};
  return index_->merge();
}

Result<int64_t> CurrentSnapshot::changes_behind() {
  return TRY(store_.last_change()).value - saved_;
}

Result<bool> CurrentSnapshot::save_if_stale(int64_t stale_changes) {
  const std::scoped_lock lock(save_mutex_);
  if (TRY(changes_behind()) <= stale_changes) return false;
  const std::optional<Job> job = TRY(store_.claim_job(kMergeIndexJob, std::chrono::minutes(10)));
  if (!job) return false;

  const auto [seq, rows] = TRY(store_.all_pdq_rows());
  const HammingIndex base = TRY(HammingIndex::build(as_rows(rows)));
  TRY(base.save((std::filesystem::path(folder_) / file_name(seq)).string()));
  saved_ = seq.value;
  for (const ChangeSeq older : base_files(folder_)) {
    if (older >= seq) continue;
    std::error_code ignored;  // a file that stays costs room only
    std::filesystem::remove(std::filesystem::path(folder_) / file_name(older), ignored);
  }
  TRY(store_.finish_job(job->id));
  return true;
}

}  // namespace weir
