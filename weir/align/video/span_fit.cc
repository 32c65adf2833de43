// SPDX-License-Identifier: Apache-2.0
//
// Finds where a shared span begins and ends. Hits say roughly which line in time two videos share,
// and the thumbs of all frames say it exactly: first the line moves to where the changes agree,
// then both ends move outward as long as frames show the same.
//
// Example: hits stand at 12.0 and 18.0 s of the item, but frames agree from the one at 10.5 s on.
// The one before it, at 10.0 s, shows something else, so the span begins at 10.25 s.
// Counter-example: it is not asked whether this is one recording; the walls of one room agree on
// any day. And one frame that looks alike behind other pictures does not carry an end on.
// Constants: the 0.6 is that of decision 0100; the others were chosen by hand on the tune side of
// the accuracy bench, and not fitted.
#include "weir/align/video/span_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "weir/align/video/time_shift.h"

namespace weir {

namespace {

constexpr double kSame = 0.6;        // correlation of the middle square,
constexpr double kSameWhole = 0.35;  // and of all pixels, of frames that show the same
constexpr double kDifferent = 0.42;  // of the middle square; frames below it show something else
constexpr double kMostGap = 1.6;     // seconds of other pictures within a span
constexpr double kUnsure = 0.9;      // seconds of the entry by which a wrong speed may be off
constexpr double kObjection = 0.01;  // correlation by which another speed must agree better than 1
constexpr double kSnap = 0.3;        // seconds to a cut of the item, to which an end moves
constexpr double kLeastAgreeing = 0.4;  // share of the frames between the hits that show the same

enum class Shows { kSame, kOther, kUnclear };

double score_of(const std::optional<ThumbLikeness>& likeness) {
  return likeness ? std::min(likeness->typical, likeness->whole + 0.25) : 0;
}

// The likeness of a frame of the item to the best of the entry's frames around a moment.
std::optional<ThumbLikeness> likeness_at(const TrackPair& tracks, ThumbPair& thumbs,
                                         size_t item_place, double entry_time) {
  const double slack = 1.5 * tracks.entry_times.step();
  if (entry_time < tracks.entry_times.time(0) - slack ||
      entry_time > tracks.entry_times.duration() + slack)
    return ThumbLikeness{-1, -1};
  const size_t near = tracks.entry_times.nearest(entry_time);
  std::optional<ThumbLikeness> best;
  for (size_t k = near > 0 ? near - 1 : 0; k <= near + 1 && k < tracks.entry_times.size(); ++k) {
    const auto one =
        thumbs.likeness(tracks.item_times.frame(item_place), tracks.entry_times.frame(k));
    if (one && (!best || score_of(one) > score_of(best))) best = one;
  }
  return best;
}

Shows shows(const std::optional<ThumbLikeness>& likeness) {
  if (!likeness) return Shows::kUnclear;
  if (likeness->typical >= kSame && likeness->whole >= kSameWhole) return Shows::kSame;
  return likeness->typical < kDifferent || likeness->whole < 0.2 ? Shows::kOther : Shows::kUnclear;
}

// The line, corrected by what changes. A line at speed 1 is as likely as all others together, so it
// is taken where hits this near to each other could not tell the speed and pixels do not object.
TimeLine refined(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& rough, double from,
                 double to) {
  const TimeLine line = shifted_line(tracks, thumbs, rough, from, to);
  if (line.speed == 1 || std::abs(line.speed - 1) * (to - from) > kUnsure) return line;
  const double middle = (from + to) / 2;
  TimeLine plain{1, line(middle) - middle};
  plain = shifted_line(tracks, thumbs, plain, from, to);
  plain = {1, plain(middle) - middle};
  const double objection = agreement_along(tracks, thumbs, line, from, to) -
                           agreement_along(tracks, thumbs, plain, from, to);
  return objection <= kObjection ? plain : line;
}

// The last place, going from `place` forward or back, that still shows the same.
size_t reached(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line, size_t place,
               bool forward) {
  const FrameTimes& item = tracks.item_times;
  size_t last = place, in_a_row = 0, began = place;
  for (size_t at = place; forward ? at + 1 < item.size() : at > 0;) {
    at = forward ? at + 1 : at - 1;
    const double gap =
        forward ? item.time(at) - item.last_seen(last) : item.time(last) - item.last_seen(at);
    if (gap > kMostGap) break;
    if (shows(likeness_at(tracks, thumbs, at, line(item.time(at)))) != Shows::kSame) {
      in_a_row = 0;
      continue;
    }
    if (in_a_row++ == 0) began = at;
    // After other pictures, one frame that happens to be alike is not enough to go on.
    const size_t skipped = began > last ? began - last : last - began;
    if (skipped <= 1 || in_a_row >= 3) last = at;
  }
  return last;
}

// The moment between the last frame that shows the same and the first that does not.
double end_at(const TrackPair& tracks, size_t place, bool forward) {
  const FrameTimes& item = tracks.item_times;
  const double half = std::min(item.step(), 0.5) / 2;
  if (forward) {
    const double seen = item.last_seen(place);
    if (place + 1 == item.size()) return std::max(seen, std::min(item.duration(), seen + 4 * half));
    return std::min((seen + item.time(place + 1)) / 2, seen + half);
  }
  const double time = item.time(place);
  if (place == 0) return std::min(time, half) < 2 * half ? 0 : time;
  return std::max((time + item.last_seen(place - 1)) / 2, time - half);
}

double snapped(const TrackPair& tracks, double moment, size_t last_same) {
  const FrameTimes& item = tracks.item_times;
  double best = moment, least = kSnap;
  for (size_t i = last_same > 3 ? last_same - 3 : 1; i <= last_same + 3 && i < item.size(); ++i) {
    if (!tracks.item.frames[item.frame(i)].begins_shot) continue;
    const double cut = (item.last_seen(i - 1) + item.time(i)) / 2;
    if (std::abs(cut - moment) < least) least = std::abs(cut - moment), best = cut;
  }
  return best;
}

}  // namespace

double agreement_along(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line,
                       double from, double to) {
  const FrameTimes& item = tracks.item_times;
  const size_t first = item.first_at_or_after(from - 1e-6);
  const size_t end = item.first_at_or_after(to + 1e-6);
  const size_t step = std::max<size_t>(1, (end - first) / 12);
  double sum = 0, count = 0;
  for (size_t i = first; i < end; i += step) {
    const auto likeness = likeness_at(tracks, thumbs, i, line(item.time(i)));
    if (likeness) sum += score_of(likeness), count += 1;
  }
  return count > 0 ? sum / count : -1;
}

std::optional<FittedSpan> fit_span(const TrackPair& tracks, ThumbPair& thumbs,
                                   const TimeLine& rough, double from, double to) {
  const FrameTimes& item = tracks.item_times;
  if (!thumbs.is_usable() || item.size() == 0 || tracks.entry_times.size() == 0) return {};
  FittedSpan span;
  span.line = refined(tracks, thumbs, rough, from, to);

  size_t first = item.size(), last = 0, same = 0, compared = 0;
  for (size_t i = item.first_at_or_after(from - 1e-6); i < item.size() && item.time(i) <= to + 1e-6;
       ++i) {
    const Shows what = shows(likeness_at(tracks, thumbs, i, span.line(item.time(i))));
    compared += what != Shows::kUnclear;
    if (what != Shows::kSame) continue;
    ++same;
    first = std::min(first, i);
    last = std::max(last, i);
  }
  if (same == 0 || double(same) < kLeastAgreeing * double(compared)) return {};
  first = reached(tracks, thumbs, span.line, first, false);
  last = reached(tracks, thumbs, span.line, last, true);
  // Over the longer span the line is known better, and so are its ends.
  span.line = refined(tracks, thumbs, span.line, item.time(first), item.time(last));
  first = reached(tracks, thumbs, span.line, first, false);
  last = reached(tracks, thumbs, span.line, last, true);

  double sum = 0, whole = 0;
  for (size_t i = first; i <= last; ++i) {
    const auto likeness = likeness_at(tracks, thumbs, i, span.line(item.time(i)));
    if (!likeness) continue;
    ++span.compared;
    span.same += shows(likeness) == Shows::kSame;
    sum += score_of(likeness);
    whole += likeness->whole;
  }
  if (span.compared == 0) return {};
  span.agreement = sum / static_cast<double>(span.compared);
  span.whole = whole / static_cast<double>(span.compared);
  span.from = snapped(tracks, end_at(tracks, first, false), first);
  span.to = snapped(tracks, end_at(tracks, last, true), last);
  if (span.to <= span.from) return {};
  return span;
}

}  // namespace weir
