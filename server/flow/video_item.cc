// SPDX-License-Identifier: Apache-2.0
#include "server/flow/video_item.h"

#include <algorithm>
#include <map>
#include <set>

#include "weir/match/videos/slide_match.h"
#include "weir/match/videos/still_match.h"
#include "weir/signal/video_codec.h"

namespace weir {
namespace {

// Nobody has measured how often the signals of others err: such a match is as sure as a match must
// be, and no surer.
constexpr double kExchangedFalseAlarms = 1e-3;
constexpr uint32_t kLeastHashes = 3;  // different ones of each side: a single card is no video

KnownTracks tracks_among(const BanksAsked& asked, Store& store) {
  return [&asked, &store](EntryId id) -> Result<std::optional<VideoTrack>> {
    const auto found = TRY(store.signals_of(SignalKind::kTrack, {&id, 1}));
    if (found.empty() || !asked.contains(found[0].bank)) return std::optional<VideoTrack>();
    auto track = read_video_track(found[0].value);
    if (!track)
      return Error{ErrorCode::kCorrupt, "the stored track of entry " + std::to_string(id.value) +
                                            " is damaged; restore the store's backup"};
    return std::optional(std::move(*track));
  };
}

}  // namespace

Result<std::vector<VideoMatch>> match_video_item(const VideoTrack& item, const BanksAsked& asked,
                                                 const Snapshot& snapshot, Services& services) {
  VideoMatchOptions options;
  options.most_false_alarms = services.settings.expected_false_alarms;
  return match_video(item, snapshot.videos, tracks_among(asked, services.store), options);
}

Result<std::vector<VideoMatch>> match_picture_with_videos(const PictureFeatures& picture,
                                                          const BanksAsked& asked,
                                                          const Snapshot& snapshot,
                                                          Services& services) {
  VideoMatchOptions options;
  options.most_false_alarms = services.settings.expected_false_alarms;
  std::vector<VideoMatch> found;
  for (const StillMatch& still :
       TRY(match_still(picture, snapshot.videos, tracks_among(asked, services.store), options))) {
    SharedSegment segment = still_segment(still.region);
    segment.entry_from = segment.entry_to = still.time;
    found.push_back({still.entry, {segment}, still.expected_false_alarms});
  }
  return found;
}

Result<std::vector<VideoMatch>> match_stills_with_pictures(const VideoTrack& item,
                                                           const KnownPictures& known,
                                                           const Snapshot& snapshot,
                                                           Services& services) {
  return match_slides(item, snapshot.pictures, known, services.settings.expected_false_alarms);
}

Result<ExchangedClaims> match_exchanged(const AskedVideo& item, const Snapshot& snapshot) {
  ExchangedClaims claims;
  if (item.vpdq.empty() && item.tmk.empty()) return claims;
  for (const VpdqMatch& match : TRY(snapshot.vpdq.search(item.vpdq)))
    if (std::min(match.shares.item_hashes, match.shares.entry_hashes) >= kLeastHashes)
      claims.vpdq.emplace(match.entry, match.shares);
  if (item.tmk.empty()) return claims;
  for (const TmkMatch& match : snapshot.tmk.search(TRY(read_tmk(item.tmk))))
    claims.tmk.emplace(match.entry, match.score);
  return claims;
}

std::vector<VideoMatch> ExchangedClaims::matches() const {
  std::set<EntryId> entries;
  for (const auto& [entry, shares] : vpdq) entries.insert(entry);
  for (const auto& [entry, score] : tmk) entries.insert(entry);
  std::vector<VideoMatch> out;
  for (const EntryId entry : entries) out.push_back({entry, {}, kExchangedFalseAlarms});
  return out;
}

double covered_time(std::span<const SharedSegment> segments, std::chrono::microseconds duration) {
  using std::chrono::microseconds;
  if (duration.count() <= 0) return 0;
  std::vector<std::pair<microseconds, microseconds>> spans;
  for (const SharedSegment& one : segments)
    spans.emplace_back(std::max(one.item_from, microseconds(0)), std::min(one.item_to, duration));
  std::sort(spans.begin(), spans.end());
  microseconds covered{0}, until{0};
  for (const auto& [from, to] : spans) {
    covered += std::max(to - std::max(from, until), microseconds(0));
    until = std::max(until, to);
  }
  return static_cast<double>(covered.count()) / static_cast<double>(duration.count());
}

}  // namespace weir
