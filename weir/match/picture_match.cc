// SPDX-License-Identifier: Apache-2.0
//
// Votes of the index name candidates; each is aligned with the item and its pixels are compared.
// What is left are claims, from which those are taken that rest on what is common.
#include "weir/match/picture_match.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <set>

#include "weir/hash/local_features.h"
#include "weir/match/common_parts.h"
#include "weir/match/shared_part.h"

namespace weir {
namespace {

// Candidates come by votes: after so many in a row that show nothing, the rest will not either.
constexpr size_t kFailuresInARow = 10;
// Candidates of banks that are not asked about are passed over, so more of them are wanted.
constexpr size_t kNamedForEach = 10;
// Rarer than this nobody has looked, so rarer than this is not claimed.
constexpr double kLeastFalseAlarms = 1e-12;
// What is no copy is a weak claim, however sure its geometry is: of 700 innocent pictures, a tenth
// of them with logos, captions or templates that entries had too, 34 had an element in common with
// one of 139 entries, and 69 that or what looked like the same scene.
constexpr double kElementsPerEntry = 34.0 / 700 / 139;
constexpr double kScenesPerEntry = 69.0 / 700 / 139;
constexpr double kWeakClaim = 0.01;  // however few the entries are
constexpr double kSure = 1e-3;       // of geometry

uint8_t coded_angle(float angle) {
  const double turns = angle / (2 * std::numbers::pi);
  return static_cast<uint8_t>(std::lround(turns * 256) & 255);
}

// 16 steps an octave, 255 for the whole long side.
uint8_t coded_scale(float scale, const PictureFeatures& picture) {
  const double share = scale / static_cast<double>(std::max(picture.width, picture.height));
  return static_cast<uint8_t>(std::clamp(255 + 16 * std::log2(share), 0.0, 255.0));
}

struct Item {
  const PictureFeatures& picture;
  std::vector<LocalFeature> mirrored;
};

// How many unrelated pictures' chances a claim has had, each upright and mirrored.
double chances(const LiveFeatureIndex& index) {
  const auto pictures = static_cast<double>(index.rows()) / kEntryFeatures.most;
  return 2 * std::max(1.0, pictures);
}

// Geometry says how sure a copy is. Of a weak claim, it is not what goes wrong. `chances` counts
// each entry twice.
double false_alarms(const SharedRegion& region, double by_geometry, double chances) {
  if (region.verdict == Verdict::kCopy)
    return std::max(by_geometry, region.altered ? kLeastOfAltered : kLeastFalseAlarms);
  const double rate = region.verdict == Verdict::kElement ? kElementsPerEntry : kScenesPerEntry;
  return std::max(kWeakClaim, rate * chances / 2);
}

// What one entry has to do with the item.
struct Judged {
  PictureMatch match;               // without regions: it is none
  std::vector<SharedRegion> small;  // elements in common
  bool is_copy = false;
  bool is_other_moment = false;  // of most of the entry
  bool is_altered = false;       // in most of the entry
};

Judged judged(EntryId entry, std::vector<SharedRegion> regions, const PictureFeatures& item,
              const PictureFeatures& picture, double chances, double most) {
  Judged out;
  out.match = {.entry = entry, .regions = {}, .expected_false_alarms = 1e300};
  PictureMatch& match = out.match;
  for (SharedRegion& region : regions) {
    const SharedPart part = shared_part(region, item, picture);
    const Sharing sharing = judge_sharing(region, part);
    out.is_other_moment |= weir::is_other_moment(region, part);
    out.is_altered |= is_altered(region, part);
    if (sharing == Sharing::kElement) region.verdict = Verdict::kElement;
    const double by_geometry = chances * std::pow(10, std::max(region.log10_nfa, -300.0));
    const double expected = false_alarms(region, by_geometry, chances);
    if (sharing == Sharing::kElement && by_geometry <= kSure) out.small.push_back(region);
    if (expected > most) continue;
    match.expected_false_alarms = std::min(match.expected_false_alarms, expected);
    out.is_copy |= region.verdict == Verdict::kCopy;
    match.regions.push_back(std::move(region));
  }
  return out;
}

// How the item is looked at.
enum class Hand { kUpright, kMirrored, kEither };

std::vector<SharedRegion> align(const Item& item, const PictureFeatures& entry, Hand hand,
                                std::span<const float> weights) {
  AlignOptions options;
  options.upright = hand != Hand::kMirrored;
  if (hand != Hand::kUpright) options.item_mirrored = item.mirrored;
  options.item_weights = weights;
  return align_pictures(item.picture, entry, options);
}

void sort_surest_first(std::vector<PictureMatch>& matches) {
  std::sort(matches.begin(), matches.end(), [](const PictureMatch& a, const PictureMatch& b) {
    return std::tie(a.expected_false_alarms, a.entry) < std::tie(b.expected_false_alarms, b.entry);
  });
}

// An entry that was found both upright and mirrored is one match.
void join_same_entry(std::vector<PictureMatch>& matches) {
  std::vector<PictureMatch> joined;
  for (PictureMatch& match : matches) {
    const auto same = std::find_if(joined.begin(), joined.end(),
                                   [&](const auto& one) { return one.entry == match.entry; });
    if (same == joined.end())
      joined.push_back(std::move(match));
    else
      std::move(match.regions.begin(), match.regions.end(), std::back_inserter(same->regions));
  }
  matches = std::move(joined);
}

enum class Look { kNotAsked, kNothing, kShared };

// One item against one entry after another.
class Search {
 public:
  Search(const PictureFeatures& picture, const LiveFeatureIndex& index, const KnownPictures& known,
         const PictureMatchOptions& options)
      : item_{picture, {}}, index_(index), known_(known), options_(options), common_(picture) {
    for (const LocalFeature& feature : picture.features)
      item_.mirrored.push_back(mirrored(feature));
  }

  FeatureVote vote() const {
    return index_.vote(feature_queries(item_.picture.features, item_.picture),
                       feature_queries(item_.mirrored, item_.picture),
                       options_.most_candidates * kNamedForEach);
  }

  bool has_looked_at(EntryId entry) const { return looked_at_.contains(entry); }

  Result<Look> look_at(EntryId entry, Hand hand) {
    auto shown = TRY(known_(entry));
    if (!shown) return Look::kNotAsked;
    looked_at_.insert(entry);
    Judged one = judge(entry, shown->picture, hand, {});
    const bool shares = !one.match.regions.empty();
    if (shown->is_benign) {
      common_.add_benign(one.match.regions, shown->picture);
      common_.add_benign(one.small, shown->picture);
      return shares ? Look::kShared : Look::kNothing;
    }
    if (!one.small.empty()) common_.add_small(one.small);
    if (one.is_copy) copies_.insert(entry);
    if (one.is_other_moment) other_moments_.insert(entry);
    if (one.is_altered) altered_.insert(entry);
    if (shares) found_.emplace_back(std::move(one.match), std::move(*shown));
    return shares ? Look::kShared : Look::kNothing;
  }

  PictureMatches finished() {
    PictureMatches out;
    for (auto& [match, shown] : found_) {
      const Hand hand = match.regions.front().mirrored ? Hand::kMirrored : Hand::kUpright;
      if (common_.explains_any_of(match.regions))
        match = judge(match.entry, shown.picture, hand, common_.weights()).match;
      if (!match.regions.empty()) out.claims.push_back(std::move(match));
    }
    sort_surest_first(out.claims);
    join_same_entry(out.claims);
    std::set_difference(other_moments_.begin(), other_moments_.end(), copies_.begin(),
                        copies_.end(), std::back_inserter(out.other_moments));
    out.altered.assign(altered_.begin(), altered_.end());
    return out;
  }

 private:
  Judged judge(EntryId entry, const PictureFeatures& shown, Hand hand,
               std::span<const float> weights) const {
    return judged(entry, align(item_, shown, hand, weights), item_.picture, shown, chances(index_),
                  options_.most_false_alarms);
  }

  Item item_;
  const LiveFeatureIndex& index_;
  const KnownPictures& known_;
  const PictureMatchOptions& options_;
  CommonParts common_;
  std::vector<std::pair<PictureMatch, KnownPicture>> found_;
  std::set<EntryId> looked_at_, copies_, other_moments_, altered_;
};

}  // namespace

std::vector<FeatureRow> feature_rows(uint32_t key, const PictureFeatures& picture) {
  std::vector<FeatureRow> rows;
  rows.reserve(picture.features.size());
  for (const LocalFeature& feature : picture.features) {
    const FeatureCode code = code_of(feature);
    rows.push_back({key, code.word, coded_angle(feature.angle), coded_scale(feature.scale, picture),
                    code.signature});
  }
  return rows;
}

std::vector<FeatureQuery> feature_queries(std::span<const LocalFeature> features,
                                          const PictureFeatures& picture) {
  std::vector<FeatureQuery> queries;
  queries.reserve(features.size());
  for (const LocalFeature& feature : features)
    queries.push_back(
        {code_of(feature), coded_angle(feature.angle), coded_scale(feature.scale, picture)});
  return queries;
}

Result<PictureMatches> match_picture(const PictureFeatures& picture, const LiveFeatureIndex& index,
                                     const KnownPictures& known,
                                     const PictureMatchOptions& options) {
  if (index.rows() == 0 || picture.features.empty()) return PictureMatches();
  Search search(picture, index, known, options);
  const FeatureVote vote = search.vote();
  size_t failures = 0, looked_at = 0;
  for (const FeatureCandidate& candidate : vote.candidates) {
    if (failures >= kFailuresInARow || looked_at >= options.most_candidates) break;
    const Hand hand = candidate.mirrored ? Hand::kMirrored : Hand::kUpright;
    const Look look = TRY(search.look_at(EntryId{candidate.key}, hand));
    if (look == Look::kNotAsked) continue;
    ++looked_at;
    failures = look == Look::kShared ? 0 : failures + 1;
  }
  looked_at = 0;
  for (const EntryId entry : options.also) {
    if (looked_at >= options.most_candidates) break;
    if (search.has_looked_at(entry)) continue;
    looked_at += TRY(search.look_at(entry, Hand::kEither)) != Look::kNotAsked;
  }
  return search.finished();
}

}  // namespace weir
