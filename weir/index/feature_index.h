// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "weir/base/features.h"
#include "weir/base/result.h"

namespace weir {

// What the index keeps of a known feature.
struct FeatureRow {
  uint32_t key = 0;  // of the entry's picture
  uint16_t word = 0;
  uint8_t angle = 0;      // 256 are a full turn
  uint8_t log_scale = 0;  // 16 steps an octave, of the scale as a share of the picture's long side
  uint64_t signature = 0;
};

// A feature that is asked about.
struct FeatureQuery {
  FeatureCode code;
  uint8_t angle = 0;
  uint8_t log_scale = 0;
};

// A known picture that may be shown, to be verified.
struct FeatureCandidate {
  uint32_t key = 0;
  bool mirrored = false;
  float score = 0;    // votes, weighed by how rarely each feature agrees with anything
  uint32_t hits = 0;  // features of the item that agree with it
};

struct FeatureVote {
  std::vector<FeatureCandidate> candidates;  // best first, then by key
  // By feature of the item: with how many different keys it agrees. What agrees with many unrelated
  // ones is a logo, a font or a frame, and tells little.
  std::vector<uint32_t> agreeing_keys;
};

// An inverted index of known pictures' features with Hamming embedding and weak geometric
// consistency (Jegou, Douze, Schmid, ECCV 2008): an immutable base, a tail of rows added since, and
// removed keys. What add() and remove() did is seen by every vote that starts after they return.
// All calls are safe from any thread; vote() never waits for merge(), nor for add() or remove().
class LiveFeatureIndex {
 public:
  LiveFeatureIndex();
  ~LiveFeatureIndex();

  void add(std::span<const FeatureRow> rows);
  // Hides every row of these keys that is here now.
  void remove(std::span<const uint32_t> keys);

  // `upright` and `mirrored` are the item's features in the same order, the second as its mirror
  // picture would give them (empty: not asked). At most `most` candidates.
  FeatureVote vote(std::span<const FeatureQuery> upright, std::span<const FeatureQuery> mirrored,
                   size_t most) const;

  // Folds tail and removals into a new base. Errors: limit.
  Status merge();

  // Writes the base to a file, checked and versioned (docs/formats/feature-index.md), and replaces
  // this index by what such a file holds. Errors: unavailable, denied; corrupt, limit.
  Status save(const std::string& path) const;
  Status open(const std::string& path);

  size_t rows() const;
  size_t tail_rows() const;  // added or hidden since the base was built
  size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
