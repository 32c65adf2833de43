// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "server/store/store.h"
#include "weir/base/result.h"
#include "weir/index/features/feature_index.h"
#include "weir/index/hamming/live_hamming_index.h"
#include "weir/index/published.h"
#include "weir/match/exchanged/vpdq_match.h"
#include "weir/match/snapshot.h"
#include "weir/match/videos/video_match.h"

namespace weir {

// The search structure over all active entries, kept level with the store: whoever else writes to
// the same home, what was committed before catch_up() began is found after it returned. What is
// asked is a Snapshot, which take() gives; while changes are being applied that is the one before.
//
// Its bases are two files of the home's snapshots folder, pdq-SEQ.hamming and picture-SEQ.features,
// built from the store at change SEQ. The store is the truth: a missing or damaged file is built
// anew. What is known of videos has no file yet: it is built from their tracks when it is first
// asked for (docs/decisions/0116-videos-are-indexed-at-start.md).
class CurrentSnapshot {
 public:
  // `folder` is created when missing. Errors: as the store; denied, unavailable for the folder.
  static Result<std::unique_ptr<CurrentSnapshot>> open(Store& store, const std::string& folder);

  // Brings the index level with the store; cheap when nothing changed. Safe from any thread.
  Status catch_up();

  // What is known at this moment. Safe from any thread, and waits for nothing.
  std::shared_ptr<const Snapshot> take() const { return published_.take(); }

  // Whether any entry has a track. Errors: of the store.
  Result<bool> has_videos();
  // Reads the tracks, vpdq and tmk of all entries, unless that has been done: some seconds an hour
  // of video. `progress` is called with how many are done, and how many there are. Errors: of the
  // store, corrupt (a track), limit.
  Status load_videos(const std::function<void(size_t done, size_t all)>& progress = {});
  // Folds the tails into the indexes when the first has grown beyond `tail_rows` or a twentieth of
  // its index, that of pictures beyond a tenth of its own, or that of videos beyond some dozens.
  // Errors: limit.
  Status merge_if_larger(size_t tail_rows);
  // Claims the store's merge_index job, if there is one and the files are more than `stale_changes`
  // changes or some thousand pictures behind, and writes new base files. True when they were
  // written.
  // Errors: unavailable (disk full), denied.
  Result<bool> save_if_stale(int64_t stale_changes);

  // Changes of the store that the newest base file does not hold.
  Result<int64_t> changes_behind();

  // Called wherever a change is half done, so that a test can ask in between. Set it first of all.
  std::function<void()> pause_for_test;

 private:
  CurrentSnapshot(Store& store, std::string folder) : store_(store), folder_(std::move(folder)) {}
  Status load();
  Status load_features(ChangeSeq seq);
  Status catch_up(bool may_repeat);
  struct Touched {
    std::set<EntryId> entries;
    std::set<EntryId> known_before;  // may have rows in the index
    std::set<EntryId> updated;       // may have a picture by now
  };
  Result<Touched> touched_by(std::span<const Change> changes);
  Status apply(std::span<const Change> changes, bool may_repeat);
  Status apply_pictures(const std::vector<EntryId>& touched,
                        const std::vector<EntryId>& known_before);
  Status save_features(ChangeSeq seq);
  Status add_track(EntryId entry);
  Status add_exchanged(EntryId entry);
  Status apply_tracks(const std::vector<EntryId>& touched,
                      const std::vector<EntryId>& known_before);
  void publish(ChangeSeq seq);
  void publish_again();
  void pause() const {
    if (pause_for_test) pause_for_test();
  }

  Store& store_;
  std::string folder_;
  std::unique_ptr<LiveHammingIndex> index_ = std::make_unique<LiveHammingIndex>();
  LiveFeatureIndex features_;
  ChangeSeq pictures_built_at_;  // that far features_ need not be caught up; zero from a file
  VideoIndex videos_;
  VpdqIndex vpdq_;
  TmkIndex tmk_;
  Published<Snapshot> published_{Snapshot()};  // changes under apply_mutex_
  std::atomic<size_t> unmerged_videos_{0};
  std::atomic<bool> has_loaded_videos_{false};  // changes under apply_mutex_
  bool is_half_applied_ = false;  // the indexes hold part of a change; under apply_mutex_
  std::mutex apply_mutex_;  // one thread applies changes, the others wait for it; of the indexes
  std::mutex save_mutex_;
  std::atomic<int64_t> applied_{0};          // ChangeSeq that index_ stands at
  std::atomic<int64_t> saved_{0};            // ChangeSeq of the newest base file
  std::atomic<size_t> unsaved_pictures_{0};  // that were coded since the base file, about
};

}  // namespace weir
