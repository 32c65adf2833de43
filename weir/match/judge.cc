// SPDX-License-Identifier: Apache-2.0
#include "weir/match/judge.h"

#include <algorithm>

namespace weir {
namespace {

// The same picture may differ from itself by so many bits of PDQ when another program hashed it, or
// when it has another size. An entry that is nearer than another by no more counts as equally near.
// Constants: the figure is from the PDQ specification.
constexpr uint16_t kSamePictureBits = 10;

double area(const Rect& r) {
  return static_cast<double>(r.width) * r.height;
}

// The share of the whole picture that `part` is. The largest picture of the item is the whole.
std::optional<double> share(const Rect& part, const ItemToMatch& item) {
  double whole = 0;
  for (const PictureHash& picture : item.pictures) whole = std::max(whole, area(picture.region));
  if (whole == 0) return std::nullopt;
  return area(part) / whole;
}

// The share of the item's picture that the regions cover, each place counted once.
double covered(std::span<const SharedRegion> regions, const PictureFeatures& item) {
  constexpr uint32_t kCells = 64;  // a side: the answer is exact to about a percent
  uint32_t inside = 0;
  for (uint32_t cell = 0; cell < kCells * kCells; ++cell) {
    const double x = (cell % kCells + 0.5) / kCells * item.width;
    const double y = (cell / kCells + 0.5) / kCells * item.height;
    inside += std::any_of(regions.begin(), regions.end(), [&](const SharedRegion& region) {
      const Rect& r = region.item_region;
      return x >= r.x && y >= r.y && x < double{1} * r.x + r.width &&
             y < double{1} * r.y + r.height;
    });
  }
  return static_cast<double>(inside) / (kCells * kCells);
}

Place place_of_segments(const Match& match, const ItemToMatch& item) {
  const SharedSegment& surest = *std::min_element(
      match.segments.begin(), match.segments.end(),
      [](const SharedSegment& a, const SharedSegment& b) { return a.log10_nfa < b.log10_nfa; });
  return {surest.item_region, surest.entry_region,
          item.video ? covered_time(match.segments, item.video->track.duration)
                     : share(surest.item_region, item)};
}

// The place of a match by PDQ: the part of the item that was hashed, and of the entry's pictures
// the one whose hash is nearest to it, once it is turned as the evidence says.
Place place_of_hash(const Evidence& pdq, const ItemToMatch& item, std::span<const Signal> entry) {
  Place place;
  const PictureHash& picture = item.pictures[pdq.picture];
  if (picture.region.width != 0) {
    place.item_region = picture.region;
    place.coverage = share(picture.region, item);
  }
  Hash256 turned = picture.dihedral[static_cast<size_t>(pdq.orientation)];
  if (pdq.inverted) turned = ~turned;
  Distance best{257};
  for (const Signal& signal : entry) {
    if (signal.kind != SignalKind::kPdq || !is_matchable(signal)) continue;
    const Distance apart = distance(turned, as_hash256(signal));
    if (apart >= best) continue;
    best = apart;
    place.entry_region = signal.region;
  }
  return place;
}

Place place_of(const Match& match, const ItemToMatch& item, std::span<const Signal> entry) {
  Place place;
  const auto pdq = std::find_if(match.evidence.begin(), match.evidence.end(),
                                [](const Evidence& e) { return e.kind == SignalKind::kPdq; });
  if (!match.segments.empty()) {
    place = place_of_segments(match, item);
  } else if (!match.regions.empty()) {
    const SharedRegion& surest = match.regions.front();
    place = {surest.item_region, surest.entry_region, covered(match.regions, item.features)};
  } else if (pdq != match.evidence.end()) {
    place = place_of_hash(*pdq, item, entry);
  }
  if (match.kind == MatchKind::kExact) place.coverage = 1;
  return place;
}

// A finding, and whether a benign bank holds its entry.
struct Candidate {
  Finding finding;
  bool is_benign = false;
};

// Leaves out what benign banks hold. Leaves out, too, what rests on PDQ alone and is not clearly
// nearer than the nearest benign entry. Pixels were weighed before, part by part.
void leave_out_benign(std::vector<Candidate>& found) {
  Distance benign{257};
  for (const Candidate& one : found)
    if (one.is_benign) benign = std::min(benign, nearest_pdq(one.finding.match));
  std::erase_if(found, [&](const Candidate& one) {
    const Match& match = one.finding.match;
    return one.is_benign ||
           (match.kind == MatchKind::kImage && match.regions.empty() && match.segments.empty() &&
            nearest_pdq(match).bits + kSamePictureBits >= benign.bits);
  });
}

// Whether a match rests on a hash that agrees, and is too weak a claim to be reported.
bool is_weak(const Match& match, double most_false_alarms) {
  return match.expected_false_alarms > most_false_alarms && !match.evidence.empty() &&
         match.kind == MatchKind::kImage;
}

std::optional<double> known_share(std::span<const Finding> findings, const ItemToMatch& item) {
  if (!item.video) return std::nullopt;
  const auto duration = item.video->track.duration;
  std::vector<SharedSegment> all;
  for (const Finding& finding : findings) {
    const Match& match = finding.match;
    if (match.kind == MatchKind::kExact) all.emplace_back().item_to = duration;
    all.insert(all.end(), match.segments.begin(), match.segments.end());
  }
  if (all.empty() && !findings.empty()) return std::nullopt;
  return covered_time(all, duration);
}

}  // namespace

Result<Judgement> judge(Claims claims, const ItemToMatch& item, const Question& question) {
  std::vector<Candidate> found;
  for (Match& match : claims) {
    const auto facts = TRY(question.known.facts(match.entry));
    if (!facts) continue;  // retired after the snapshot was taken
    const Place place = place_of(match, item, facts->signals);
    found.push_back({{std::move(match), place}, facts->is_benign});
  }
  leave_out_benign(found);
  Judgement out;
  for (Candidate& one : found) {
    const Match& match = one.finding.match;
    if (is_weak(match, question.most_false_alarms))
      out.set_aside.push_back(
          {match.entry, nearest_pdq(match), match.judged && is_other_moment(match.judged->odds)});
    else
      out.findings.push_back(std::move(one.finding));
  }
  out.coverage = known_share(out.findings, item);
  return out;
}

double covered_time(std::span<const SharedSegment> segments, std::chrono::microseconds duration) {
  using std::chrono::microseconds;
  if (duration.count() <= 0) return 0;
  std::vector<std::pair<microseconds, microseconds>> spans;
  for (const SharedSegment& one : segments)
    spans.emplace_back(std::max(one.item_from, microseconds(0)), std::min(one.item_to, duration));
  std::sort(spans.begin(), spans.end());
  microseconds covered{0}, until{0};
  for (const auto& [from, to] : spans) {
    covered += std::max(to - std::max(from, until), microseconds(0));
    until = std::max(until, to);
  }
  return static_cast<double>(covered.count()) / static_cast<double>(duration.count());
}

}  // namespace weir
