// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "weir/base/ids.h"
#include "weir/base/result.h"
#include "weir/hash/video/tmk.h"
#include "weir/index/shared_copy.h"
#include "weir/signal/video_track.h"

namespace weir {

// Compares videos by signals that others make and exchange, where nothing else of a video is known:
// vPDQ, which has a hash for each of many frames, and TMK, which has one long signature for all of
// a video. The rules are the field's own, so that a limit agreed on with a partner means the same
// here (decision 0097). A search gives just what comparing with every entry would give.
//
// Example: an item has three different vPDQ hashes and an entry has four. Two of the item's are
// near hashes of the entry, and two of the entry's near hashes of the item. The shares are 2/3 and
// 1/2, both below 0.8, so this is no match.
//
// Counter-example: vPDQ takes a video for a bag of frames. It knows no order in time, no crop and
// no mirrored copy, and it misses compilations, of which each video is a small share. A video whose
// file was seen is compared by its track instead (videos/).

// Of each side's different hashes of sufficient quality, the share that lies near a hash of the
// other side.
struct VpdqShares {
  double item = 0;  // 0 to 1
  double entry = 0;
  uint32_t item_hashes = 0;  // different ones of sufficient quality
  uint32_t entry_hashes = 0;
  friend bool operator==(const VpdqShares&, const VpdqShares&) = default;
};
struct VpdqRule {
  Distance radius{31};  // two frames are near within so many bits
  int quality = 50;     // a frame below this says too little
  // A match has at least this share of the item's hashes, or at least that of the entry's.
  double item_share = 0.8;
  double entry_share = 0.8;
};
VpdqShares vpdq_shares(std::span<const VpdqFrame> item, std::span<const VpdqFrame> entry,
                       const VpdqRule& rule = {});
bool is_match(const VpdqShares& shares, const VpdqRule& rule = {});
bool vpdq_match(std::span<const VpdqFrame> item, std::span<const VpdqFrame> entry,
                const VpdqRule& rule = {});

struct VpdqMatch {
  EntryId entry;
  VpdqShares shares;
};

// What a VpdqIndex held at one moment. Nothing changes it, and a copy costs a pointer. Safe from
// any thread.
class VpdqEdition {
 public:
  VpdqEdition();  // of no entries
  // Entries that match, by the larger share, largest first, then by entry: the same as
  // vpdq_shares() with each of them. Errors: limit.
  Result<std::vector<VpdqMatch>> search(std::span<const VpdqFrame> item,
                                        const VpdqRule& rule = {}) const;
  size_t entries() const;
  size_t memory_bytes() const;

 private:
  friend class VpdqIndex;
  struct State;
  explicit VpdqEdition(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

// All vpdq entries. One thread at a time may change it or take an edition.
class VpdqIndex {
 public:
  VpdqIndex();
  ~VpdqIndex();
  // A second add() of an entry replaces the first. Errors: limit above 2^32 - 1 frames in all.
  Status add(EntryId entry, std::span<const VpdqFrame> frames);
  void remove(EntryId entry);
  // Folds what was added and removed into the search structure. Errors: limit, unavailable.
  Status merge();
  VpdqEdition edition();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct TmkMatch {
  EntryId entry;
  TmkScore score;
};

// What a TmkIndex held at one moment. Nothing changes it, and a copy costs a pointer. Safe from any
// thread.
class TmkEdition {
 public:
  TmkEdition();  // of no entries
  // Computes level 1 with each entry, and level 2 where level 1 is reached. Gives the entries that
  // reach both, by level 2, highest first, then by entry.
  std::vector<TmkMatch> search(const TmkSignature& item, float level_1 = kTmkMatch,
                               float level_2 = kTmkMatch) const;
  size_t entries() const { return signatures_->size(); }
  size_t memory_bytes() const;

 private:
  friend class TmkIndex;
  using Signatures = std::map<EntryId, std::shared_ptr<const TmkSignature>>;
  explicit TmkEdition(std::shared_ptr<const Signatures> signatures)
      : signatures_(std::move(signatures)) {}
  std::shared_ptr<const Signatures> signatures_;
};

// All tmk entries. Threads as VpdqIndex.
class TmkIndex {
 public:
  void add(EntryId entry, TmkSignature signature);  // some 260 KB; replaces what was there
  void remove(EntryId entry);
  TmkEdition edition() { return TmkEdition(signatures_.share()); }

 private:
  SharedCopy<TmkEdition::Signatures> signatures_;
};

}  // namespace weir
