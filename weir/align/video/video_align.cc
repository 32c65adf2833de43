// SPDX-License-Identifier: Apache-2.0
//
// Finds the spans of an item that show spans of an entry. Hits vote, a temporal network joins those
// that agree, lines are fitted to what it joins, and the thumbs say where each line begins and
// ends, and whether it is the same recording. What is explained is taken away and the rest is
// searched again, so that one item may show an entry many times. It works because hits of a shared
// span go on together in both videos, which hits by chance do not.
//
// Example: a compilation shows 40 to 46 s of an entry at 12 s, and 90 to 95 s of it, mirrored, at
// 30 s. That makes two segments, of 6 and of 5 s.
// Counter-example: one room on two days has hits all along and is no copy; such a span gets the
// verdict kSameScene or kUnclear.
// Constants: they are those of decisions 0100 (hits of a moment), 0101 (less of a span), 0127
// (backward), 0128 (another moment of a shot) and 0132 (following tells); those that no decision
// names were chosen by hand on the tune side of the accuracy bench, and not fitted.
#include "weir/align/video/video_align.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "weir/align/video/frame_times.h"
#include "weir/align/video/held_pictures.h"
#include "weir/align/video/motion.h"
#include "weir/align/video/span_fit.h"
#include "weir/align/video/time_evidence.h"
#include "weir/align/video/time_line.h"
#include "weir/align/video/time_network.h"
#include "weir/align/video/time_shift.h"
#include "weir/align/video/video_evidence.h"
#include "weir/align/video/video_places.h"

namespace weir {

namespace {

constexpr size_t kMostPerMoment = 6;     // hits of one frame of the item that enter the network
constexpr double kFullSurprise = 6;      // of a hit of weight 1
constexpr double kMostWeight = 2;        // of a hit
constexpr double kLeastPath = 0.7;       // weight of a path worth a look
constexpr size_t kPathsEachSegment = 3;  // paths that are looked at for each segment wanted
constexpr double kLeastAgreement = 0.3;  // with the pixels, before the line is refined
constexpr double kFarShift = 20;         // seconds of the entry, within a shot
constexpr double kMovedTogether = 10;    // seconds of the item that are moved by it together
constexpr double kEdge = 0.4;            // seconds at both ends of a span that may be of a dissolve
constexpr double kLongEnough = 2;        // seconds of a span, from which on these are left out
constexpr double kAroundHit = 1.5;       // seconds of the item, where the line itself shows nothing
constexpr double kLeastShifted = 0.3;    // correlation of changes, worth a closer look
constexpr double kMostOfSpan = 0.7;      // share of a span; where less is left, more is asked of it
constexpr double kLeastBackward = 2;     // seconds of the item that a backward span has at least,
constexpr size_t kFramesBackward = 10;   // frames of it,
constexpr double kSureBackward = 0.85;   // correlation of its changes,
constexpr double kMostChanges = 0.5;     // and share of the pixels that change
constexpr double kStillAgreement = 0.8;  // correlation of frames where nothing moves
constexpr double kFollows = 0.75;        // a copy whose changes over time correlate so well
constexpr double kFollowingTells = 3;    // has so many digits of evidence beside its pictures

// Holds all that is known while one item and one entry are compared.
class Search {
 public:
  Search(const VideoTrack& item, const VideoTrack& entry, std::span<const FrameHit> hits,
         const VideoAlignOptions& options, bool backward = false)
      : backward_(backward),
        item_times_(item, false, FrameTimes::Held::kOnce),
        entry_times_(entry, backward),
        tracks_{item, entry, item_times_, entry_times_},
        hits_(hits),
        work_(options.work),
        places_(item, entry, options.laid_over, options.work) {}

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
      if (work_ != nullptr && work_->is_spent()) break;
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
        // A span that is no copy explains nothing, and another line may explain its hits.
        std::erase_if(left, [&](const TimedHit& hit) {
          return segment->verdict == Verdict::kCopy && hit.item >= seconds_of(segment->item_from) &&
                 hit.item <= seconds_of(segment->item_to);
        });
        found.push_back(std::move(*segment));
      }
    }
    return found;
  }

  std::vector<SharedSegment> held(std::span<const SharedSegment> known, PictureSpans& spans) {
    return held_pictures(tracks_, hits_, known, spans, places_);
  }

 private:
  // A span of the item under one transform, and what is said of it.
  struct Fit {
    FittedSpan span;
    VideoPlace* place = nullptr;
    SharedSegment weighed;  // before the part that does not move together was cut off
    double follows = 0;
    Verdict verdict = Verdict::kUnclear;
  };

  std::optional<SharedSegment> segment_of(std::span<const TimedHit> on_line, const TimeLine& line,
                                          bool mirrored) {
    const double from = on_line.front().item, to = on_line.back().item;
    const auto places = places_.places(proposed(on_line, line, mirrored), mirrored);
    VideoPlace* place = best_along(tracks_, places, line, from, to);
    if (place == nullptr) return {};
    std::optional<Fit> fit;
    if (place->agreement >= kLeastAgreement) fit = fitted(*place, line, from, to, mirrored, false);
    const ItemSpan seen =
        fit ? ItemSpan{fit->span.from, fit->span.to} : ItemSpan{from - kAroundHit, to + kAroundHit};
    const auto other = at_another_moment(places, fit ? fit->span.line : line, seen, mirrored);
    if (other && (!fit || is_better(*other, *fit))) fit = other;
    if (!fit) return {};
    SharedSegment segment = described(fit->span, *fit->place, mirrored);
    segment.log10_nfa = fit->weighed.log10_nfa;
    segment.told_from = std::clamp(fit->weighed.told_from, segment.item_from, segment.item_to);
    segment.told_to = std::clamp(fit->weighed.told_to, segment.item_from, segment.item_to);
    segment.verdict = fit->verdict;
    return segment;
  }

  // The transforms of the hits on a line, then those of other hits of the same pictures.
  std::vector<PictureTransform> proposed(std::span<const TimedHit> on_line, const TimeLine& line,
                                         bool mirrored) const {
    std::vector<PictureTransform> out;
    for (const TimedHit& hit : on_line)
      if (hits_[hit.source].entry_to_item) out.push_back(*hits_[hit.source].entry_to_item);
    for (const FrameHit& hit : hits_) {
      const double item = seconds_of(hit.item);
      if (hit.entry_to_item && hit.mirrored == mirrored && item >= on_line.front().item &&
          item <= on_line.back().item && std::abs(seconds_of(hit.entry) - line(item)) <= kFarShift)
        out.push_back(*hit.entry_to_item);
    }
    return out;
  }

  std::optional<Fit> fitted(VideoPlace& place, const TimeLine& line, double from, double to,
                            bool mirrored, bool was_chosen) {
    const auto span = fit_span(tracks_, place.thumbs, line, from, to);
    if (!span || span->to - span->from < kLeastSegmentSeconds) return {};
    Fit fit;
    fit.span = *span;
    fit.place = &place;
    fit.weighed = described(*span, place, mirrored);
    weigh_hits(tracks_, hits_, fit.weighed);
    if (fit.weighed.log10_nfa > kExplainedByChance) return {};
    judge(fit, was_chosen);
    if (fit.verdict == Verdict::kCopy && fit.follows >= kFollows)
      fit.weighed.log10_nfa -= kFollowingTells;
    if (fit.span.to - fit.span.from < kLeastSegmentSeconds) return {};
    return fit;
  }

  // The share of the item's or of the entry's picture that is shown, the larger of both. Two
  // moments under a camera that moves agree under a transform, too, but neither shows all of the
  // other.
  double shown(const VideoPlace& place) const {
    const auto share = [](const Rect& part, const VideoTrack& of) {
      return double(part.width) * part.height / (double(of.width) * of.height);
    };
    return std::max(share(place.item_region, tracks_.item),
                    share(place.entry_region, tracks_.entry));
  }

  bool is_better(const Fit& other, const Fit& fit) const {
    if (other.verdict != Verdict::kCopy) return false;
    if (fit.verdict != Verdict::kCopy) return true;
    const auto worth = [&](const Fit& one) {
      return one.follows * shown(*one.place) * (one.span.to - one.span.from);
    };
    return worth(other) > worth(fit);
  }

  static double edge_of(double from, double to) { return to - from >= kLongEnough ? kEdge : 0; }

  // Tries other moments of the shot. Where the camera stands still any moment of a shot looks like
  // any other, and where it moves any does so under another transform, so hits may name a wrong
  // one. What changes tells which is meant.
  std::optional<Fit> at_another_moment(std::span<VideoPlace* const> places, const TimeLine& line,
                                       const ItemSpan& seen, bool mirrored) {
    const double middle = (seen.from + seen.to) / 2;
    const double edge = edge_of(seen.from, seen.to);
    std::vector<size_t> frames;
    const double from = std::max(seen.from + edge, middle - kMovedTogether / 2);
    const double to = std::min(seen.to - edge, middle + kMovedTogether / 2);
    for (size_t i = item_times_.first_at_or_after(from);
         i < item_times_.size() && item_times_.time(i) <= to; ++i)
      frames.push_back(i);
    if (frames.size() < 2) return {};
    const TimeLine plain{1, line(middle) - middle};
    std::optional<Fit> best;
    for (VideoPlace* place : places) {
      const TimeShift shift = best_shift(tracks_, place->thumbs, plain, frames, kFarShift);
      if (shift.agreement < kLeastShifted) continue;
      auto one =
          fitted(*place, {1, plain.offset + shift.shift}, seen.from, seen.to, mirrored, true);
      if (one && (!best || is_better(*one, *best))) best = one;
    }
    return best;
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
    segment.agreement = std::clamp(span.whole, 0.0, 1.0);
    segment.entry_to_item = place.transform;
    segment.item_region = place.item_region;
    segment.entry_region = place.entry_region;
    return segment;
  }

  // Gives the verdict by what moves, and leaves of the span only the part in which that agrees. A
  // span that was chosen among many moments or parts agrees better by chance, so more is asked of
  // it.
  void judge(Fit& fit, bool was_chosen) {
    FittedSpan& span = fit.span;
    ThumbPair& thumbs = fit.place->thumbs;
    auto moments = motion_along(tracks_, thumbs, span.line, span.from, span.to);
    const ItemSpan part = moving_together(moments, {span.from, span.to});
    std::erase_if(moments, [&](const MotionMoment& one) {
      return one.item < part.from - 1e-6 || one.item > part.to;
    });
    const double share = (part.to - part.from) / (span.to - span.from);
    const Motion motion = summed_up(moments);
    span.from = part.from;
    span.to = part.to;
    Following over_time = following(tracks_, thumbs, span.line, span.from, span.to);
    // A dissolve at an end changes more than anything that moves.
    if (const double edge = edge_of(span.from, span.to); edge > 0) {
      const Following inside =
          following(tracks_, thumbs, span.line, span.from + edge, span.to - edge);
      if (inside.tells(thumbs) && inside.agreement > over_time.agreement) over_time = inside;
    }
    fit.follows = over_time.agreement;
    if (backward_) {
      fit.verdict = judged_backward(over_time, thumbs);
      return;
    }
    const bool tells = over_time.tells(thumbs);
    fit.verdict =
        tells ? verdict_over_time(over_time, motion) : judged_as_still(span, motion, thumbs);
    // A moment at which nothing stirs agrees with any other such moment. It cannot speak for a span
    // of which other parts disagreed.
    if (fit.verdict == Verdict::kCopy && (was_chosen || share < kMostOfSpan) &&
        !(tells && is_sure_of_chosen(over_time, motion)))
      fit.verdict = Verdict::kUnclear;
  }

  // Few videos run backwards, and before a camera that stands still what moves to and fro looks
  // alike either way. So a backward copy is claimed only where most of the picture changes.
  static Verdict judged_backward(const Following& over_time, const ThumbPair& thumbs) {
    return over_time.frames >= kFramesBackward && over_time.agreement >= kSureBackward &&
                   double(over_time.pixels) >= kMostChanges * double(thumbs.size())
               ? Verdict::kCopy
               : Verdict::kUnclear;
  }

  // Where nothing changes in either video, the pictures must be the same everywhere.
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
  Work* work_;
  VideoPlaces places_;
};

bool is_explained(const FrameHit& hit, std::span<const SharedSegment> found) {
  return std::any_of(found.begin(), found.end(), [&](const SharedSegment& one) {
    return one.verdict == Verdict::kCopy && hit.item >= one.item_from && hit.item <= one.item_to;
  });
}

// The spans that run backwards, among the hits that are not explained yet. They are found by the
// same search in an entry whose time runs the other way.
std::vector<SharedSegment> backward_segments(const VideoTrack& item, const VideoTrack& entry,
                                             std::span<const FrameHit> hits,
                                             std::span<const SharedSegment> found,
                                             const VideoAlignOptions& options) {
  const auto duration = microseconds_of(FrameTimes(entry).duration());
  std::vector<FrameHit> turned;
  for (const FrameHit& hit : hits) {
    if (is_explained(hit, found)) continue;
    turned.push_back(hit);
    turned.back().entry = duration - hit.entry;
  }
  std::vector<SharedSegment> out;
  if (turned.empty()) return out;
  Search search(item, entry, turned, options, true);
  for (const bool mirrored : {false, true})
    for (SharedSegment& one : search.segments(mirrored, options.most_segments)) {
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
  Search search(item, entry, hits, options);
  if (!search.is_possible() || options.most_segments == 0) return {};
  std::vector<SharedSegment> found = search.segments(false, options.most_segments);
  for (SharedSegment& one : search.segments(true, options.most_segments))
    found.push_back(std::move(one));
  for (SharedSegment& one : backward_segments(item, entry, hits, found, options))
    found.push_back(std::move(one));
  PictureSpans own(options.laid_over);
  PictureSpans& spans = options.spans ? *options.spans : own;
  for (SharedSegment& one : search.held(found, spans)) found.push_back(std::move(one));
  return resolved(std::move(found), options.most_segments);
}

}  // namespace weir
