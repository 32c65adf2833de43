// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weir/base/result.h"
#include "weir/signal/picture_features.h"

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
  // Votes that agree on one turn and change of size. A vote is at most 1, for a feature that hardly
  // differs and agrees with nothing else.
  float score = 0;
  uint32_t hits = 0;  // features of the item that gave these votes
};

struct FeatureVote {
  std::vector<FeatureCandidate> candidates;  // best first, then by key
  // By feature of the item: with how many different keys it agrees strongly, upright or mirrored.
  // What agrees with many unrelated ones is a logo, a font or a frame, and tells little. By chance
  // it is one key in ten thousand.
  std::vector<uint32_t> agreeing_keys;
};

// What a LiveFeatureIndex held at one moment. Nothing changes it, and a copy costs a pointer. Safe
// from any thread.
class FeatureEdition {
 public:
  FeatureEdition();  // of no rows

  // `upright` and `mirrored` are the item's features in the same order, the second as its mirror
  // picture would give them (empty: not asked). At most `most` candidates.
  FeatureVote vote(std::span<const FeatureQuery> upright, std::span<const FeatureQuery> mirrored,
                   size_t most) const;

  size_t rows() const;
  size_t tail_rows() const;  // added or hidden since the base was built
  size_t memory_bytes() const;

 private:
  friend class LiveFeatureIndex;
  struct State;
  explicit FeatureEdition(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

// An inverted index of known pictures' features with Hamming embedding and weak geometric
// consistency (Jegou, Douze, Schmid, ECCV 2008): an immutable base, a tail of rows added since, and
// removed keys. What add() and remove() did is seen by every vote that starts after they return.
// All calls are safe from any thread; vote() never waits for merge(), nor for add() or remove().
//
// A row takes 14 bytes. Rows of one picture belong into one add(); a tail of 4'000 pictures costs a
// vote as much as a base of 20'000. Votes and their order depend on the rows alone, not on when
// they came or were merged. plain::vote() in feature_plain.h is the definition.
class LiveFeatureIndex {
 public:
  LiveFeatureIndex();
  ~LiveFeatureIndex();

  void add(std::span<const FeatureRow> rows);
  // Hides every row of these keys that is here now.
  void remove(std::span<const uint32_t> keys);

  // The state of this moment, to be asked.
  FeatureEdition edition() const;
  operator FeatureEdition() const { return edition(); }
  FeatureVote vote(std::span<const FeatureQuery> upright, std::span<const FeatureQuery> mirrored,
                   size_t most) const {
    return edition().vote(upright, mirrored, most);
  }

  // Folds tail and removals into a new base. One merge runs at a time, others return at once; until
  // votes on the old base have ended there is memory for both. Errors: limit above 2^32 - 1 rows;
  // unavailable without memory; nothing has changed then.
  Status merge();

  // Writes the base, but neither tail nor removals, to a file, checked and versioned
  // (docs/formats/feature-index.md); and replaces this index, with tail and removals, by what such
  // a file holds. Errors: not_found, unavailable, denied; when opening also corrupt, and invalid
  // for another version: build the index anew. A failed open() changes nothing.
  Status save(const std::string& path) const;
  Status open(const std::string& path);

  size_t rows() const { return edition().rows(); }
  size_t tail_rows() const { return edition().tail_rows(); }
  size_t memory_bytes() const { return edition().memory_bytes(); }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
