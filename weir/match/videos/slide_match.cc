// SPDX-License-Identifier: Apache-2.0
#include "weir/match/videos/slide_match.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "weir/align/video/frame_times.h"
#include "weir/align/video/picture_span.h"
#include "weir/align/video/thumb_pair.h"
#include "weir/match/videos/laid_over.h"

namespace weir {

namespace {

// Constants: these were chosen by hand on the tune side of the accuracy bench and not fitted.
constexpr size_t kStillsLookedAt = 120;   // of a long video, evenly spread
constexpr size_t kCandidatesOfSlide = 5;  // known pictures that a still is compared with
constexpr double kJoined = 0.3;  // seconds between two spans of one picture that are taken for one

// Tells from when to when the item shows what one of its stills shows.
class StillSpans {
 public:
  explicit StillSpans(const VideoTrack& item)
      : item_(item),
        laid_over_(laid_over(item)),
        times_(item, false, FrameTimes::Held::kOnce),
        spans_(laid_over_) {}

  std::pair<double, double> of(size_t still) {
    const double time = seconds_of(item_.stills[still].time);
    if (times_.size() > 0 && has_thumbs(item_)) {
      const PictureSpan& span = spans_.around(item_, times_, times_.nearest(time));
      return {span.from, span.to};
    }
    const bool is_last = still + 1 == item_.stills.size();
    return {time, seconds_of(is_last ? item_.duration : item_.stills[still + 1].time)};
  }

 private:
  const VideoTrack& item_;
  std::vector<uint8_t> laid_over_;
  FrameTimes times_;
  PictureSpans spans_;
};

void add_span(VideoMatch& match, const SharedRegion& region,
              const std::pair<double, double>& span) {
  const auto from = microseconds_of(span.first), to = microseconds_of(span.second);
  if (!match.segments.empty() && from - match.segments.back().item_to <= microseconds_of(kJoined)) {
    SharedSegment& last = match.segments.back();
    last.item_to = std::max(last.item_to, to);
    last.told_to = last.item_to;
    last.log10_nfa = std::min(last.log10_nfa, region.log10_nfa);
    return;
  }
  SharedSegment segment = still_segment(region);
  segment.item_from = segment.told_from = from;
  segment.item_to = segment.told_to = to;
  match.segments.push_back(std::move(segment));
}

// How often chance would give a region like this one of a still, among all known pictures. Only
// this grows with the number of stills. What a claim may be wrong by besides does not, since the
// stills show the same.
double by_chance(const SharedRegion& region, const FeatureEdition& index) {
  const double pictures = static_cast<double>(index.rows()) / kEntryFeatures.most;
  return 2 * std::max(1.0, pictures) * std::pow(10, std::max(region.log10_nfa, -300.0));
}

}  // namespace

SharedSegment still_segment(const SharedRegion& region) {
  SharedSegment segment;
  segment.mirrored = region.mirrored;
  segment.is_still = true;
  segment.speed = 0;
  segment.entry_to_item = region.entry_to_item;
  segment.item_region = region.item_region;
  segment.entry_region = region.entry_region;
  segment.log10_nfa = region.log10_nfa;
  segment.verdict = region.verdict;
  return segment;
}

Result<std::vector<VideoMatch>> match_slides(const VideoTrack& item, const FeatureEdition& index,
                                             const KnownPictures& known, double most_false_alarms) {
  std::map<EntryId, VideoMatch> found;
  std::vector<VideoMatch> out;
  if (index.rows() == 0) return out;
  const size_t step = (item.stills.size() + kStillsLookedAt - 1) / kStillsLookedAt;
  const auto looked_at = std::clamp<size_t>(item.stills.size(), 1, kStillsLookedAt);
  const double each = most_false_alarms / static_cast<double>(looked_at);
  PictureMatchOptions options;
  options.most_candidates = kCandidatesOfSlide;
  options.most_false_alarms = most_false_alarms;
  StillSpans spans(item);
  for (size_t i = 0; i < item.stills.size(); i += step)
    for (const PictureMatch& match :
         TRY(match_picture(item.stills[i].picture, index, known, options))) {
      const SharedRegion& region = match.pair.shared.regions.front();
      if (by_chance(region, index) > each) continue;
      VideoMatch& all =
          found.try_emplace(match.entry, VideoMatch{match.entry, {}, 1}).first->second;
      all.expected_false_alarms = std::min(all.expected_false_alarms, match.expected_false_alarms);
      add_span(all, region, spans.of(i));
    }
  for (auto& [entry, match] : found) out.push_back(std::move(match));
  return out;
}

}  // namespace weir
