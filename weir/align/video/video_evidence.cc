// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/video_evidence.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace weir {

namespace {

// Constants: they are those of decisions 0100 (other pictures), 0101 and 0125 (the verdict) and
// 0128 (the shot, and what was chosen); those that no decision names were chosen by hand on the
// tune side of the accuracy bench, and not fitted.
constexpr double kNearLine = 0.8;  // seconds of the entry, within which a hit is on the line
// In a shot in which little moves, a picture is found at any moment of it. A hit this far from the
// line tells which shot is shown. As 25 times as many moments are that near, it counts 1.4 digits
// less.
constexpr double kNearShot = 20;
constexpr double kOfShot = 1.4;
constexpr Distance kOtherPicture{24};  // bits, from which on a frame begins a new run of pictures
constexpr double kBins = 1;            // seconds, by which offsets are told apart

// Correlations of changes. Two recordings of a talking head reach 0.7 over two seconds, and 0.55
// over ten; a copy seldom has less than 0.8.
constexpr double kSure = 0.75;
constexpr double kSureOfFew = 0.85;
constexpr size_t kFewFrames = 6;
constexpr double kLikely = 0.45;          // where motion from moment to moment agrees, too:
constexpr double kLikelyTogether = 1.05;  // the sum of both, over
constexpr size_t kLeastMoments = 4;       // so many moments,
constexpr double kFewTogether = 1.15;     // or over fewer, but at least
constexpr size_t kFewMoments = 2;         // so many
constexpr double kOtherTime = 0.35;       // and less: the same place at another time

// More is asked of what was chosen among many moments. On the tune side no other time passes these.
constexpr size_t kMomentsToChoose = 6;
constexpr double kMotionToChoose = 0.6;
constexpr size_t kManyToChoose = 10;
constexpr double kMotionOfMany = 0.5;
constexpr double kSureOfChosen = 0.9;
constexpr size_t kFewToChoose = 3;
constexpr double kChosenTogether = 1.5;

}  // namespace

void weigh_hits(const TrackPair& tracks, std::span<const FrameHit> hits, SharedSegment& segment) {
  const double from = seconds_of(segment.item_from), to = seconds_of(segment.item_to);
  const double entry_from = seconds_of(segment.entry_from);
  const double speed = segment.speed;
  const auto told_by = [&](const FrameHit& hit) {
    const double apart =
        std::abs(seconds_of(hit.entry) - (entry_from + speed * (seconds_of(hit.item) - from)));
    return apart <= kNearLine ? hit.surprise : apart <= kNearShot ? hit.surprise - kOfShot : 0;
  };
  std::vector<const FrameHit*> on_line;
  for (const FrameHit& hit : hits) {
    const double item = seconds_of(hit.item);
    if (hit.mirrored == segment.mirrored && item >= from && item <= to && told_by(hit) > 0)
      on_line.push_back(&hit);
  }
  std::sort(on_line.begin(), on_line.end(), [](const FrameHit* a, const FrameHit* b) {
    return std::tie(a->item, a->entry, b->surprise) < std::tie(b->item, b->entry, a->surprise);
  });

  double surprise = 0, of_run = 0;
  const TrackFrame *item_run = nullptr, *entry_run = nullptr;
  for (const FrameHit* hit : on_line) {
    const auto& item =
        tracks.item
            .frames[tracks.item_times.frame(tracks.item_times.nearest(seconds_of(hit->item)))];
    const auto& entry =
        tracks.entry
            .frames[tracks.entry_times.frame(tracks.entry_times.nearest(seconds_of(hit->entry)))];
    if (item_run == nullptr || (distance(item.pdq, item_run->pdq) >= kOtherPicture &&
                                distance(entry.pdq, entry_run->pdq) >= kOtherPicture)) {
      surprise += of_run;
      of_run = 0;
      item_run = &item, entry_run = &entry;
    }
    of_run = std::max(of_run, told_by(*hit));
  }
  surprise += of_run;
  const double offsets = (tracks.item_times.duration() + tracks.entry_times.duration()) / kBins + 1;
  const double tests = 2 * offsets * static_cast<double>(tried_speeds().size());
  segment.log10_nfa = std::log10(tests) - surprise;
  segment.told_from = on_line.empty() ? segment.item_from : on_line.front()->item;
  segment.told_to = on_line.empty() ? segment.item_from : on_line.back()->item;
}

Verdict verdict_over_time(const Following& following, const Motion& motion) {
  const bool is_short = following.frames < kFewFrames;
  if (following.agreement >= (is_short ? kSureOfFew : kSure)) return Verdict::kCopy;
  const double together = following.agreement + motion.agreement;
  const bool is_likely =
      motion.moments >= kLeastMoments ? together >= kLikelyTogether : together >= kFewTogether;
  if (!is_short && following.agreement >= kLikely && motion.moments >= kFewMoments && is_likely)
    return Verdict::kCopy;
  return following.agreement <= kOtherTime ? Verdict::kSameScene : Verdict::kUnclear;
}

bool is_sure_of_chosen(const Following& following, const Motion& motion) {
  if (motion.moments >= kMomentsToChoose && motion.agreement >= kMotionToChoose) return true;
  if (motion.moments >= kManyToChoose && motion.agreement >= kMotionOfMany) return true;
  if (following.frames < kFewFrames) return false;
  return following.agreement >= kSureOfChosen ||
         (motion.moments >= kFewToChoose &&
          following.agreement + motion.agreement >= kChosenTogether);
}

std::vector<SharedSegment> resolved(std::vector<SharedSegment> found, size_t most) {
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    const bool a_copy = a.verdict == Verdict::kCopy, b_copy = b.verdict == Verdict::kCopy;
    return std::tuple(!a_copy, a.log10_nfa, a.item_from) <
           std::tuple(!b_copy, b.log10_nfa, b.item_from);
  });
  std::vector<SharedSegment> kept;
  for (SharedSegment& one : found) {
    if (kept.size() == most) break;
    auto from = one.item_from, to = one.item_to;
    for (const SharedSegment& surer : kept) {
      if (surer.item_to <= from || surer.item_from >= to) continue;
      // Of what sticks out before and behind the surer one, the longer part stays.
      if (surer.item_from - from >= to - surer.item_to)
        to = std::max(from, surer.item_from);
      else
        from = std::min(to, surer.item_to);
    }
    const bool gave_way = to - from < one.item_to - one.item_from;
    if (to <= from || (gave_way && seconds_of(to - from) < kLeastSegmentSeconds)) continue;
    const auto moved = [&](std::chrono::microseconds by) {
      return microseconds_of(seconds_of(by) * one.speed);
    };
    auto early = moved(from - one.item_from), late = moved(to - one.item_to);
    if (one.speed < 0) std::swap(early, late);
    one.entry_from += early;
    one.entry_to = std::max(one.entry_from, one.entry_to + late);
    one.item_from = from;
    one.item_to = to;
    one.told_from = std::clamp(one.told_from, from, to);
    one.told_to = std::clamp(one.told_to, from, to);
    kept.push_back(std::move(one));
  }
  std::sort(kept.begin(), kept.end(),
            [](const auto& a, const auto& b) { return a.item_from < b.item_from; });
  return kept;
}

}  // namespace weir
