// SPDX-License-Identifier: Apache-2.0
//
// Finds which seconds of an item show which seconds of known videos. Both indexes vote for entries:
// hashes of frames and features of stills. Of the entries that are worth most, stills that seem to
// agree are compared closely, which also says where in the frame the entry lies. Then the tracks
// are aligned in time: one frame may look like another by accident, many in the same order do not.
// What is left of each entry after common and harmless material is one claim.
//
// Example: a compilation shows entry 1 from 4 to 9 s and entry 2 from 9 to 12 s. Entry 1 is claimed
// with a segment that says which five of its seconds these are, entry 2 with one of three seconds.
//
// Counter-example: a card that two known videos begin with is a match of neither. Nor is anything a
// match that a benign entry shows, too.
#include "weir/match/videos/video_match.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "weir/align/video/frame_times.h"
#include "weir/hash/features/local_features.h"
#include "weir/match/pictures/picture_pair.h"
#include "weir/match/videos/laid_over.h"
#include "weir/match/videos/slide_match.h"
#include "weir/match/videos/still_match.h"
#include "weir/match/videos/video_cards.h"
#include "weir/match/videos/video_index.h"
#include "weir/match/videos/video_parts.h"
#include "weir/match/videos/video_votes.h"

namespace weir {
namespace {

// Constants: kMostStillSurprise, kShort and kLeastAlone are those of decision 0100, kMostOfEntry is
// that of 0126, kPairsAllotted that of 0132, and the three of digits are those of 0133. The others
// were chosen by hand on the tune side of the accuracy bench and not fitted.
constexpr double kMostStillSurprise = 10;  // digits that a pair of stills counts at most
constexpr double kNearMoment = 0.7;        // share of blocks that agree though something moved
constexpr double kStillIsSure = -6;        // log10 of false alarms of one comparison of two stills
// Pairs of stills that are compared closely: of one entry at most, until so many of one still of
// the item agree, and of all entries at most.
constexpr size_t kPairsOfEntry = 24;
constexpr size_t kPairsOfStill = 3;
constexpr size_t kPairsInAll = 160;
// Votes that may become such pairs. They are more than kPairsInAll, since most entries are given up
// after kSpansInVain pairs in a row that do not agree.
constexpr size_t kPairsAllotted = 240;
constexpr size_t kSpansInVain = 4;
constexpr double kPlainDigits = 4;  // digits of evidence that are told as they are
constexpr double kMostDigits = 12;  // digits that are told at most: nobody has looked beyond
constexpr double kHalfWay = 24;     // digits of evidence at which half of the rest is told
constexpr std::chrono::microseconds kShort{4'000'000};       // a shorter span may be a card
constexpr std::chrono::microseconds kLeastAlone{1'200'000};  // a shorter span is no claim by itself
constexpr int kMostOfEntry = 3;  // a card is at most one part in so many of the entry
// log10 of false alarms: of a span that may stand alone, of a span that may because it is not
// short, and of all spans of an entry together that may without such a one.
constexpr double kSureAlone = -8;
constexpr double kSureLong = -4;
constexpr double kSureTogether = -14;
constexpr double kBeyondPart = 1.3;  // times as large as a part of the frame: it is more than that
constexpr double kExplained = 0.6;   // share of a segment from which on other spans explain it

// What one question about a video may take: comparing two pixels of thumbs is one step. A video of
// five minutes that shows all of a known one takes less than 1e9 steps, and this many take a
// processor about a minute (measured), so that only what was made to take long comes near.
constexpr uint64_t kMostSteps = 200'000'000'000;

// How many comparisons of stills are left, over all entries.
struct Budget {
  size_t pairs = kPairsInAll;
};

std::vector<FrameHit> hash_hits(const EntryVotes& votes, const VideoTrack& item,
                                const VideoTrack& entry) {
  std::vector<FrameHit> hits;
  for (const HashVote& one : votes.hashes)
    if (one.entry < entry.frames.size())
      hits.push_back({item.frames[one.item].time, entry.frames[one.entry].time, one.mirrored,
                      one.surprise, std::nullopt});
  return hits;
}

// Whether two stills are one picture, as far as their features and pixels tell.
std::optional<FrameHit> still_hit(const Still& item, const Still& entry, bool is_mirrored) {
  AlignOptions options;
  options.most_regions = 1;
  options.upright = !is_mirrored;
  std::vector<LocalFeature> turned;
  if (is_mirrored) {
    for (const LocalFeature& feature : item.picture.features) turned.push_back(mirrored(feature));
    options.item_mirrored = turned;
  }
  const PicturePair pair = compare_pictures(item.picture, entry.picture, options);
  if (pair.shared.regions.empty()) return {};
  const SharedRegion& region = pair.shared.regions.front();
  const Terms& terms = pair.shared.terms;
  if (region.log10_nfa > kStillIsSure) return {};
  if (terms[Term::kItemShare] < 0.5 && terms[Term::kEntryShare] < 0.5) return {};
  // Of a moving scene, two stills of one shot are seldom of one moment: their geometry tells where
  // the frame lies, and the track must show that it is the same shot.
  const bool has_moved = terms[Term::kMoved] > 0;
  const bool is_near = has_moved && region.agreeing >= kNearMoment;
  const double surprise = is_more_than_an_element(pair.odds) && !has_moved ? kMostStillSurprise
                          : is_near                                        ? kMostStillSurprise / 2
                                                                           : kMostStillSurprise / 4;
  return FrameHit{item.time, entry.time, is_mirrored, std::min(surprise, -region.log10_nfa),
                  region.entry_to_item};
}

// Keeps of all votes of stills those that stand out most, whatever their entries are. If the
// worthiest entries were looked at one after the other, they would spend the whole budget, and a
// short part that one still tells of would never be looked at.
void allot_pairs(std::span<EntryVotes> votes) {
  std::vector<std::pair<float, StillVote*>> all;
  for (EntryVotes& one : votes)
    for (size_t i = 0; i < std::min(one.stills.size(), kPairsOfEntry); ++i)
      all.emplace_back(one.stills[i].score, &one.stills[i]);
  if (all.size() <= kPairsAllotted) return;
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  const float least = all[kPairsAllotted].first;
  for (EntryVotes& one : votes)
    std::erase_if(one.stills, [&](const StillVote& vote) { return vote.score <= least; });
}

void add_still_hits(const EntryVotes& votes, const VideoTrack& item, const VideoTrack& entry,
                    Budget& budget, std::vector<FrameHit>& hits) {
  std::map<uint32_t, size_t> agreed;
  size_t compared = 0, failures = 0;
  for (const StillVote& one : votes.stills) {
    if (compared >= kPairsOfEntry || budget.pairs == 0 || failures >= kSpansInVain) break;
    if (one.entry >= entry.stills.size() || agreed[one.item] >= kPairsOfStill) continue;
    ++compared, --budget.pairs;
    auto hit = still_hit(item.stills[one.item], entry.stills[one.entry], one.mirrored);
    failures = hit ? 0 : failures + 1;
    if (!hit) continue;
    ++agreed[one.item];
    hits.push_back(std::move(*hit));
  }
}

using Span = std::pair<std::chrono::microseconds, std::chrono::microseconds>;

bool is_explained(const SharedSegment& segment, const std::vector<Span>& spans) {
  std::chrono::microseconds covered{0};
  for (const auto& [from, to] : spans)
    covered += std::max(std::chrono::microseconds{0},
                        std::min(to, segment.item_to) - std::max(from, segment.item_from));
  return static_cast<double>(covered.count()) >
         kExplained * static_cast<double>((segment.item_to - segment.item_from).count());
}

bool overlaps(const SharedSegment& segment, const std::vector<Span>& spans) {
  return std::any_of(spans.begin(), spans.end(), [&](const Span& span) {
    return span.first < segment.item_to && segment.item_from < span.second;
  });
}

bool is_short(const SharedSegment& one) {
  return one.item_to - one.item_from < kShort;
}

// Everything that was found of one entry, also what is no claim.
struct Found {
  VideoMatch match;
  std::chrono::microseconds duration{0};
  std::vector<SharedSegment> unclear;
  std::set<EntryId> editions;  // entries that are other versions of this video (video_cards.h)
};

// Whether a segment stands where intros, outros and cards do, and is a small part of the entry.
bool is_at_end(const SharedSegment& one, const Found& of) {
  return (one.entry_from < kEndsOfVideo || one.entry_to > of.duration - kEndsOfVideo) &&
         kMostOfEntry * (one.entry_to - one.entry_from) <= of.duration;
}

// The part of a segment that its hits tell of, or the segment itself where that is short. The rest
// was joined to the hits because its pixels agree, and may be any flat picture that follows a card.
SharedSegment told_of(const SharedSegment& one) {
  SharedSegment told = one;
  if (is_short(one)) return told;
  const auto at = [&](std::chrono::microseconds item) {
    const auto begin = one.speed < 0 ? one.entry_to : one.entry_from;
    const double since = static_cast<double>((item - one.item_from).count()) * one.speed;
    return std::clamp(begin + std::chrono::microseconds(std::llround(since)), one.entry_from,
                      one.entry_to);
  };
  told.item_from = one.told_from, told.item_to = one.told_to;
  std::tie(told.entry_from, told.entry_to) = std::minmax(at(one.told_from), at(one.told_to));
  return told;
}

// Takes out of the claim what other known videos wear at their ends, too.
Status put_cards_aside(Found& of, const VideoTrack& track, const VideoEdition& index) {
  std::vector<SharedSegment> kept;
  for (SharedSegment& one : of.match.segments) {
    const SharedSegment told = told_of(one);
    Wearers wearers;
    if (is_short(told) && is_at_end(told, of))
      wearers = TRY(wearers_of(of.match.entry, track, told.entry_from, told.entry_to, index));
    of.editions.merge(wearers.editions);
    (wearers.is_card ? of.unclear : kept).push_back(std::move(one));
  }
  of.match.segments = std::move(kept);
  return {};
}

// The spans of the item that an entry shows for a short time, at its ends or anywhere.
std::vector<Span> short_spans(const Found& of, bool at_ends) {
  std::vector<Span> spans;
  const auto add = [&](const SharedSegment& one) {
    if (is_short(one) && (!at_ends || is_at_end(one, of)))
      spans.emplace_back(one.item_from, one.item_to);
  };
  std::for_each(of.match.segments.begin(), of.match.segments.end(), add);
  if (at_ends) std::for_each(of.unclear.begin(), of.unclear.end(), add);
  return spans;
}

// A short span that other entries show, too, is common material. Where it stands at an end of all
// of them it is an intro or a card, and no claim. Elsewhere it is a claim that weighs less. A long
// span that another entry shows means that both are versions of one video, and is left as it is.
void weigh_common(std::vector<Found>& found) {
  std::vector<std::vector<Span>> at_ends, anywhere;
  for (const Found& one : found) {
    at_ends.push_back(short_spans(one, true));
    anywhere.push_back(short_spans(one, false));
  }
  for (size_t i = 0; i < found.size(); ++i) {
    const auto others = [&](const SharedSegment& one, const std::vector<std::vector<Span>>& spans) {
      double count = 0;
      for (size_t k = 0; k < found.size(); ++k)
        count += k != i && !found[i].editions.contains(found[k].match.entry) &&
                 is_explained(one, spans[k]);
      return count;
    };
    std::erase_if(found[i].match.segments, [&](const SharedSegment& one) {
      return is_short(one) && is_at_end(one, found[i]) && others(one, at_ends) > 0;
    });
    for (SharedSegment& one : found[i].match.segments) {
      const double count = is_short(one) ? others(one, anywhere) : 0;
      one.log10_nfa /= 1 + count * count;
    }
  }
}

// Drops a claim of which no span is sure by itself, such as a short one that one picture tells of,
// unless all of its spans are sure together.
void keep_sure(VideoMatch& match, std::chrono::microseconds duration) {
  const auto least = std::min(kLeastAlone, duration);
  const auto is_sure = [&](const SharedSegment& one) {
    if (one.item_to - one.item_from < least) return false;
    return one.log10_nfa <= kSureAlone || (!is_short(told_of(one)) && one.log10_nfa <= kSureLong);
  };
  double sum = 0;
  for (const SharedSegment& one : match.segments) sum += one.log10_nfa;
  if (sum > kSureTogether && std::none_of(match.segments.begin(), match.segments.end(), is_sure))
    match.segments.clear();
}

// How well the pixels of a segment agree, and over how much of the item's frame: 0 to 1.
double quality_of(const SharedSegment& one, const VideoTrack& item) {
  const double frame = double(item.width) * item.height;
  const double share =
      frame > 0 ? double(one.item_region.width) * one.item_region.height / frame : 1;
  return one.agreement * (1 + std::min(1.0, share)) / 2;
}

// The false alarms to be expected of all segments together, among all entries. Evidence adds up
// over moments that have nothing in common, and is told as it is where it is little. Beyond that
// nobody has seen enough false alarms to say how rare they are. There the number comes the nearer
// to kMostDigits the more evidence there is, and the better pixels agree.
double false_alarms(const std::vector<SharedSegment>& segments, const VideoTrack& item,
                    size_t videos) {
  double digits = -std::log10(static_cast<double>(std::max<size_t>(1, videos)));
  double length = 0, quality = 0;
  for (const SharedSegment& one : segments) {
    const auto long_ = static_cast<double>((one.item_to - one.item_from).count());
    digits -= std::min(0.0, one.log10_nfa);
    length += long_;
    quality += long_ * quality_of(one, item);
  }
  if (digits > kPlainDigits && length > 0) {
    const double more = (digits - kPlainDigits) * std::pow(quality / length, 2);
    digits = kPlainDigits + (kMostDigits - kPlainDigits) * more / (more + kHalfWay);
  }
  return std::pow(10, std::clamp(-digits, -300.0, 300.0));
}

// Of each entry the segments that show what it shows and are no copy of it.
using Scenes = std::map<EntryId, std::vector<SharedSegment>>;

// The entries that one track shows. What it shows of them and is no copy goes to `scenes`.
Result<std::vector<VideoMatch>> match_track(const VideoTrack& item, const VideoEdition& index,
                                            const KnownTracks& known,
                                            const VideoMatchOptions& options, Work& work,
                                            Scenes* scenes = nullptr) {
  std::vector<Found> found;
  std::vector<EntryVotes> votes = TRY(votes_of(item, index));
  allot_pairs(std::span(votes).first(std::min(votes.size(), options.most_entries)));
  std::vector<Span> harmless;
  Budget budget;
  const std::vector<uint8_t> over = laid_over(item);
  PictureSpans spans(over);
  VideoAlignOptions align;
  align.laid_over = over;
  align.spans = &spans;
  align.work = &work;
  size_t looked_at = 0;
  for (const EntryVotes& one : votes) {
    if (looked_at >= options.most_entries) break;
    const auto track = TRY(known(one.entry));
    if (!track) continue;
    ++looked_at;
    std::vector<FrameHit> hits = hash_hits(one, item, *track);
    add_still_hits(one, item, *track, budget, hits);
    Found of{{one.entry, {}, 0}, track->duration, {}, {}};
    for (SharedSegment& segment : align_videos(item, *track, hits, align))
      (segment.verdict == Verdict::kCopy ? of.match.segments : of.unclear)
          .push_back(std::move(segment));
    if (work.is_spent())
      return Error{ErrorCode::kLimit,
                   "comparing this video with the known ones takes more steps "
                   "than one question may take; ask about parts of it"};
    if (scenes) scenes->insert({one.entry, of.unclear});
    if (one.is_benign)
      for (const SharedSegment& segment : of.match.segments)
        harmless.emplace_back(segment.item_from, segment.item_to);
    else
      found.push_back(std::move(of));
    if (!one.is_benign) TRY(put_cards_aside(found.back(), *track, index));
  }
  weigh_common(found);
  std::vector<VideoMatch> matches;
  for (Found& of : found) {
    VideoMatch& match = matches.emplace_back(std::move(of.match));
    keep_sure(match, item.duration);
    std::erase_if(match.segments, [&](const auto& one) { return is_explained(one, harmless); });
    match.expected_false_alarms = false_alarms(match.segments, item, index.videos);
  }
  std::erase_if(matches, [&](const VideoMatch& one) {
    return one.segments.empty() || one.expected_false_alarms > options.most_false_alarms;
  });
  return matches;
}

// Whether a segment of a part of the frame belongs to a scene: at its time the frame shows the
// place of the entry in more than that part, and is no copy. A corner of a room in which nobody
// walks says no more than the room does.
bool is_of_scene(const SharedSegment& one, const Rect& place, EntryId entry, const Scenes& scenes) {
  const auto at = scenes.find(entry);
  const auto size = [](const Rect& rect) { return double(rect.width) * rect.height; };
  return at != scenes.end() &&
         std::any_of(at->second.begin(), at->second.end(), [&](const SharedSegment& scene) {
           return size(scene.item_region) >= kBeyondPart * size(place) &&
                  scene.item_from < one.item_to && one.item_from < scene.item_to;
         });
}

// Adds what a part of the frame shows, at times of which the whole frame does not tell yet.
void add_part(VideoMatch of_part, const Rect& place, double chances, const Scenes& scenes,
              std::vector<VideoMatch>& matches) {
  std::erase_if(of_part.segments, [&](const SharedSegment& one) {
    return is_of_scene(one, place, of_part.entry, scenes);
  });
  if (of_part.segments.empty()) return;
  auto whole = std::find_if(matches.begin(), matches.end(),
                            [&](const VideoMatch& one) { return one.entry == of_part.entry; });
  if (whole == matches.end()) whole = matches.insert(matches.end(), {of_part.entry, {}, 1});
  std::vector<Span> shown;
  for (const SharedSegment& one : whole->segments) shown.emplace_back(one.item_from, one.item_to);
  for (SharedSegment& one : of_part.segments)
    if (!overlaps(one, shown)) whole->segments.push_back(in_whole(std::move(one), place));
  std::sort(whole->segments.begin(), whole->segments.end(),
            [](const auto& a, const auto& b) { return a.item_from < b.item_from; });
  whole->expected_false_alarms =
      std::min(whole->expected_false_alarms, chances * of_part.expected_false_alarms);
}

// Whether the video is so short, and always the same, that nothing in it can change.
bool is_one_frame(const VideoTrack& item) {
  return item.stills.size() == 1 && item.duration < kLeastAlone &&
         FrameTimes(item, false, FrameTimes::Held::kOnce).size() == 1;
}

// Looks for a video of one frame as for a picture. Its segments last as long as the video does.
Result<std::vector<VideoMatch>> match_frame(const VideoTrack& item, const VideoEdition& index,
                                            const KnownTracks& known,
                                            const VideoMatchOptions& options) {
  std::vector<VideoMatch> matches;
  for (const StillMatch& one :
       TRY(match_still(item.stills.front().picture, index, known, options))) {
    SharedSegment segment = still_segment(one.region);
    segment.item_to = segment.told_to = item.duration;
    segment.entry_from = segment.entry_to = one.time;
    matches.push_back({one.entry, {std::move(segment)}, one.expected_false_alarms});
  }
  return matches;
}

}  // namespace

Result<std::vector<VideoMatch>> match_video(const VideoTrack& item, const VideoEdition& index,
                                            const KnownTracks& known,
                                            const VideoMatchOptions& options) {
  Scenes scenes;
  Work work(options.most_steps != 0 ? options.most_steps : kMostSteps);
  std::vector<VideoMatch> matches = TRY(match_track(item, index, known, options, work, &scenes));
  if (matches.empty() && is_one_frame(item)) return match_frame(item, index, known, options);
  const std::vector<VideoPart> parts = parts_of(item);
  const auto chances = static_cast<double>(parts.size() + 1);
  VideoMatchOptions of_part = options;
  of_part.most_false_alarms /= chances;
  // All parts together may look at as many entries as the whole does.
  of_part.most_entries =
      std::max<size_t>(1, options.most_entries / std::max<size_t>(1, parts.size()));
  for (const VideoPart& part : parts)
    for (VideoMatch& match : TRY(match_track(part.track, index, known, of_part, work)))
      add_part(std::move(match), part.place, chances, scenes, matches);
  std::sort(matches.begin(), matches.end(), [](const VideoMatch& a, const VideoMatch& b) {
    return std::tie(a.expected_false_alarms, a.entry) < std::tie(b.expected_false_alarms, b.entry);
  });
  return matches;
}

}  // namespace weir
