// SPDX-License-Identifier: Apache-2.0
#include "server/flow/video_item.h"

#include <algorithm>
#include <map>
#include <set>

#include "weir/base/video_codec.h"
#include "weir/match/still_match.h"

namespace weir {
namespace {

// Of a long video so many stills are looked for among pictures, evenly spread.
constexpr size_t kStillsLookedAt = 120;
constexpr size_t kCandidatesOfStill = 5;

// Nobody has measured how often the signals of others err: such a match is as sure as a match must
// be, and no surer.
constexpr double kExchangedFalseAlarms = 1e-3;
constexpr uint32_t kLeastHashes = 3;  // different ones of each side: a single card is no video

KnownTracks tracks_among(const BanksAsked& asked, Store& store) {
  return [&asked, &store](EntryId id) -> Result<std::optional<VideoTrack>> {
    auto found = TRY(store.tracks_of({&id, 1}));
    if (found.empty() || !asked.contains(found[0].bank)) return std::optional<VideoTrack>();
    auto track = read_video_track(found[0].track);
    if (!track)
      return Error{ErrorCode::kCorrupt, "the stored track of entry " + std::to_string(id.value) +
                                            " is damaged; restore the store's backup"};
    return std::optional(std::move(*track));
  };
}

// A segment of no length, as a still picture is one.
SharedSegment moment_of(const SharedRegion& region) {
  SharedSegment segment;
  segment.mirrored = region.mirrored;
  segment.is_still = true;
  segment.entry_to_item = region.entry_to_item;
  segment.item_region = region.item_region;
  segment.entry_region = region.entry_region;
  segment.log10_nfa = region.log10_nfa;
  segment.verdict = region.verdict;
  return segment;
}

}  // namespace

Result<std::vector<VideoMatch>> match_video_item(const VideoTrack& item, const BanksAsked& asked,
                                                 Services& services) {
  TRY(services.snapshot.load_videos());
  VideoMatchOptions options;
  options.most_false_alarms = services.settings.expected_false_alarms;
  return match_video(item, services.snapshot.videos(), tracks_among(asked, services.store),
                     options);
}

Result<std::vector<VideoMatch>> match_picture_with_videos(const PictureFeatures& picture,
                                                          const BanksAsked& asked,
                                                          Services& services) {
  TRY(services.snapshot.load_videos());
  VideoMatchOptions options;
  options.most_false_alarms = services.settings.expected_false_alarms;
  std::vector<VideoMatch> found;
  for (const StillMatch& still : TRY(match_still(picture, services.snapshot.videos(),
                                                 tracks_among(asked, services.store), options))) {
    SharedSegment segment = moment_of(still.region);
    segment.entry_from = segment.entry_to = still.time;
    found.push_back({still.entry, {segment}, still.expected_false_alarms});
  }
  return found;
}

// Stills that follow each other and show the same entry are one segment.
Result<std::vector<VideoMatch>> match_stills_with_pictures(const VideoTrack& item,
                                                           const KnownPictures& known,
                                                           Services& services) {
  std::map<EntryId, VideoMatch> found;
  if (services.snapshot.features().rows() == 0) return std::vector<VideoMatch>();
  PictureMatchOptions options;
  options.most_candidates = kCandidatesOfStill;
  const size_t step = (item.stills.size() + kStillsLookedAt - 1) / kStillsLookedAt;
  // Of all stills together the matches may be expected to be so many false alarms.
  options.most_false_alarms =
      services.settings.expected_false_alarms /
      static_cast<double>(std::clamp<size_t>(item.stills.size(), 1, kStillsLookedAt));
  for (size_t i = 0; i < item.stills.size(); i += step) {
    const Still& still = item.stills[i];
    const auto ends = i + step < item.stills.size() ? item.stills[i + step].time : item.duration;
    for (const PictureMatch& match :
         TRY(match_picture(still.picture, services.snapshot.features(), known, options))) {
      VideoMatch& all =
          found.try_emplace(match.entry, VideoMatch{match.entry, {}, 1}).first->second;
      all.expected_false_alarms = std::min(all.expected_false_alarms, match.expected_false_alarms);
      if (all.segments.empty() || all.segments.back().item_to < still.time) {
        all.segments.push_back(moment_of(match.pair.shared.regions.front()));
        all.segments.back().item_from = still.time;
      }
      all.segments.back().item_to = ends;
    }
  }
  std::vector<VideoMatch> out;
  for (auto& [entry, match] : found) out.push_back(std::move(match));
  return out;
}

Result<ExchangedClaims> match_exchanged(const VideoSignals& item, Services& services) {
  ExchangedClaims claims;
  if (item.vpdq.empty() && item.tmk.empty()) return claims;
  TRY(services.snapshot.load_videos());
  for (const VpdqMatch& match : TRY(services.snapshot.find_vpdq(item.vpdq)))
    if (std::min(match.shares.item_hashes, match.shares.entry_hashes) >= kLeastHashes)
      claims.vpdq.emplace(match.entry, match.shares);
  if (item.tmk.empty()) return claims;
  for (const TmkMatch& match : services.snapshot.find_tmk(TRY(read_tmk(item.tmk))))
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
