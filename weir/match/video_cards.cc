// SPDX-License-Identifier: Apache-2.0
#include "weir/match/video_cards.h"

#include <algorithm>
#include <map>
#include <set>

#include "weir/base/signals.h"
#include "weir/match/video_index.h"

namespace weir {
namespace {

using std::chrono::microseconds;

constexpr size_t kMostNeighbours = 200'000;
constexpr microseconds kAround{8'000'000};  // of the entry, on either side
constexpr microseconds kApart{1'000'000};   // from the span: it may begin or end in a dissolve

struct Shown {
  std::set<uint32_t> anywhere;  // frames that were asked about
  std::set<uint32_t> at_ends;
};
struct Sharing {
  size_t asked = 0;
  bool everywhere = false;  // more is near than can be listed
  std::map<EntryId, Shown> by;
};

// Who else shows the frames of these times.
Result<Sharing> who_shows(EntryId entry, const VideoTrack& track, const VideoIndex& index,
                          const auto& is_wanted) {
  Sharing out;
  std::vector<Hash256> hashes;
  for (size_t i = 0; i < track.frames.size(); ++i)
    if (is_wanted(track.frames[i].time) && is_telling(track, i) &&
        track.frames[i].quality >= kPdqMatchableQuality)
      hashes.push_back(track.frames[i].pdq);
  out.asked = hashes.size();
  auto near = index.impl().frames.search(hashes, kPdqMatchRadius, kMostNeighbours);
  if (!near && near.error().code == ErrorCode::kLimit) {
    out.everywhere = true;
    return out;
  }
  if (!near) return std::move(near).error();
  std::vector<uint32_t> keys;
  for (const Neighbour& one : *near) keys.push_back(one.key);
  const std::vector<KnownMoment> known = index.impl().frames_named(keys);
  for (size_t i = 0; i < known.size(); ++i) {
    if (known[i].entry.value == 0 || known[i].entry == entry) continue;
    Shown& shown = out.by[known[i].entry];
    shown.anywhere.insert((*near)[i].query);
    if (known[i].is_at_end) shown.at_ends.insert((*near)[i].query);
  }
  return out;
}

}  // namespace

Result<Wearers> wearers_of(EntryId entry, const VideoTrack& track, microseconds from,
                           microseconds to, const VideoIndex& index) {
  Wearers out;
  const Sharing within = TRY(who_shows(
      entry, track, index, [&](microseconds time) { return time >= from && time <= to; }));
  out.is_card = within.everywhere;
  std::set<EntryId> wearers;
  for (const auto& [other, shown] : within.by)
    if (2 * shown.at_ends.size() >= within.asked) wearers.insert(other);
  if (wearers.empty()) return out;
  const Sharing around = TRY(who_shows(entry, track, index, [&](microseconds time) {
    return (time < from - kApart && time >= from - kAround) ||
           (time > to + kApart && time <= to + kAround);
  }));
  for (const EntryId other : wearers) {
    const auto shown = around.by.find(other);
    const size_t shared = shown == around.by.end() ? 0 : shown->second.anywhere.size();
    if (around.asked > 0 && 2 * shared >= around.asked)
      out.editions.insert(other);
    else
      out.is_card = true;
  }
  return out;
}

}  // namespace weir
