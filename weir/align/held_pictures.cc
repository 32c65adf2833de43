// SPDX-License-Identifier: Apache-2.0
#include "weir/align/held_pictures.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "weir/align/frame_times.h"
#include "weir/align/time_evidence.h"

namespace weir {

namespace {

constexpr double kLeastHeld = 1.2;  // seconds
constexpr double kChange = 2.5;     // levels in the mean of a thumb: something changes
constexpr Distance kOtherHash{18};
constexpr double kSameMoment = 1.0;  // seconds of the entry
constexpr size_t kMostMoments = 4;   // of one held picture
constexpr double kReach = 1.5;       // seconds of the entry around a hit
constexpr double kLeastLikeness = 0.85;
constexpr double kSurelyLike = 0.93;
constexpr double kNear = 1, kFar = 10;  // seconds of the entry, of its other moments
constexpr double kMovesEverywhere = 6;  // levels, of the middle pixel: the camera moves
constexpr double kMuchNearer = 0.6;     // than any other moment is
constexpr double kFrozen = 3;       // levels, that one pixel in a hundred may change by in a slide
constexpr double kAbrupt = 30;      // likewise, at least, from one slide to what comes next
constexpr double kPossible = -0.5;  // log10 of false alarms, above which chance explains it

struct Held {
  size_t first = 0;  // places among the item's moments
  size_t last = 0;
};

bool changes(const TrackPair& tracks, size_t from, size_t to) {
  const size_t a = tracks.item_times.frame(from), b = tracks.item_times.frame(to);
  const VideoTrack& item = tracks.item;
  if (item.frames[b].begins_shot || distance(item.frames[a].pdq, item.frames[b].pdq) > kOtherHash)
    return true;
  if (!has_thumbs(item)) return false;
  const auto one = item.thumb(a), other = item.thumb(b);
  double sum = 0;
  for (size_t i = 0; i < one.size(); ++i) sum += std::abs(int{one[i]} - int{other[i]});
  return sum > kChange * static_cast<double>(one.size());
}

std::vector<Held> held_spans(const TrackPair& tracks, std::span<const SharedSegment> known) {
  const FrameTimes& times = tracks.item_times;
  std::vector<Held> spans;
  const auto is_known = [&](const Held& held) {
    const double middle = (times.time(held.first) + times.time(held.last)) / 2;
    return std::any_of(known.begin(), known.end(), [&](const SharedSegment& one) {
      return one.verdict == Verdict::kCopy && middle >= seconds_of(one.item_from) &&
             middle <= seconds_of(one.item_to);
    });
  };
  for (size_t first = 0, last = 0; first < times.size(); first = ++last) {
    while (last + 1 < times.size() && !changes(tracks, last, last + 1) &&
           !changes(tracks, first, last + 1))
      ++last;
    const Held held{first, last};
    if (times.time(last) - times.time(first) >= kLeastHeld && !is_known(held))
      spans.push_back(held);
  }
  return spans;
}

// The moments of the entry that hits of a held picture name, those that tell most first.
struct Moment {
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
        time <= tracks.item_times.time(held.last) + 1e-6)
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
      if (moments.size() == kMostMoments) continue;
      at = moments.insert(moments.end(), {entry, hit->surprise, {}});
    }
    if (hit->entry_to_item) at->proposed.push_back(*hit->entry_to_item);
  }
  return moments;
}

// Whether the picture is one moment of the entry rather than another before a camera that stands
// still: nothing came or went, or all of the picture changes from moment to moment.
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

// Whether a held picture is a slide: it is frozen, and gives way at once. Before a camera that
// stands still something always stirs, and what comes next is much like what was.
bool is_slide(const Held& held, const FrameTimes& item, ThumbPair& thumbs) {
  const std::vector<int16_t> first = thumbs.item_frame(item.frame(held.first));
  const auto change_to = [&](size_t place) {
    return residual(thumbs.item_frame(item.frame(place)), first).most;
  };
  for (size_t k = held.first + 1; k <= held.last; ++k)
    if (change_to(k) > kFrozen) return false;
  return (held.first == 0 || change_to(held.first - 1) >= kAbrupt) &&
         (held.last + 1 == item.size() || change_to(held.last + 1) >= kAbrupt);
}

std::optional<SharedSegment> segment_of(const Held& held, const Moment& moment, bool mirrored,
                                        const TrackPair& tracks, VideoPlaces& places) {
  const FrameTimes& item = tracks.item_times;
  const FrameTimes& entry = tracks.entry_times;
  const size_t middle = (held.first + held.last) / 2;
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
  if (segment.log10_nfa > kPossible) return {};
  const double half = entry.step() / 2;
  segment.item_from = microseconds_of(std::max(0.0, item.time(held.first) - item.step() / 2));
  segment.item_to =
      microseconds_of(std::min(item.duration(), item.time(held.last) + item.step() / 2));
  segment.told_from = segment.item_from;
  segment.told_to = segment.item_to;
  segment.entry_from = microseconds_of(std::max(0.0, at - half));
  segment.entry_to = microseconds_of(std::min(entry.duration(), at + half));
  segment.speed = 0;
  segment.mirrored = mirrored;
  segment.is_still = true;
  segment.entry_to_item = place->transform;
  segment.item_region = place->item_region;
  segment.entry_region = place->entry_region;
  const std::vector<int16_t> picture = place->thumbs.item_frame(item.frame(middle));
  const bool is_copy = best >= kSurelyLike && (is_slide(held, item, place->thumbs) ||
                                               shows_moment(picture, at, entry, place->thumbs));
  segment.verdict = is_copy ? Verdict::kCopy : Verdict::kUnclear;
  return segment;
}

}  // namespace

std::vector<SharedSegment> held_pictures(const TrackPair& tracks, std::span<const FrameHit> hits,
                                         std::span<const SharedSegment> known,
                                         VideoPlaces& places) {
  std::vector<SharedSegment> found;
  for (const Held& held : held_spans(tracks, known)) {
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
