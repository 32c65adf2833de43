// SPDX-License-Identifier: Apache-2.0
//
// Hits vote, a temporal network joins those that agree, lines are fitted to what it joins, and the
// thumbs say where each line begins, ends, and whether it is the same recording. What is explained
// is taken away and the rest is searched again, so that one item may show an entry many times.
#include "weir/align/video_align.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "weir/align/frame_times.h"
#include "weir/align/held_pictures.h"
#include "weir/align/motion.h"
#include "weir/align/span_fit.h"
#include "weir/align/time_evidence.h"
#include "weir/align/time_line.h"
#include "weir/align/time_network.h"
#include "weir/align/time_shift.h"
#include "weir/align/video_evidence.h"
#include "weir/align/video_places.h"

namespace weir {

namespace {

constexpr size_t kMostPerMoment = 6;  // hits of one frame of the item
constexpr double kFullSurprise = 6;   // of a hit of weight 1
constexpr double kMostWeight = 2;
constexpr double kLeastPath = 0.7;       // weight of a path worth a look
constexpr size_t kPathsEachSegment = 3;  // that are looked at
constexpr double kLeastAgreement = 0.3;  // with the pixels, before the line is refined
constexpr double kLeastSeconds = 0.7;    // of the item
constexpr double kFarShift = 20;         // seconds, within a shot of a camera that stands still
constexpr double kMovedTogether = 10;    // seconds of the item, then
constexpr double kMostOfSpan = 0.7;      // where less is left, what moves must agree well, too
constexpr size_t kLeastMoments = 6;
constexpr double kSureMotion = 0.6;
constexpr size_t kManyMoments = 10;
constexpr double kLikelyMotion = 0.5;
constexpr double kLeastBackward = 2;  // seconds of the item
constexpr size_t kFramesBackward = 10;
constexpr double kSureBackward = 0.85;
constexpr double kMostChanges = 0.5;     // of the pixels
constexpr double kStillAgreement = 0.8;  // where nothing moves
constexpr double kPossible = -0.5;       // log10 of false alarms, above which chance explains it

// All that is known while one item and one entry are compared.
class Search {
 public:
  Search(const VideoTrack& item, const VideoTrack& entry, std::span<const FrameHit> hits,
         bool backward = false)
      : backward_(backward),
        item_times_(item),
        entry_times_(entry, backward),
        tracks_{item, entry, item_times_, entry_times_},
        hits_(hits),
        places_(item, entry) {}

  bool is_possible() const { return item_times_.size() > 0 && entry_times_.size() > 0; }

  std::vector<SharedSegment> segments(bool mirrored, size_t most) {
    std::vector<TimedHit> timed;
    for (size_t i = 0; i < hits_.size(); ++i)
      if (hits_[i].mirrored == mirrored && hits_[i].surprise > 0)
        timed.push_back({seconds_of(hits_[i].item), seconds_of(hits_[i].entry),
                         std::min(hits_[i].surprise / kFullSurprise, kMostWeight), i});
    std::vector<TimedHit> left = best_supported(timed, kMostPerMoment);
    std::vector<SharedSegment> found;
    for (size_t tried = 0; tried < most * kPathsEachSegment && found.size() < most; ++tried) {
      const std::vector<size_t> path = heaviest_path(left);
      std::vector<TimedHit> on_path;
      double weight = 0;
      for (const size_t i : path) on_path.push_back(left[i]), weight += left[i].weight;
      if (weight < kLeastPath) break;
      for (size_t i = path.size(); i-- > 0;)
        left.erase(left.begin() + static_cast<ptrdiff_t>(path[i]));
      for (const LinePart& part : split_into_lines(on_path)) {
        const auto hits = std::span(on_path).subspan(part.first, part.end - part.first);
        auto segment = segment_of(hits, part.line, mirrored);
        if (!segment) continue;
        std::erase_if(left, [&](const TimedHit& hit) {
          return hit.item >= seconds_of(segment->item_from) &&
                 hit.item <= seconds_of(segment->item_to);
        });
        found.push_back(std::move(*segment));
      }
    }
    return found;
  }

  std::vector<SharedSegment> held(std::span<const SharedSegment> known) {
    return held_pictures(tracks_, hits_, known, places_);
  }

 private:
  std::optional<SharedSegment> segment_of(std::span<const TimedHit> on_line, const TimeLine& line,
                                          bool mirrored) {
    std::vector<PictureTransform> proposed;
    for (const TimedHit& hit : on_line)
      if (hits_[hit.source].entry_to_item) proposed.push_back(*hits_[hit.source].entry_to_item);
    const double from = on_line.front().item, to = on_line.back().item;
    VideoPlace* place = places_.best(tracks_, proposed, mirrored, line, from, to);
    if (place == nullptr || place->agreement < kLeastAgreement) return {};
    auto span = fit_span(tracks_, place->thumbs, line, from, to);
    if (!span || span->to - span->from < kLeastSeconds) return {};
    SharedSegment segment = described(*span, *place, mirrored);
    segment.log10_nfa = log10_false_alarms(tracks_, hits_, segment);
    if (segment.log10_nfa > kPossible) return {};
    Verdict verdict = judged(*span, place->thumbs);
    if (verdict != Verdict::kCopy) {
      // Where the camera stands still, any moment of a shot looks like any other, and hits may name
      // a wrong one: what moves says which is meant.
      const TimeLine moved = moved_by_motion(*span, place->thumbs);
      auto other = fit_span(tracks_, place->thumbs, moved, span->from, span->to);
      if (other && judged(*other, place->thumbs, true) == Verdict::kCopy) {
        span = other;
        verdict = Verdict::kCopy;
      }
    }
    if (span->to - span->from < kLeastSeconds) return {};
    const double log10_nfa = segment.log10_nfa;
    segment = described(*span, *place, mirrored);
    segment.log10_nfa = log10_nfa;
    segment.verdict = verdict;
    return segment;
  }

  TimeLine moved_by_motion(const FittedSpan& span, ThumbPair& thumbs) {
    std::vector<size_t> places;
    const double middle = (span.from + span.to) / 2;
    for (size_t i = item_times_.first_at_or_after(middle - kMovedTogether / 2);
         i < item_times_.size() && item_times_.time(i) <= middle + kMovedTogether / 2; ++i)
      if (item_times_.time(i) >= span.from && item_times_.time(i) <= span.to) places.push_back(i);
    if (places.empty()) return span.line;
    const TimeShift shift = best_shift(tracks_, thumbs, span.line, places, kFarShift);
    return {span.line.speed, span.line.offset + shift.shift};
  }

  SharedSegment described(const FittedSpan& span, const VideoPlace& place, bool mirrored) const {
    SharedSegment segment;
    const auto in_entry = [&](double item) {
      return microseconds_of(std::clamp(span.line(item), 0.0, entry_times_.duration()));
    };
    segment.item_from = microseconds_of(span.from);
    segment.item_to = microseconds_of(span.to);
    segment.entry_from = in_entry(span.from);
    segment.entry_to = in_entry(span.to);
    segment.speed = span.line.speed;
    segment.mirrored = mirrored;
    segment.entry_to_item = place.transform;
    segment.item_region = place.item_region;
    segment.entry_region = place.entry_region;
    return segment;
  }

  // By what moves; of the span, only the part where that agrees is left. What was chosen among many
  // moments or parts agrees better by chance, and more is asked of it.
  Verdict judged(FittedSpan& span, ThumbPair& thumbs, bool was_chosen = false) {
    auto moments = motion_along(tracks_, thumbs, span.line, span.from, span.to);
    const ItemSpan part = moving_together(moments, {span.from, span.to});
    std::erase_if(moments, [&](const MotionMoment& one) {
      return one.item < part.from - 1e-6 || one.item > part.to;
    });
    const double share = (part.to - part.from) / (span.to - span.from);
    const Motion motion = summed_up(moments);
    span.from = part.from;
    span.to = part.to;
    const Following over_time = following(tracks_, thumbs, span.line, span.from, span.to);
    if (backward_) return judged_backward(over_time, thumbs);
    if (!over_time.tells(thumbs)) return judged_as_still(span, motion, thumbs);
    const Verdict verdict = verdict_over_time(over_time, motion);
    const bool is_sure = (motion.moments >= kLeastMoments && motion.agreement >= kSureMotion) ||
                         (motion.moments >= kManyMoments && motion.agreement >= kLikelyMotion);
    if (verdict == Verdict::kCopy && (was_chosen || share < kMostOfSpan) && !is_sure)
      return Verdict::kUnclear;
    return verdict;
  }

  // Few videos run backwards, and before a camera that stands still what moves to and fro is alike
  // either way: only where most of the picture changes is it claimed.
  static Verdict judged_backward(const Following& over_time, const ThumbPair& thumbs) {
    return over_time.frames >= kFramesBackward && over_time.agreement >= kSureBackward &&
                   double(over_time.pixels) >= kMostChanges * double(thumbs.size())
               ? Verdict::kCopy
               : Verdict::kUnclear;
  }

  // Where nothing changes on either side, the pictures must be the same everywhere.
  Verdict judged_as_still(const FittedSpan& span, const Motion& motion, ThumbPair& thumbs) {
    if (span.agreement < kStillAgreement || motion.item_moments > 0) return Verdict::kUnclear;
    const size_t place = item_times_.nearest((span.from + span.to) / 2);
    std::vector<int16_t> entry;
    if (!entry_at(tracks_, thumbs, span.line(item_times_.time(place)), entry))
      return Verdict::kUnclear;
    const Residual left = residual(thumbs.item_frame(item_times_.frame(place)), entry);
    return differs_in_a_place(left) ? Verdict::kUnclear : Verdict::kCopy;
  }

  bool backward_;
  FrameTimes item_times_;
  FrameTimes entry_times_;
  TrackPair tracks_;
  std::span<const FrameHit> hits_;
  VideoPlaces places_;
};

bool is_explained(const FrameHit& hit, std::span<const SharedSegment> found) {
  return std::any_of(found.begin(), found.end(), [&](const SharedSegment& one) {
    return one.verdict == Verdict::kCopy && hit.item >= one.item_from && hit.item <= one.item_to;
  });
}

// Spans that run backwards, among what is not explained yet: the same search in an entry whose time
// runs the other way. Only where things clearly move is backward another than forward.
std::vector<SharedSegment> backward_segments(const VideoTrack& item, const VideoTrack& entry,
                                             std::span<const FrameHit> hits,
                                             std::span<const SharedSegment> found, size_t most) {
  const auto duration = microseconds_of(FrameTimes(entry).duration());
  std::vector<FrameHit> turned;
  for (const FrameHit& hit : hits) {
    if (is_explained(hit, found)) continue;
    turned.push_back(hit);
    turned.back().entry = duration - hit.entry;
  }
  std::vector<SharedSegment> out;
  if (turned.empty()) return out;
  Search search(item, entry, turned, true);
  for (const bool mirrored : {false, true})
    for (SharedSegment& one : search.segments(mirrored, most)) {
      if (one.verdict != Verdict::kCopy || seconds_of(one.item_to - one.item_from) < kLeastBackward)
        continue;
      const auto from = one.entry_from;
      one.entry_from = duration - one.entry_to;
      one.entry_to = duration - from;
      one.speed = -one.speed;
      out.push_back(std::move(one));
    }
  return out;
}

}  // namespace

std::vector<SharedSegment> align_videos(const VideoTrack& item, const VideoTrack& entry,
                                        std::span<const FrameHit> hits,
                                        const VideoAlignOptions& options) {
  Search search(item, entry, hits);
  if (!search.is_possible() || options.most_segments == 0) return {};
  std::vector<SharedSegment> found = search.segments(false, options.most_segments);
  for (SharedSegment& one : search.segments(true, options.most_segments))
    found.push_back(std::move(one));
  for (SharedSegment& one : backward_segments(item, entry, hits, found, options.most_segments))
    found.push_back(std::move(one));
  for (SharedSegment& one : search.held(found)) found.push_back(std::move(one));
  return resolved(std::move(found), options.most_segments);
}

}  // namespace weir
