// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "weir/align/video/video_align.h"
#include "weir/base/ids.h"
#include "weir/base/result.h"
#include "weir/index/features/feature_index.h"
#include "weir/index/hamming/live_hamming_index.h"
#include "weir/signal/video_track.h"

namespace weir {

class KnownMoments;

// What a VideoIndex held at one moment. Nothing changes it, and a copy costs a few pointers. Safe
// from any thread.
struct VideoEdition {
  VideoEdition();  // of no videos
  HammingEdition frames;
  FeatureEdition stills;
  std::shared_ptr<const KnownMoments> moments;  // that rows of both name
  size_t videos = 0;
  size_t memory_bytes = 0;
};

// The search structure over known videos: the hashes of their frames and the features of their
// stills. An entry has many rows in both indexes, so the rows are numbered here (video_index.h).
// One thread at a time makes changes; edition() is safe beside them, and sees each of them whole.
class VideoIndex {
 public:
  VideoIndex();
  ~VideoIndex();
  // Adds all of one video. A second add() of an entry replaces the first. Errors: limit.
  Status add(EntryId entry, const VideoTrack& track, bool is_benign);
  void remove(EntryId entry);
  Status merge();

  VideoEdition edition() const;
  operator VideoEdition() const { return edition(); }
  size_t videos() const { return edition().videos; }
  size_t memory_bytes() const { return edition().memory_bytes; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A claim that spans of the item show spans of an entry.
struct VideoMatch {
  EntryId entry;
  std::vector<SharedSegment> segments;  // by time in the item, at least one
  double expected_false_alarms = 0;     // of all together, among as many entries as there are
};

// An entry's track, from whoever keeps it.
using KnownTracks = std::function<Result<std::optional<VideoTrack>>(EntryId)>;

// Constants: most_false_alarms is that of decision 0085. most_entries was chosen by hand on the
// tune side of the accuracy bench and not fitted.
struct VideoMatchOptions {
  double most_false_alarms = 1e-3;
  size_t most_entries = 50;  // that are aligned; all parts of the frame share as many again
  uint64_t most_steps = 0;   // of comparing thumbs; 0: as many as any question may take
};

// The entries that the item shows, surest first. What a benign entry has too does not count.
// Deterministic. Errors: of `known`; limit, when comparing takes too many steps.
Result<std::vector<VideoMatch>> match_video(const VideoTrack& item, const VideoEdition& index,
                                            const KnownTracks& known,
                                            const VideoMatchOptions& options = {});

}  // namespace weir
