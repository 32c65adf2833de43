// SPDX-License-Identifier: Apache-2.0
#include "weir/align/held_pictures.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "weir/align/frame_times.h"

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
  segment.entry_from = microseconds_of(std::max(0.0, at - half));
  segment.entry_to = microseconds_of(std::min(entry.duration(), at + half));
  segment.speed = 0;
  segment.mirrored = mirrored;
  segment.is_still = true;
  segment.entry_to_item = place->transform;
  segment.item_region = place->item_region;
  segment.entry_region = place->entry_region;
  segment.verdict = best >= kSurelyLike ? Verdict::kCopy : Verdict::kUnclear;
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
        if (one && (!best || one->log10_nfa < best->log10_nfa)) best = std::move(one);
      }
    if (best) found.push_back(std::move(*best));
  }
  return found;
}

}  // namespace weir
