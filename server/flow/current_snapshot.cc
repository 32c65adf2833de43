// SPDX-License-Identifier: Apache-2.0
#include "server/flow/current_snapshot.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <filesystem>
#include <optional>
#include <set>
#include <span>

#include "weir/match/pictures/picture_match.h"
#include "weir/signal/features_codec.h"
#include "weir/signal/video_codec.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

constexpr size_t kChangesAtOnce = 10'000;
constexpr size_t kLeastTailToMerge = 4'000;  // rows
// A picture has 500 rows. Coding them takes a millisecond, each time a program starts and finds
// them in no base file.
constexpr size_t kLeastFeaturesToMerge = 250'000;
constexpr size_t kPicturesAtOnce = 64;   // 90 KB each
constexpr size_t kRowsAtOnce = 250'000;  // 4 MB
constexpr size_t kLeastVideosToMerge = 50;
constexpr size_t kStalePictures = 1'000;

// What base files of one kind are called.
struct FileKind {
  std::string_view prefix;
  std::string_view suffix;

  std::string name(ChangeSeq seq) const {
    return std::string(prefix) + std::to_string(seq.value) + std::string(suffix);
  }
};
constexpr FileKind kHashes{"pdq-", ".hamming"};
constexpr FileKind kPictures{"picture-", ".features"};

// The change a base file stands at, told from its name; nothing for other files.
std::optional<ChangeSeq> seq_of(const FileKind& kind, const std::string& name) {
  if (!name.starts_with(kind.prefix) || !name.ends_with(kind.suffix)) return std::nullopt;
  const char* first = name.data() + kind.prefix.size();
  const char* last = name.data() + name.size() - kind.suffix.size();
  ChangeSeq seq;
  const auto [end, error] = std::from_chars(first, last, seq.value);
  if (error != std::errc() || end != last || seq.value < 0) return std::nullopt;
  return seq;
}

// Base files of the folder, newest first.
std::vector<ChangeSeq> base_files(const FileKind& kind, const std::string& folder) {
  std::vector<ChangeSeq> found;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder, error))
    if (const auto seq = seq_of(kind, file.path().filename().string())) found.push_back(*seq);
  std::sort(found.rbegin(), found.rend());
  return found;
}

uint32_t key_of(EntryId entry) {
  return static_cast<uint32_t>(entry.value);  // kLastEntryId sees to that
}

// The row of a PDQ, if it is to be matched by.
void add_row(EntryId entry, std::optional<int> quality, std::span<const uint8_t> value,
             std::vector<HammingRow>& rows) {
  if (quality.value_or(kPdqMatchableQuality) < kPdqMatchableQuality) return;
  rows.push_back({hash256_from_bytes(value.first<32>()), key_of(entry)});
}

// All of them, by entry, and the change that they stand at.
Result<std::pair<ChangeSeq, std::vector<HammingRow>>> all_rows(Store& store) {
  std::vector<HammingRow> rows;
  const ChangeSeq seq =
      TRY(store.each_signal(SignalKind::kPdq, [&](const EntrySignalView& pdq) -> Status {
        add_row(pdq.entry, pdq.quality, pdq.value, rows);
        return {};
      }));
  return std::pair(seq, std::move(rows));
}

Error damaged(std::string_view what, EntryId entry) {
  return {ErrorCode::kCorrupt, "the stored " + std::string(what) + " of entry " +
                                   std::to_string(entry.value) +
                                   " is damaged; restore the store's backup"};
}

Result<std::vector<FeatureRow>> rows_of_picture(EntryId entry, std::span<const uint8_t> value) {
  const auto picture = decode_features(value);
  if (!picture) return damaged(name_of(SignalKind::kFeatures), entry);
  return feature_rows(key_of(entry), *picture);
}

void remove_older(const FileKind& kind, const std::string& folder, ChangeSeq seq) {
  for (const ChangeSeq older : base_files(kind, folder)) {
    if (older >= seq) continue;
    std::error_code ignored;  // a file that stays costs room only
    std::filesystem::remove(std::filesystem::path(folder) / kind.name(older), ignored);
  }
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
  for (const ChangeSeq seq : base_files(kHashes, folder_)) {
    if (seq > last) continue;
    auto opened = HammingIndex::open((std::filesystem::path(folder_) / kHashes.name(seq)).string());
    if (!opened) continue;
    index_ = std::make_unique<LiveHammingIndex>(std::move(*opened));
    applied_ = saved_ = seq.value;
    break;
  }
  const int64_t missing = last.value - applied_;
  if (missing > 100'000 && missing > static_cast<int64_t>(index_->size())) {
    const auto [seq, rows] = TRY(all_rows(store_));
    index_ = std::make_unique<LiveHammingIndex>(TRY(HammingIndex::build(rows)));
    applied_ = seq.value;
  }
  TRY(load_features(ChangeSeq{applied_}));
  TRY(catch_up(true));
  publish(ChangeSeq{applied_});
  return {};
}

// Makes what the indexes hold now the snapshot that is asked. Precondition: they are level with
// `seq`, and apply_mutex_ is held or nobody else is here yet.
void CurrentSnapshot::publish(ChangeSeq seq) {
  pause();
  Snapshot next;
  next.change = seq;
  next.hashes = index_->edition();
  next.pictures = features_.edition();
  if (has_loaded_videos_) {
    next.videos = videos_.edition();
    next.vpdq = vpdq_.edition();
    next.tmk = tmk_.edition();
  }
  assert(next.change >= take()->change && "the order of changes goes one way");
  assert(!is_half_applied_ && "a change is seen whole");
  published_.put(std::move(next));
  pause();
}

// After a merge: the same entries, folded into new bases.
void CurrentSnapshot::publish_again() {
  pause();
  const std::scoped_lock lock(apply_mutex_);
  if (!is_half_applied_) publish(ChangeSeq{applied_});
}

// The pictures' index of a file may stand at a later change than the hashes': catching up then
// repeats some. One built here holds just what was committed until then.
Status CurrentSnapshot::load_features(ChangeSeq seq) {
  const auto path = std::filesystem::path(folder_) / kPictures.name(seq);
  if (std::error_code error; std::filesystem::exists(path, error)) {
    if (features_.open(path.string())) return {};
  }
  std::vector<FeatureRow> rows;  // many pictures at once: each add() costs something by itself
  pictures_built_at_ =
      TRY(store_.each_signal(SignalKind::kFeatures, [&](const EntrySignalView& one) -> Status {
        const auto some = TRY(rows_of_picture(one.entry, one.value));
        rows.insert(rows.end(), some.begin(), some.end());
        ++unsaved_pictures_;
        if (rows.size() < kRowsAtOnce) return {};
        features_.add(rows);
        rows.clear();
        return {};
      }));
  features_.add(rows);
  return features_.merge();
}

Status CurrentSnapshot::catch_up() {
  return catch_up(false);
}

Status CurrentSnapshot::catch_up(bool may_repeat) {
  if (TRY(store_.last_change()).value <= applied_) return {};
  const std::scoped_lock lock(apply_mutex_);
  while (true) {
    const auto changes = TRY(store_.changes_after(ChangeSeq{applied_}, kChangesAtOnce));
    if (changes.empty()) return {};
    is_half_applied_ = true;  // and stays so when the store fails, until it is tried again
    TRY(apply(changes, may_repeat));
    is_half_applied_ = false;
    publish(changes.back().seq);
    applied_ = changes.back().seq.value;
  }
}

Result<CurrentSnapshot::Touched> CurrentSnapshot::touched_by(std::span<const Change> changes) {
  Touched out;
  for (const Change& change : changes) {
    switch (change.kind) {
      case ChangeKind::kEntryAdded:
        out.entries.insert(change.entry);
        break;
      case ChangeKind::kEntryRetired:
      case ChangeKind::kEntryRestored:
        out.entries.insert(change.entry);
        out.known_before.insert(change.entry);
        break;
      case ChangeKind::kBankRetired:
      case ChangeKind::kBankRestored:
        for (const EntryId entry : TRY(store_.entries_of(change.bank))) {
          out.entries.insert(entry);
          out.known_before.insert(entry);
        }
        break;
      case ChangeKind::kBankCreated:
      case ChangeKind::kBankUpdated:
        break;
      case ChangeKind::kEntryUpdated:
        out.updated.insert(change.entry);
        break;
    }
  }
  return out;
}

// What a change touched is made to agree with the store as it is now, which may be later than the
// change: then the later change finds nothing left to do. So applying one twice does no harm
// either.
Status CurrentSnapshot::apply(std::span<const Change> changes, bool may_repeat) {
  Touched touched = TRY(touched_by(changes));
  const std::vector<EntryId> entries(touched.entries.begin(), touched.entries.end());
  std::vector<HammingRow> rows;
  for (const EntrySignal& pdq : TRY(store_.signals_of(SignalKind::kPdq, entries)))
    add_row(pdq.entry, pdq.quality, pdq.value, rows);
  std::vector<uint32_t> hidden;
  for (const EntryId entry : touched.known_before) hidden.push_back(key_of(entry));
  if (!hidden.empty()) index_->remove(hidden);
  pause();
  index_->add(rows);

  if (has_loaded_videos_) {
    std::set<EntryId> seen = touched.entries;
    seen.insert(touched.updated.begin(), touched.updated.end());
    TRY(apply_tracks({seen.begin(), seen.end()},
                     {touched.known_before.begin(), touched.known_before.end()}));
  }

  const auto unseen = std::find_if(changes.begin(), changes.end(), [&](const Change& change) {
    return change.seq > pictures_built_at_;
  });
  if (unseen == changes.end()) return {};
  if (unseen != changes.begin()) touched = TRY(touched_by({unseen, changes.end()}));
  std::set<EntryId> pictured = touched.entries;
  pictured.insert(touched.updated.begin(), touched.updated.end());
  touched.known_before.merge(touched.updated);
  const std::set<EntryId>& gone = may_repeat ? pictured : touched.known_before;
  return apply_pictures({pictured.begin(), pictured.end()}, {gone.begin(), gone.end()});
}

Status CurrentSnapshot::apply_pictures(const std::vector<EntryId>& touched,
                                       const std::vector<EntryId>& known_before) {
  std::vector<uint32_t> hidden;
  for (const EntryId entry : known_before) hidden.push_back(key_of(entry));
  if (!hidden.empty()) features_.remove(hidden);
  pause();
  for (size_t i = 0; i < touched.size(); i += kPicturesAtOnce) {
    const auto some = std::span(touched).subspan(i, std::min(kPicturesAtOnce, touched.size() - i));
    std::vector<FeatureRow> rows;
    for (const EntrySignal& one : TRY(store_.signals_of(SignalKind::kFeatures, some))) {
      const auto more = TRY(rows_of_picture(one.entry, one.value));
      rows.insert(rows.end(), more.begin(), more.end());
    }
    features_.add(rows);
  }
  unsaved_pictures_ += touched.size();
  return {};
}

Result<bool> CurrentSnapshot::has_videos() {
  if (!has_loaded_videos_) return !TRY(store_.entries_with(SignalKind::kTrack)).empty();
  TRY(catch_up());
  return take()->videos.videos > 0;
}

// What changes while the tracks are read is applied again afterwards, which does no harm.
Status CurrentSnapshot::load_videos(const std::function<void(size_t, size_t)>& progress) {
  if (has_loaded_videos_) return {};
  TRY(catch_up());
  const std::scoped_lock lock(apply_mutex_);
  if (has_loaded_videos_) return {};
  const auto entries = TRY(store_.entries_with(SignalKind::kTrack));
  for (size_t i = 0; i < entries.size(); ++i) {
    TRY(add_track(entries[i]));
    if (progress) progress(i + 1, entries.size());
  }
  std::set<EntryId> exchanged;
  for (const SignalKind kind : {SignalKind::kVpdq, SignalKind::kTmk})
    for (const EntryId entry : TRY(store_.entries_with(kind))) exchanged.insert(entry);
  for (const EntryId entry : exchanged) TRY(add_exchanged(entry));
  TRY(videos_.merge());
  TRY(vpdq_.merge());
  has_loaded_videos_ = true;
  // Where another thread's change failed half-way, its next try publishes both.
  if (!is_half_applied_) publish(ChangeSeq{applied_});
  return {};
}

// The track of the entry as it is now, if it has one. One at a time: they are large.
Status CurrentSnapshot::add_track(EntryId entry) {
  const auto found = TRY(store_.signals_of(SignalKind::kTrack, {&entry, 1}));
  if (found.empty()) return {};
  auto track = read_video_track(found.front().value);
  if (!track) return damaged(name_of(SignalKind::kTrack), entry);
  return videos_.add(entry, *track, found.front().bank_kind == BankKind::kBenign);
}

// The signals by which others know the video, if the entry has any and is active.
Status CurrentSnapshot::add_exchanged(EntryId id) {
  for (const EntrySignal& vpdq : TRY(store_.signals_of(SignalKind::kVpdq, {&id, 1})))
    TRY(vpdq_.add(id, TRY(read_vpdq(vpdq.value))));
  for (const EntrySignal& tmk : TRY(store_.signals_of(SignalKind::kTmk, {&id, 1})))
    tmk_.add(id, TRY(read_tmk(tmk.value)));
  return {};
}

Status CurrentSnapshot::apply_tracks(const std::vector<EntryId>& touched,
                                     const std::vector<EntryId>& known_before) {
  for (const EntryId entry : known_before) {
    videos_.remove(entry);
    vpdq_.remove(entry);
    tmk_.remove(entry);
  }
  pause();
  unmerged_videos_ += touched.size();
  for (const EntryId entry : touched) {
    TRY(add_track(entry));
    TRY(add_exchanged(entry));
  }
  return {};
}

// A tail of a twentieth of the base is where a query begins to feel it; below a few thousand rows
// it never does.
Status CurrentSnapshot::merge_if_larger(size_t tail_rows) {
  const size_t felt = std::max<size_t>(index_->size() / 20, kLeastTailToMerge);
  const auto now = take();
  bool has_merged = false;
  if (index_->tail_rows() > std::min(tail_rows, felt)) {
    TRY(index_->merge());
    has_merged = true;
  }
  if (features_.tail_rows() > std::max(features_.rows() / 10, kLeastFeaturesToMerge)) {
    TRY(features_.merge());
    has_merged = true;
  }
  if (unmerged_videos_ > std::max<size_t>(kLeastVideosToMerge, now->videos.videos / 10)) {
    unmerged_videos_ = 0;
    TRY(videos_.merge());
    const std::scoped_lock lock(apply_mutex_);  // its merge is no match for changes beside it
    TRY(vpdq_.merge());
    has_merged = true;
  }
  if (has_merged) publish_again();
  return {};
}

Result<int64_t> CurrentSnapshot::changes_behind() {
  return TRY(store_.last_change()).value - saved_;
}

Result<bool> CurrentSnapshot::save_if_stale(int64_t stale_changes) {
  const std::scoped_lock lock(save_mutex_);
  TRY(catch_up());
  if (TRY(changes_behind()) <= stale_changes && unsaved_pictures_ <= kStalePictures) return false;
  const std::optional<Job> job = TRY(store_.claim_job(kMergeIndexJob, std::chrono::minutes(10)));
  if (!job) return false;

  const auto [seq, rows] = TRY(all_rows(store_));
  const HammingIndex base = TRY(HammingIndex::build(rows));
  TRY(base.save((std::filesystem::path(folder_) / kHashes.name(seq)).string()));
  TRY(save_features(seq));
  saved_ = seq.value;
  remove_older(kHashes, folder_, seq);
  remove_older(kPictures, folder_, seq);
  TRY(store_.finish_job(job->id));
  return true;
}

// What is saved stands at `seq` or later, never before: load() repeats the changes between.
Status CurrentSnapshot::save_features(ChangeSeq seq) {
  TRY(catch_up());
  unsaved_pictures_ = 0;
  if (features_.rows() == 0) return {};
  TRY(features_.merge());
  publish_again();
  return features_.save((std::filesystem::path(folder_) / kPictures.name(seq)).string());
}

}  // namespace weir
