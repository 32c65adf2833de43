// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/motion.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace weir {

namespace {

// Constants: kLag, kMoves and kLeastDisagreeing are those of decision 0101; the others were chosen
// by hand on the tune side of the accuracy bench, and not fitted.
constexpr double kLag = 0.5;           // seconds of the item over which changes are looked at
constexpr double kApart = 0.2;         // seconds of the item, at least between moments
constexpr int kClearlyMoves = 12;      // levels by which the item changes where the entry does not
constexpr int kMoves = 5;              // levels; compression changes thumbs by one or two
constexpr double kLeastMoving = 0.01;  // share of the pixels compared that must move,
constexpr size_t kLeastMovingPixels = 8;  // and the least number of them
constexpr double kCut = 0.5;              // where more of the pixels change, all of the frame moves
constexpr size_t kMostMoments = 120;
constexpr double kSurelyAgreeing = 0.35;  // agreement that other moments hardly reach
constexpr size_t kLeastDisagreeing = 3;   // moments that are cut off as another time,
constexpr double kLeastLost = 0.7;        // and the least sum of what they lack of that agreement

bool cut_between(const FrameTimes& times, double from, double to) {
  for (size_t i = times.first_at_or_after(from + 1e-6);
       i < times.size() && times.time(i) <= to + times.step(); ++i)
    if (times.follows_cut(i)) return true;
  return false;
}

struct Change {
  double agreement = 0;
  bool entry_moves = false;
  bool item_moves = false;
};

Change compared(const std::vector<int16_t>& item_early, const std::vector<int16_t>& item_late,
                const std::vector<int16_t>& entry_early, const std::vector<int16_t>& entry_late) {
  Change out;
  const size_t size = item_early.size();
  size_t entry_moving = 0, item_moving = 0, all_moving = 0;
  double n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < size; ++i) {
    const int x = item_late[i] - item_early[i], y = entry_late[i] - entry_early[i];
    all_moving += std::abs(x) > kMoves;
    if (std::abs(y) <= kMoves) {
      item_moving += std::abs(x) > kClearlyMoves;
      continue;
    }
    ++entry_moving;
    n += 1, a += x, b += y, aa += double(x) * x, bb += double(y) * y, ab += double(x) * y;
  }
  const double least = std::max<double>(kLeastMovingPixels, kLeastMoving * double(size));
  if (double(entry_moving) > kCut * double(size) && double(all_moving) > kCut * double(size)) {
    // All of the frame changes, as under a moving camera. The mean change is light and tells
    // little.
    aa -= a * a / n, bb -= b * b / n, ab -= a * b / n;
  }
  out.item_moves = double(item_moving) >= least;
  out.entry_moves = double(entry_moving) >= least && bb > 0;
  if (out.entry_moves) out.agreement = aa > n ? ab / std::sqrt(aa * bb) : 0;
  return out;
}

}  // namespace

bool entry_at(const TrackPair& tracks, ThumbPair& thumbs, double time, std::vector<int16_t>& out) {
  const FrameTimes& times = tracks.entry_times;
  if (time < times.time(0) - times.step() || time > times.duration() + times.step()) return false;
  const size_t after = times.first_at_or_after(time);
  if (after == 0 || after == times.size()) {
    out = thumbs.entry_frame(times.frame(std::min(after, times.size() - 1)));
    return true;
  }
  // Nothing lies between two shots.
  if (times.follows_cut(after)) {
    out = thumbs.entry_frame(times.frame(times.nearest(time)));
    return true;
  }
  const double gap = times.time(after) - times.time(after - 1);
  const auto share = static_cast<float>(gap > 0 ? (time - times.time(after - 1)) / gap : 0);
  out = thumbs.entry_frame(times.frame(after - 1));
  const std::vector<int16_t>& late = thumbs.entry_frame(times.frame(after));
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<int16_t>(std::lround(out[i] + share * float(late[i] - out[i])));
  return true;
}

std::vector<MotionMoment> motion_along(const TrackPair& tracks, ThumbPair& thumbs,
                                       const TimeLine& line, double from, double to) {
  std::vector<MotionMoment> moments;
  const FrameTimes& times = tracks.item_times;
  if (!thumbs.is_usable() || times.size() == 0 || tracks.entry_times.size() == 0) return moments;
  const size_t first = times.first_at_or_after(from), end = times.first_at_or_after(to);
  const size_t step = 1 + (end - first) / kMostMoments;
  std::vector<int16_t> entry_early, entry_late;
  for (size_t i = first; i < end; i += step) {
    if (!moments.empty() && times.time(i) - moments.back().item < kApart) continue;
    const size_t j = times.first_at_or_after(times.time(i) + kLag - 1e-3);
    if (j >= end) break;
    const double early = line(times.time(i)), late = line(times.time(j));
    if (cut_between(times, times.time(i), times.time(j) - times.step()) ||
        cut_between(tracks.entry_times, early - tracks.entry_times.step(), late))
      continue;
    if (!entry_at(tracks, thumbs, early, entry_early) ||
        !entry_at(tracks, thumbs, late, entry_late))
      continue;
    const Change change = compared(thumbs.item_frame(times.frame(i)),
                                   thumbs.item_frame(times.frame(j)), entry_early, entry_late);
    // Changes that are opposite tell no more than those that have nothing in common.
    moments.push_back(
        {times.time(i), std::max(0.0, change.agreement), change.entry_moves, change.item_moves});
  }
  return moments;
}

Motion summed_up(std::span<const MotionMoment> moments) {
  Motion motion;
  double sum = 0;
  for (const MotionMoment& one : moments) {
    motion.item_moments += one.item_moves && !one.entry_moves;
    motion.moments += one.entry_moves;
    sum += one.agreement;
  }
  if (motion.moments > 0) motion.agreement = sum / static_cast<double>(motion.moments);
  return motion;
}

// Keeps the run of moments whose agreement exceeds, in sum, by most what other moments reach
// (Kadane).
ItemSpan moving_together(std::span<const MotionMoment> moments, const ItemSpan& span) {
  double best = 0, sum = 0;
  size_t first = 0, best_first = 0, best_last = moments.size();
  for (size_t i = 0; i < moments.size(); ++i) {
    if (sum < 0) sum = 0, first = i;
    if (moments[i].entry_moves) sum += moments[i].agreement - kSurelyAgreeing;
    if (sum > best || (sum == best && sum > 0 && best_first == first))
      best = sum, best_first = first, best_last = i;
  }
  if (best <= 0) return span;
  ItemSpan out = span;
  // One moment that disagrees may be disturbed; several are another time.
  const auto disagree = [&](size_t from, size_t to) {
    size_t count = 0;
    double lost = 0;
    for (size_t i = from; i < to; ++i) {
      count += moments[i].entry_moves;
      lost += moments[i].entry_moves ? kSurelyAgreeing - moments[i].agreement : 0;
    }
    return count >= kLeastDisagreeing && lost > kLeastLost;
  };
  if (disagree(0, best_first)) out.from = moments[best_first].item;
  if (disagree(best_last + 1, moments.size())) out.to = moments[best_last].item + kLag;
  return out;
}

}  // namespace weir
