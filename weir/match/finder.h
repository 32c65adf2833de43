// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "weir/match/claims.h"
#include "weir/match/item.h"
#include "weir/match/snapshot.h"

namespace weir {

// A finder is one way of finding entries. It reads signals of some kinds, of the items and of its
// own edition in the snapshot, and adds what it finds to the claims of each item. All finders
// answer the same question, so whoever asks need not know which ways of finding there are.
//
// Example: a question has one photograph as its item. The finder of hashes claims entry 7, since
// their PDQ differs by 12 bits; the finder of pictures then compares the pixels of both and adds
// the region that agrees to the same claim.
//
// Counter-example: a finder does not decide what is reported. The finder of hashes also claims
// entries of benign banks, and the judge takes those out afterwards (judge.h).

// What the judge asks about an entry.
struct EntryFacts {
  std::vector<Signal> signals;  // only kinds that are exchanged with others
  bool is_benign = false;       // of a benign bank
};

// The entries as their keeper knows them now. Each function answers with nothing for an entry that
// is retired, that is gone, or that is in no bank which the question is about. Errors of all
// functions: corrupt; those of the store.
class KnownEntries {
 public:
  virtual ~KnownEntries() = default;
  virtual Result<std::optional<KnownPicture>> picture(EntryId entry) = 0;
  virtual Result<std::optional<VideoTrack>> track(EntryId entry) = 0;
  virtual Result<std::optional<EntryFacts>> facts(EntryId entry) = 0;
  virtual Result<std::vector<SameDigest>> same_digests(std::span<const Signal> digests) = 0;

  // The same as functions. They call this object, so it must outlive them.
  KnownPictures pictures() {
    return [this](EntryId entry) { return picture(entry); };
  }
  KnownTracks tracks() {
    return [this](EntryId entry) { return track(entry); };
  }
};

// One question: which entries do these items show, of those that the snapshot holds?
struct Question {
  std::span<const ItemToMatch> items;
  const Snapshot& snapshot;
  KnownEntries& known;
  // A claim that expects more false alarms than this is a weak claim and no match.
  double most_false_alarms = PictureMatchOptions{}.most_false_alarms;
};

// One way of finding. A new kind of signal that is found in a new way brings a finder in a folder
// of its own, and a line in finder.cc.
class Finder {
 public:
  virtual ~Finder() = default;
  virtual std::string_view name() const = 0;  // "hashes", for people who read a log or a test
  virtual std::span<const SignalKind> kinds() const = 0;
  // Joins what it finds of each item to that item's claims, and may look at what the finders before
  // it claimed. Precondition: as many claims as items. Errors: limit; of question.known.
  virtual Status find(const Question& question, std::vector<Claims>& claims) const = 0;
};

// In the order in which they are asked.
std::span<const Finder* const> all_finders();

// What all of them claim of each item. Errors: as Finder::find().
Result<std::vector<Claims>> find_all(const Question& question);

}  // namespace weir
