// SPDX-License-Identifier: Apache-2.0
//
// Hits say roughly which line two videos share; thumbs of all frames say it exactly. For short
// windows along the line the entry is shifted in time until its pixels agree best, and a line
// through the shifts, each weighed by how clearly it is best, corrects offset and speed. Then both
// ends move outward as long as frames still show the same.
#include "weir/align/span_fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace weir {

namespace {

constexpr double kSame = 0.6;           // of the middle square, and
constexpr double kSameWhole = 0.35;     // of all pixels: they show the same
constexpr double kDifferent = 0.42;     // of the middle square: they do not
constexpr double kMostGap = 1.6;        // seconds of other pictures within a span
constexpr double kShift = 1.0;          // seconds by which hits may be wrong
constexpr double kWindow = 3;           // seconds of the item that are shifted together
constexpr size_t kMostFrames = 160;     // looked at for the line
constexpr double kSnap = 0.3;           // seconds to a cut of the item
constexpr double kLeastAgreeing = 0.4;  // of the frames of the core

enum class Shows { kSame, kOther, kUnclear };

double score_of(const std::optional<ThumbLikeness>& likeness) {
  return likeness ? std::min(likeness->typical, likeness->whole + 0.25) : 0;
}

// The best of the entry's frames around a moment.
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

// How much better a window agrees when the entry is shifted by `shift`, and how clearly.
struct WindowShift {
  double middle = 0;  // seconds of the item
  double shift = 0;   // seconds of the entry
  double weight = 0;
};

WindowShift best_shift(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line,
                       std::span<const size_t> places, double reach) {
  const FrameTimes& entry = tracks.entry_times;
  const double step = std::min(entry.step(), 0.5) / 2;
  const int most = static_cast<int>(std::ceil(reach / step));
  std::vector<double> sums(static_cast<size_t>(2 * most + 1), 0.0);
  WindowShift out;
  for (const size_t place : places) {
    const double time = tracks.item_times.time(place);
    out.middle += time / static_cast<double>(places.size());
    for (int k = -most; k <= most; ++k) {
      // Between two frames of the entry, what lies between their agreements.
      const double at = line(time) + k * step;
      const size_t after = std::clamp<size_t>(entry.first_at_or_after(at), 1, entry.size() - 1);
      const double gap = entry.time(after) - entry.time(after - 1);
      const double share = gap > 0 ? std::clamp((at - entry.time(after - 1)) / gap, 0.0, 1.0) : 0.0;
      const auto early = thumbs.likeness(tracks.item_times.frame(place), entry.frame(after - 1));
      const auto late = thumbs.likeness(tracks.item_times.frame(place), entry.frame(after));
      sums[static_cast<size_t>(k + most)] += (1 - share) * score_of(early) + share * score_of(late);
    }
  }
  const auto top = std::max_element(sums.begin(), sums.end());
  const double mean = std::accumulate(sums.begin(), sums.end(), 0.0) / double(sums.size());
  // Equally good shifts, as of a still scene, have their middle at no shift.
  double shift = 0, total = 0;
  for (size_t i = 0; i < sums.size(); ++i) {
    const double weight = std::max(0.0, sums[i] - (*top - 0.25 * (*top - mean)));
    shift += weight * (static_cast<double>(i) - most) * step;
    total += weight;
  }
  if (total > 0) out.shift = shift / total;
  out.weight = std::max(0.0, (*top - mean) / static_cast<double>(places.size()) - 0.01);
  return out;
}

// A line through the shifts; its slope only where windows lie apart and are clear.
TimeLine corrected(const TimeLine& line, std::span<const WindowShift> windows) {
  double w = 0, t = 0, s = 0;
  for (const WindowShift& one : windows)
    w += one.weight, t += one.weight * one.middle, s += one.weight * one.shift;
  if (w < 0.02) return line;
  t /= w, s /= w;
  double tt = 0, ts = 0;
  for (const WindowShift& one : windows) {
    tt += one.weight * (one.middle - t) * (one.middle - t);
    ts += one.weight * (one.middle - t) * (one.shift - s);
  }
  const double slope = tt / w > 0.5 ? ts / tt : 0;
  TimeLine out{std::clamp(line.speed + slope, 0.45, 2.2), 0};
  out.offset = line(t) + s - out.speed * t;
  return out;
}

TimeLine refined(const TrackPair& tracks, ThumbPair& thumbs, TimeLine line, double from,
                 double to) {
  if (tracks.entry_times.size() < 2) return line;
  const size_t first = tracks.item_times.first_at_or_after(from - 1e-6);
  const size_t end = tracks.item_times.first_at_or_after(to + 1e-6);
  const size_t step = std::max<size_t>(1, (end - first) / kMostFrames);
  for (const double reach : {kShift, kShift / 2}) {
    std::vector<WindowShift> windows;
    std::vector<size_t> places;
    for (size_t i = first; i < end; i += step) {
      places.push_back(i);
      const double since = tracks.item_times.time(i) - tracks.item_times.time(places.front());
      const bool is_last = i + step >= end;
      if (!is_last && since < kWindow) continue;
      windows.push_back(best_shift(tracks, thumbs, line, places, reach));
      places.clear();
    }
    line = corrected(line, windows);
  }
  return line;
}

// The last place, going from `place` by `step`, that still shows the same.
size_t reached(const TrackPair& tracks, ThumbPair& thumbs, const TimeLine& line, size_t place,
               bool forward) {
  const FrameTimes& item = tracks.item_times;
  size_t last = place, in_a_row = 0, began = place;
  for (size_t at = place; forward ? at + 1 < item.size() : at > 0;) {
    at = forward ? at + 1 : at - 1;
    if (std::abs(item.time(at) - item.time(last)) > kMostGap) break;
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
  const double time = item.time(place), half = std::min(item.step(), 0.5) / 2;
  if (forward) {
    if (place + 1 == item.size()) return std::max(time, std::min(item.duration(), time + 4 * half));
    return std::min((time + item.time(place + 1)) / 2, time + half);
  }
  if (place == 0) return std::min(time, half) < 2 * half ? 0 : time;
  return std::max((time + item.time(place - 1)) / 2, time - half);
}

double snapped(const TrackPair& tracks, double moment, size_t last_same) {
  const FrameTimes& item = tracks.item_times;
  double best = moment, least = kSnap;
  for (size_t i = last_same > 3 ? last_same - 3 : 1; i <= last_same + 3 && i < item.size(); ++i) {
    if (!tracks.item.frames[item.frame(i)].begins_shot) continue;
    const double cut = (item.time(i - 1) + item.time(i)) / 2;
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

  double sum = 0;
  for (size_t i = first; i <= last; ++i) {
    const auto likeness = likeness_at(tracks, thumbs, i, span.line(item.time(i)));
    if (!likeness) continue;
    ++span.compared;
    span.same += shows(likeness) == Shows::kSame;
    sum += score_of(likeness);
  }
  if (span.compared == 0) return {};
  span.agreement = sum / static_cast<double>(span.compared);
  span.from = snapped(tracks, end_at(tracks, first, false), first);
  span.to = snapped(tracks, end_at(tracks, last, true), last);
  if (span.to <= span.from) return {};
  return span;
}

}  // namespace weir
