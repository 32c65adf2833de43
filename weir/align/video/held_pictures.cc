// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/held_pictures.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "weir/align/video/frame_times.h"
#include "weir/align/video/time_evidence.h"
#include "weir/align/video/video_evidence.h"

namespace weir {

namespace {

// Constants: kLeastHeld is that of decision 0131, kPixelsAgree of 0130, kFrozen and kAbrupt of
// 0125, and kExplains of 0134; the others were chosen by hand on the tune side of the accuracy
// bench, and not fitted.
constexpr double kLeastHeld = 1.2;    // seconds
constexpr double kLeastFrozen = 0.9;  // seconds of a slide without any change
constexpr double kLeastSurprise = 2;  // of a hit worth following
constexpr double kSteady = 0.85;      // correlation of a picture in which only the camera moves,
constexpr double kStill = 0.97;       // and of one in which nothing moves at all
constexpr double kFilmed = 0.02;      // share of the frame by which a camera moves over a picture
constexpr double kPixelsAgree = 4;    // digits, since the pixels of a slide agree everywhere
constexpr double kSameMoment = 1.0;   // seconds of the entry, within which hits name one moment
constexpr size_t kMostTried = 4;      // that are tried for one held picture
constexpr double kReach = 1.5;        // seconds of the entry around a hit
constexpr double kLeastLikeness = 0.85;  // of a picture worth naming,
constexpr double kSurelyLike = 0.93;     // of a copy,
constexpr double kLikeFilmed = 0.88;     // and of a copy that is filmed and has a sure hit:
constexpr double kCopied = 10;           // digits of a hit of stills that are one picture
constexpr double kNear = 1, kFar = 10;   // seconds of the entry to what counts as its other moments
constexpr double kMovesEverywhere = 6;   // levels by which the middle pixel changes under a camera
constexpr double kMuchNearer = 0.6;      // of the difference of any other moment
constexpr double kFrozen = 3;     // levels by which one pixel in a hundred may change in a slide
constexpr double kAbrupt = 30;    // levels by which it changes, at least, where a slide is cut in
constexpr double kExplains = -8;  // log10 of those up to which a copy explains a held picture

// A span in which the item shows one picture.
using Held = PictureSpan;

// The part of a span, around a moment, that no copy explains. A copy of which few pictures tell
// explains nothing, since its line fits a frozen picture of any quiet scene.
Held unexplained(Held span, double time, const FrameTimes& times,
                 std::span<const SharedSegment> known) {
  for (const SharedSegment& one : known) {
    if (one.verdict != Verdict::kCopy || one.log10_nfa > kExplains) continue;
    const double from = seconds_of(one.item_from), to = seconds_of(one.item_to);
    if (to <= time) span.from = std::max(span.from, to);
    if (from >= time) span.to = std::min(span.to, from);
    if (from < time && time < to) span.to = span.from;
  }
  while (span.first < span.last && times.last_seen(span.first) < span.from) ++span.first;
  while (span.last > span.first && times.time(span.last) > span.to) --span.last;
  return span;
}

// The spans around hits, as far as no copy explains them.
std::vector<Held> held_spans(const TrackPair& tracks, std::span<const FrameHit> hits,
                             std::span<const SharedSegment> known, PictureSpans& all) {
  const FrameTimes& times = tracks.item_times;
  std::vector<Held> spans;
  if (!has_thumbs(tracks.item)) return spans;
  const double least = times.size() == 1 ? 0 : kLeastHeld;
  for (const FrameHit& hit : hits) {
    const double time = seconds_of(hit.item);
    const size_t place = times.nearest(time);
    if (hit.surprise < kLeastSurprise ||
        std::any_of(spans.begin(), spans.end(),
                    [&](const Held& one) { return one.first <= place && place <= one.last; }))
      continue;
    const Held held = unexplained(all.around(tracks.item, times, place), time, times, known);
    if (held.to - held.from >= least && held.to > held.from && held.steadiness >= kSteady)
      spans.push_back(held);
  }
  return spans;
}

// A moment of the entry that hits of a held picture name. Those that tell most come first.
struct Moment {
  double item = 0;  // of the hit that tells most
  double entry = 0;
  double surprise = 0;
  std::vector<PictureTransform> proposed;
};
std::vector<Moment> moments_of(const Held& held, const TrackPair& tracks, bool mirrored,
                               std::span<const FrameHit> hits) {
  std::vector<const FrameHit*> of_held;
  for (const FrameHit& hit : hits) {
    const double time = seconds_of(hit.item);
    if (hit.mirrored == mirrored && hit.surprise > 0 &&
        time >= tracks.item_times.time(held.first) - 1e-6 &&
        time <= tracks.item_times.last_seen(held.last) + 1e-6)
      of_held.push_back(&hit);
  }
  std::stable_sort(of_held.begin(), of_held.end(),
                   [](const FrameHit* a, const FrameHit* b) { return a->surprise > b->surprise; });
  std::vector<Moment> moments;
  for (const FrameHit* hit : of_held) {
    const double entry = seconds_of(hit->entry);
    auto at = std::find_if(moments.begin(), moments.end(), [&](const Moment& one) {
      return std::abs(one.entry - entry) <= kSameMoment;
    });
    if (at == moments.end()) {
      if (moments.size() == kMostTried) continue;
      at = moments.insert(moments.end(), {seconds_of(hit->item), entry, hit->surprise, {}});
    }
    if (hit->entry_to_item) at->proposed.push_back(*hit->entry_to_item);
  }
  return moments;
}

// Whether the picture is this moment of the entry and not another one before a camera that stands
// still. It is when nothing came or went, or when the entry changes everywhere from moment to
// moment and no other moment is nearly as near.
bool shows_moment(const std::vector<int16_t>& picture, double at, const FrameTimes& entry,
                  ThumbPair& thumbs) {
  const std::vector<int16_t> shown = thumbs.entry_frame(entry.frame(entry.nearest(at)));
  const Residual left = residual(picture, shown);
  if (!differs_in_a_place(left)) return true;
  for (size_t k = entry.first_at_or_after(at - kFar);
       k < entry.size() && entry.time(k) <= at + kFar; ++k) {
    if (std::abs(entry.time(k) - at) < kNear) continue;
    const double other = residual(thumbs.entry_frame(entry.frame(k)), shown).middle;
    if (other < kMovesEverywhere || left.middle > kMuchNearer * other) return false;
  }
  return true;
}

// By how much two pictures differ, the larger of both directions. Any picture explains a plain one,
// once its levels are stretched flat, but the plain one does not explain it.
double difference(const std::vector<int16_t>& a, const std::vector<int16_t>& b) {
  return std::max(residual(a, b).most, residual(b, a).most);
}

// How a held picture stands among what comes before it and behind it (decision 0134). A picture
// that lasts as long as the item is a shot like any other, unless nothing in it ever stirs.
struct Standing {
  bool is_cut_in = false;  // another picture comes before or behind it
  bool is_slide = false;   // it is frozen for a while, too
  bool is_all = false;     // it lasts as long as the item, and nothing ever stirs
};

Standing standing_of(const Held& held, size_t middle, const FrameTimes& item, ThumbPair& thumbs) {
  const std::vector<int16_t> picture = thumbs.item_frame(item.frame(middle));
  const auto change_to = [&](size_t place) {
    return difference(thumbs.item_frame(item.frame(place)), picture);
  };
  size_t first = middle, last = middle;
  while (first > held.first && change_to(first - 1) <= kFrozen) --first;
  while (last < held.last && change_to(last + 1) <= kFrozen) ++last;
  const bool begins = held.first == 0, ends = held.last + 1 == item.size();
  const bool cut_before = !begins && change_to(held.first - 1) >= kAbrupt;
  const bool cut_behind = !ends && change_to(held.last + 1) >= kAbrupt;
  Standing standing;
  standing.is_cut_in = cut_before || cut_behind;
  standing.is_all = begins && ends && first == held.first && last == held.last;
  standing.is_slide = standing.is_cut_in &&
                      item.last_seen(last) - item.time(first) >= kLeastFrozen &&
                      (begins ? first == 0 : cut_before) && (ends ? last == held.last : cut_behind);
  return standing;
}

// Whether a camera moves over a picture: all of it moves together, and nothing within it.
bool is_filmed(const Held& held) {
  return held.moved >= kFilmed && held.steadiness >= kSteady;
}

std::optional<SharedSegment> segment_of(const Held& held, const Moment& moment, bool mirrored,
                                        const TrackPair& tracks, VideoPlaces& places) {
  const FrameTimes& item = tracks.item_times;
  const FrameTimes& entry = tracks.entry_times;
  const size_t middle = item.nearest(moment.item);
  const double time = item.time(middle);
  VideoPlace* place = places.best(tracks, moment.proposed, mirrored, {0, moment.entry}, time, time);
  if (place == nullptr) return {};
  double best = -1, at = moment.entry;
  for (size_t k = entry.first_at_or_after(moment.entry - kReach);
       k < entry.size() && entry.time(k) <= moment.entry + kReach; ++k) {
    const auto likeness = place->thumbs.likeness(item.frame(middle), entry.frame(k));
    if (!likeness) continue;
    const double one = std::min(likeness->typical, likeness->whole + 0.1);
    if (one > best) best = one, at = entry.time(k);
  }
  if (best < kLeastLikeness) return {};
  const double tests = 2 * (entry.duration() + 1);
  SharedSegment segment;
  segment.log10_nfa = std::log10(tests) - moment.surprise;
  if (segment.log10_nfa > kExplainedByChance) return {};
  const double half = entry.step() / 2;
  segment.item_from = microseconds_of(held.from);
  segment.item_to = microseconds_of(held.to);
  segment.told_from = segment.item_from;
  segment.told_to = segment.item_to;
  segment.entry_from = microseconds_of(std::max(0.0, at - half));
  segment.entry_to = microseconds_of(std::min(entry.duration(), at + half));
  segment.speed = 0;
  segment.mirrored = mirrored;
  segment.is_still = true;
  segment.agreement = best;
  segment.entry_to_item = place->transform;
  segment.item_region = place->item_region;
  segment.entry_region = place->entry_region;
  const std::vector<int16_t> picture = place->thumbs.item_frame(item.frame(middle));
  const Standing standing = standing_of(held, middle, item, place->thumbs);
  const bool slide = standing.is_slide, filmed = standing.is_cut_in && is_filmed(held);
  // Under a camera that moves, pixels of thumbs fall between one another and agree less. Features
  // that agree over all of the picture make up for that.
  const bool is_like = best >= (filmed && moment.surprise >= kCopied ? kLikeFilmed : kSurelyLike);
  const bool is_still =
      filmed || standing.is_all || (standing.is_cut_in && held.steadiness >= kStill);
  const bool is_copy =
      is_like && (slide || (is_still && shows_moment(picture, at, entry, place->thumbs)));
  segment.verdict = is_copy ? Verdict::kCopy : Verdict::kUnclear;
  if (is_copy && (slide || filmed || standing.is_all)) segment.log10_nfa -= kPixelsAgree;
  return segment;
}

}  // namespace

std::vector<SharedSegment> held_pictures(const TrackPair& tracks, std::span<const FrameHit> hits,
                                         std::span<const SharedSegment> known, PictureSpans& spans,
                                         VideoPlaces& places) {
  std::vector<SharedSegment> found;
  for (const Held& held : held_spans(tracks, hits, known, spans)) {
    std::optional<SharedSegment> best;
    for (const bool mirrored : {false, true})
      for (const Moment& moment : moments_of(held, tracks, mirrored, hits)) {
        auto one = segment_of(held, moment, mirrored, tracks, places);
        const auto rank = [](const SharedSegment& segment) {
          return std::pair(segment.verdict != Verdict::kCopy, segment.log10_nfa);
        };
        if (one && (!best || rank(*one) < rank(*best))) best = std::move(one);
      }
    if (best) found.push_back(std::move(*best));
  }
  return found;
}

}  // namespace weir
