// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "server/store/store.h"
#include "weir/base/result.h"
#include "weir/index/feature_index.h"
#include "weir/index/live_hamming_index.h"

namespace weir {

// The search structure over all active entries, kept level with the store: whoever else writes to
// the same home, what was committed before catch_up() began is found after it returned.
//
// Its bases are two files of the home's snapshots folder, pdq-SEQ.hamming and picture-SEQ.features,
// built from the store at change SEQ. The store is the truth: a missing or damaged file is built
// anew.
class CurrentSnapshot {
 public:
  // `folder` is created when missing. Errors: as the store; denied, unavailable for the folder.
  static Result<std::unique_ptr<CurrentSnapshot>> open(Store& store, const std::string& folder);

  // Brings the index level with the store; cheap when nothing changed. Safe from any thread.
  Status catch_up();

  const LiveHammingIndex& index() const { return *index_; }
  // Of entries' pictures; the key of a row is the entry's id.
  const LiveFeatureIndex& features() const { return features_; }

  // Folds the tails into the indexes when the first has grown beyond `tail_rows` or a twentieth of
  // its index, or that of pictures beyond a tenth of its own. Errors: limit.
  Status merge_if_larger(size_t tail_rows);
  // Claims the store's merge_index job, if there is one and the files are more than `stale_changes`
  // changes or some thousand pictures behind, and writes new base files. True when they were
  // written.
  // Errors: unavailable (disk full), denied.
  Result<bool> save_if_stale(int64_t stale_changes);

  // Changes of the store that the newest base file does not hold.
  Result<int64_t> changes_behind();

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

  Store& store_;
  std::string folder_;
  std::unique_ptr<LiveHammingIndex> index_ = std::make_unique<LiveHammingIndex>();
  LiveFeatureIndex features_;
  ChangeSeq pictures_built_at_;  // that far features_ need not be caught up; zero from a file
  std::mutex apply_mutex_;       // one thread applies changes, the others wait for it
  std::mutex save_mutex_;
  std::atomic<int64_t> applied_{0};          // ChangeSeq that index_ stands at
  std::atomic<int64_t> saved_{0};            // ChangeSeq of the newest base file
  std::atomic<size_t> unsaved_pictures_{0};  // that were coded since the base file, about
};

}  // namespace weir
