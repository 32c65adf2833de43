// SPDX-License-Identifier: Apache-2.0
//
// Finds the known pictures that an item shows, also where it shows only a part of them, or shows
// them small, turned or mirrored. The item's spots vote in the index for entries with the same
// spots; the candidates with the most votes are aligned with the item, and their pixels are
// compared. A copy that was cropped or pasted into a page keeps many spots, and the pixels then
// tell it from a mere likeness. Last, claims that rest on what many pictures share are taken out.
//
// Example: a page of 800 x 600 pixels shows a known picture in 240 x 180 of them, from 400, 300 on.
// The spots in that place vote for the entry, and the claim names this region of the page and all
// of the entry.
//
// Counter-example: a logo that an item and an entry have in common is no match, though its spots
// agree, since the rest of each is something else. A picture without spots, such as an even grey,
// is not found here at all.
//
// Constants: most_false_alarms is that of decision 0085. kFailuresInARow, kNamedForEach, kSure and
// most_candidates were chosen by hand on the tune side of the accuracy bench and not fitted.
#include "weir/match/pictures/picture_match.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <set>
#include <tuple>
#include <utility>

#include "weir/hash/features/local_features.h"
#include "weir/match/pictures/common_parts.h"

namespace weir {
namespace {

// Candidates come by votes. After this many in a row that show nothing, the rest is passed over.
constexpr size_t kFailuresInARow = 10;
// Candidates of banks that are not asked about are passed over. So the index is asked for this many
// times as many candidates as may be looked at.
constexpr size_t kNamedForEach = 10;
// Geometry that expects more false alarms than this may agree by chance.
constexpr double kSure = 1e-3;

uint8_t coded_angle(float angle) {
  const double turns = angle / (2 * std::numbers::pi);
  return static_cast<uint8_t>(std::lround(turns * 256) & 255);
}

// The size as the index has it: 255 is the whole long side, and 16 less is half of that.
uint8_t coded_scale(float scale, const PictureFeatures& picture) {
  const double share = scale / static_cast<double>(std::max(picture.width, picture.height));
  return static_cast<uint8_t>(std::clamp(255 + 16 * std::log2(share), 0.0, 255.0));
}

struct Item {
  const PictureFeatures& picture;
  std::vector<LocalFeature> mirrored;
};

// About how many entries a claim could have been about, told from the rows of the index.
double entries_of(const FeatureEdition& index) {
  return std::max(1.0, static_cast<double>(index.rows()) / kEntryFeatures.most);
}

// Which way round the item is compared.
enum class Hand { kUpright, kMirrored, kEither };

void sort_surest_first(std::vector<PictureMatch>& matches) {
  std::sort(matches.begin(), matches.end(), [](const PictureMatch& a, const PictureMatch& b) {
    return std::tuple(a.expected_false_alarms, -a.pair.odds.log_odds, a.entry) <
           std::tuple(b.expected_false_alarms, -b.pair.odds.log_odds, b.entry);
  });
}

// An entry that was found both upright and mirrored is one match, as sure as the surer of both.
// Precondition: surest first.
void join_same_entry(std::vector<PictureMatch>& matches) {
  std::vector<PictureMatch> joined;
  for (PictureMatch& match : matches) {
    const auto same = std::find_if(joined.begin(), joined.end(),
                                   [&](const auto& one) { return one.entry == match.entry; });
    if (same == joined.end()) {
      joined.push_back(std::move(match));
      continue;
    }
    auto& regions = match.pair.shared.regions;
    std::move(regions.begin(), regions.end(), std::back_inserter(same->pair.shared.regions));
  }
  matches = std::move(joined);
}

enum class Look { kNotAsked, kNothing, kShared };

// Compares one item with one entry after another.
class Search {
 public:
  Search(const PictureFeatures& picture, const FeatureEdition& index, const KnownPictures& known,
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
    PictureMatch one = judge(entry, shown->picture, hand, {});
    const bool is_surely_shared =
        !one.pair.shared.regions.empty() &&
        entries_of(index_) * std::pow(10, std::max(one.pair.log10_nfa, -300.0)) <= kSure;
    if (is_surely_shared && shown->is_benign)
      common_.add_benign(one.pair.shared.regions, shown->picture);
    else if (is_surely_shared && one.pair.verdict == Verdict::kElement)
      common_.add_small(one.pair.shared.regions);
    const Look look = one.is_reported ? Look::kShared : Look::kNothing;
    if (is_surely_shared && !shown->is_benign)
      found_.emplace_back(std::move(one), std::move(*shown));
    return look;
  }

  std::vector<PictureMatch> finished() {
    std::vector<PictureMatch> claims;
    for (auto& [match, shown] : found_) {
      const auto& regions = match.pair.shared.regions;
      const Hand hand = regions.front().mirrored ? Hand::kMirrored : Hand::kUpright;
      if (common_.explains_any_of(regions))
        match = judge(match.entry, shown.picture, hand, common_.weights());
      const bool is_wanted = match.is_reported || hash_bits(match.entry) < kNoHash;
      if (!regions.empty() && is_wanted) claims.push_back(std::move(match));
    }
    sort_surest_first(claims);
    join_same_entry(claims);
    return claims;
  }

 private:
  double hash_bits(EntryId entry) const {
    const auto named = std::find_if(options_.named.begin(), options_.named.end(),
                                    [&](const NamedByHash& one) { return one.entry == entry; });
    return named == options_.named.end() ? kNoHash : named->distance.bits;
  }

  PictureMatch judge(EntryId entry, const PictureFeatures& shown, Hand hand,
                     std::span<const float> weights) const {
    AlignOptions options;
    options.upright = hand != Hand::kMirrored;
    if (hand != Hand::kUpright) options.item_mirrored = item_.mirrored;
    options.item_weights = weights;
    PictureMatch match{entry, compare_pictures(item_.picture, shown, options, hash_bits(entry)), 0,
                       false};
    match.expected_false_alarms = expected_false_alarms(match.pair, entries_of(index_));
    match.is_reported = !match.pair.shared.regions.empty() &&
                        match.expected_false_alarms <= options_.most_false_alarms;
    return match;
  }

  Item item_;
  const FeatureEdition& index_;
  const KnownPictures& known_;
  const PictureMatchOptions& options_;
  CommonParts common_;
  std::vector<std::pair<PictureMatch, KnownPicture>> found_;
  std::set<EntryId> looked_at_;
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

Result<std::vector<PictureMatch>> match_picture(const PictureFeatures& picture,
                                                const FeatureEdition& index,
                                                const KnownPictures& known,
                                                const PictureMatchOptions& options) {
  if (index.rows() == 0 || picture.features.empty()) return std::vector<PictureMatch>();
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
  for (const NamedByHash& named : options.named) {
    if (looked_at >= options.most_candidates) break;
    if (search.has_looked_at(named.entry)) continue;
    looked_at += TRY(search.look_at(named.entry, Hand::kEither)) != Look::kNotAsked;
  }
  return search.finished();
}

}  // namespace weir
