// SPDX-License-Identifier: Apache-2.0
#include "weir/match/videos/video_cards.h"

#include <algorithm>
#include <map>
#include <set>

#include "weir/match/pictures/picture_match.h"
#include "weir/match/videos/video_index.h"
#include "weir/signal/signals.h"

namespace weir {
namespace {

using std::chrono::microseconds;

// Constants: these were chosen by hand on the tune side of the accuracy bench and not fitted;
// decision 0126 has the rule and what it was measured on.
constexpr size_t kMostNearCards = 200'000;  // where more frames are near, all videos have them
constexpr size_t kMostStills = 4;           // of one span, that are asked about
constexpr size_t kCandidates = 24;          // known stills that each of them may name
constexpr uint32_t kLeastAlike = 20;  // of 120 features of a still, that agree in size and turn
constexpr microseconds kAround{12'000'000};  // looked at on either side of the span
// Time beside the span that is looked at as if it belonged to it: the span may be no more than one
// moment of a held picture.
constexpr microseconds kBeside{500'000};
// What lies nearer to the span than this does not count as standing around it: where the span is
// part of a card, that is the rest of the card.
constexpr microseconds kMomentsApart{4'000'000};

struct Shown {
  std::set<uint32_t> anywhere;  // frames or stills that were asked about
  std::set<uint32_t> at_ends;
};
// Who else shows the frames, or the stills, of a span.
struct Askings {
  size_t count = 0;
  std::map<EntryId, Shown> by;

  void add(const KnownMoment& moment, uint32_t query, EntryId of) {
    if (moment.entry == of) return;
    by[moment.entry].anywhere.insert(query);
    if (moment.is_at_end) by[moment.entry].at_ends.insert(query);
  }
  // Whether another entry shows half of them.
  bool half(EntryId other, std::set<uint32_t> Shown::*where) const {
    const auto shown = by.find(other);
    return shown != by.end() && 2 * (shown->second.*where).size() >= count;
  }
};
struct Sharing {
  bool everywhere = false;  // more is near than can be listed
  Askings frames, stills;
  bool half(EntryId other, std::set<uint32_t> Shown::*where) const {
    return frames.half(other, where) || stills.half(other, where);
  }
};

// Asks about the stills, too, since cards have little detail and often too little for PDQ.
void add_stills(EntryId entry, const VideoTrack& track, const VideoEdition& index,
                const auto& is_wanted, Askings& out) {
  for (const Still& still : track.stills) {
    if (!is_wanted(still.time) || out.count >= kMostStills) continue;
    const auto asked = static_cast<uint32_t>(out.count++);
    const FeatureVote vote =
        index.stills.vote(feature_queries(still.picture.features, still.picture), {}, kCandidates);
    std::vector<uint32_t> keys;
    for (const FeatureCandidate& one : vote.candidates)
      if (one.hits >= kLeastAlike) keys.push_back(one.key);
    for (const KnownMoment& moment : index.moments->stills_named(keys))
      out.add(moment, asked, entry);
  }
}

Result<Sharing> who_shows(EntryId entry, const VideoTrack& track, const VideoEdition& index,
                          const auto& is_wanted) {
  Sharing out;
  std::vector<Hash256> hashes;
  for (size_t i = 0; i < track.frames.size(); ++i)
    if (is_wanted(track.frames[i].time) && is_telling(track, i) &&
        track.frames[i].quality >= kPdqMatchableQuality)
      hashes.push_back(track.frames[i].pdq);
  out.frames.count = hashes.size();
  auto near = index.frames.search(hashes, kPdqMatchRadius, kMostNearCards);
  if (!near && near.error().code == ErrorCode::kLimit) {
    out.everywhere = true;
    return out;
  }
  if (!near) return std::move(near).error();
  std::vector<uint32_t> keys;
  for (const Neighbour& one : *near) keys.push_back(one.key);
  const std::vector<KnownMoment> known = index.moments->frames_named(keys);
  for (size_t i = 0; i < known.size(); ++i) out.frames.add(known[i], (*near)[i].query, entry);
  add_stills(entry, track, index, is_wanted, out.stills);
  return out;
}

}  // namespace

Result<Wearers> wearers_of(EntryId entry, const VideoTrack& track, microseconds from,
                           microseconds to, const VideoEdition& index) {
  Wearers out;
  const Sharing within = TRY(who_shows(entry, track, index, [&](microseconds time) {
    return time >= from - kBeside && time <= to + kBeside;
  }));
  out.is_card = within.everywhere;
  std::set<EntryId> wearers;
  for (const Askings* asked : {&within.frames, &within.stills})
    for (const auto& [other, shown] : asked->by)
      if (within.half(other, &Shown::at_ends)) wearers.insert(other);
  if (wearers.empty()) return out;
  const Sharing around = TRY(who_shows(entry, track, index, [&](microseconds time) {
    return (time < from - kMomentsApart && time >= from - kAround) ||
           (time > to + kMomentsApart && time <= to + kAround);
  }));
  for (const EntryId other : wearers) {
    if (around.half(other, &Shown::anywhere))
      out.editions.insert(other);
    else
      out.is_card = true;
  }
  return out;
}

}  // namespace weir
