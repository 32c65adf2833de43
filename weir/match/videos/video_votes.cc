// SPDX-License-Identifier: Apache-2.0
#include "weir/match/videos/video_votes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "weir/hash/features/local_features.h"
#include "weir/match/pictures/picture_match.h"
#include "weir/match/videos/video_index.h"
#include "weir/signal/signals.h"

namespace weir {
namespace {

// Constants: the radius is the one that the field uses, kHashSurprise and kSameHashSurprise are
// those of decision 0100, and kEntriesByChance and kByChance are those of 0132. The others were
// chosen by hand on the tune side of the accuracy bench and not fitted.
constexpr Distance kRadius = kPdqMatchRadius;
constexpr size_t kMostNeighbours = 2'000'000;
// A frame that lies so near to the frame asked about last is not asked about, unless so much time
// has passed since.
constexpr Distance kUnchanged{6};
constexpr std::chrono::microseconds kAskedAtLeast{1'000'000};

// Digits that one agreement of hashes tells at the radius, and at no distance. Unrelated frames are
// much rarer that near; but those of one kind (a face before a curtain, a line of text) are not.
constexpr double kHashSurprise = 4;
constexpr double kSameHashSurprise = 8;
constexpr double kCommon = 8;  // where so many other entries have it, a hit tells half

constexpr size_t kMostStillsAsked = 400;    // of one item, evenly spread
constexpr size_t kMostFeaturesAsked = 400;  // of each still; the worthiest come first
constexpr size_t kCandidatesOfStill = 24;   // known stills that each of them may vote for
constexpr uint32_t kLeastFeatures = 4;      // that must agree in size and turn
constexpr size_t kMostStillVotes = 400;     // of one entry
constexpr size_t kEntriesByChance = 8;  // of one still: entries behind them have votes by chance
constexpr double kByChance = 0.8;       // share of those votes that every entry has for nothing

struct Asked {
  uint32_t frame = 0;
  bool mirrored = false;
};

struct Questions {
  std::vector<Hash256> hashes;
  std::vector<Asked> asked;
  void add(const Hash256& hash, uint32_t frame, bool mirrored) {
    hashes.push_back(hash);
    asked.push_back({frame, mirrored});
  }
};

Questions questions_of(const VideoTrack& item) {
  Questions out;
  size_t last = item.frames.size();
  for (size_t i = 0; i < item.frames.size(); ++i) {
    if (!is_telling(item, i)) continue;
    const TrackFrame& frame = item.frames[i];
    if (last < i && frame.time - item.frames[last].time < kAskedAtLeast &&
        distance(frame.pdq, item.frames[last].pdq) <= kUnchanged &&
        distance(frame.clean, item.frames[last].clean) <= kUnchanged)
      continue;
    last = i;
    const auto number = static_cast<uint32_t>(i);
    if (frame.quality >= kPdqMatchableQuality) {
      out.add(frame.pdq, number, false);
      out.add(frame.mirrored, number, true);
    }
    if (frame.clean_quality >= kPdqMatchableQuality) {
      out.add(frame.clean, number, false);
      out.add(frame.clean_mirrored, number, true);
    }
  }
  return out;
}

// Searches for all hashes at once. Where more is near than may be listed, each hash is searched for
// by itself, and those that are near to too much are left out, since they are common.
Result<std::vector<Neighbour>> neighbours(const HammingEdition& index,
                                          const std::vector<Hash256>& hashes) {
  auto all = index.search(hashes, kRadius, kMostNeighbours);
  if (all || all.error().code != ErrorCode::kLimit) return all;
  std::vector<Neighbour> out;
  const size_t most = kMostNeighbours / std::max<size_t>(1, hashes.size());
  for (size_t i = 0; i < hashes.size(); ++i) {
    auto one = index.search(std::span(hashes).subspan(i, 1), kRadius, most);
    if (!one && one.error().code == ErrorCode::kLimit) continue;
    if (!one) return std::move(one).error();
    for (Neighbour& near : *one) {
      near.query = static_cast<uint32_t>(i);
      out.push_back(near);
    }
  }
  return out;
}

// How much of a hit is left when `others` of `all` further entries show the same frame.
double telling_share(size_t others, size_t all) {
  const double by_number = kCommon / (kCommon + static_cast<double>(others));
  if (others < 3) return by_number;
  const double share = static_cast<double>(others) / (static_cast<double>(all) + 10);
  return std::clamp(-std::log10(share) / kHashSurprise, 0.0, by_number);
}

double surprise_at(Distance distance) {
  const double near = 1 - static_cast<double>(distance.bits) / kRadius.bits;
  return kHashSurprise + (kSameHashSurprise - kHashSurprise) * near;
}

using ByEntry = std::map<EntryId, EntryVotes>;

Status add_hashes(const VideoTrack& item, const VideoEdition& index, ByEntry& votes) {
  const Questions questions = questions_of(item);
  const auto near = TRY(neighbours(index.frames, questions.hashes));
  std::vector<uint32_t> keys;
  keys.reserve(near.size());
  for (const Neighbour& one : near) keys.push_back(one.key);
  const std::vector<KnownMoment> known = index.moments->frames_named(keys);

  // By frame of the item, which entries show it, and whether a harmless one does.
  std::map<uint32_t, std::set<EntryId>> shown_by;
  std::set<uint32_t> harmless;
  for (size_t i = 0; i < near.size(); ++i) {
    const uint32_t frame = questions.asked[near[i].query].frame;
    if (known[i].is_benign) harmless.insert(frame);
    shown_by[frame].insert(known[i].entry);
  }
  for (size_t i = 0; i < near.size(); ++i) {
    const Asked& asked = questions.asked[near[i].query];
    if (!known[i].is_benign && harmless.contains(asked.frame)) continue;
    const double share = telling_share(shown_by[asked.frame].size() - 1, index.videos);
    EntryVotes& of_entry = votes[known[i].entry];
    of_entry.is_benign = known[i].is_benign;
    of_entry.hashes.push_back(
        {asked.frame, known[i].number, asked.mirrored, surprise_at(near[i].distance) * share});
  }
  return {};
}

std::vector<LocalFeature> features_asked(const PictureFeatures& picture) {
  const size_t count = std::min(picture.features.size(), kMostFeaturesAsked);
  return {picture.features.begin(), picture.features.begin() + static_cast<ptrdiff_t>(count)};
}

// The votes that a candidate of a still may have by chance. Entries far down the list show what
// that is, as hardly any of them can be shown.
float votes_by_chance(const FeatureVote& vote, std::span<const KnownMoment> known) {
  std::set<EntryId> entries;
  for (size_t k = 0; k < known.size(); ++k) {
    entries.insert(known[k].entry);
    if (entries.size() > kEntriesByChance)
      return static_cast<float>(kByChance) * vote.candidates[k].score;
  }
  return 0;
}

void vote_with_stills(const VideoTrack& item, const VideoEdition& index, ByEntry& votes) {
  const size_t step = (item.stills.size() + kMostStillsAsked - 1) / kMostStillsAsked;
  for (size_t i = 0; i < item.stills.size(); i += std::max<size_t>(step, 1)) {
    const PictureFeatures& picture = item.stills[i].picture;
    std::vector<LocalFeature> upright = features_asked(picture), turned;
    for (const LocalFeature& feature : upright) turned.push_back(mirrored(feature));
    const FeatureVote vote = index.stills.vote(
        feature_queries(upright, picture), feature_queries(turned, picture), kCandidatesOfStill);
    std::vector<uint32_t> keys;
    for (const FeatureCandidate& one : vote.candidates) keys.push_back(one.key);
    const std::vector<KnownMoment> known = index.moments->stills_named(keys);
    const float by_chance = votes_by_chance(vote, known);
    for (size_t k = 0; k < keys.size(); ++k) {
      const FeatureCandidate& one = vote.candidates[k];
      if (one.hits < kLeastFeatures) continue;
      EntryVotes& of_entry = votes[known[k].entry];
      of_entry.is_benign = known[k].is_benign;
      of_entry.stills.push_back(
          {static_cast<uint32_t>(i), known[k].number, one.mirrored, one.score - by_chance});
    }
  }
}

// How much an entry is worth a look: the frames and stills of the item that vote for it, each
// counted once, by its strongest vote.
double worth(const EntryVotes& votes) {
  std::map<uint32_t, double> frames, stills;
  for (const HashVote& one : votes.hashes)
    frames[one.item] = std::max(frames[one.item], one.surprise / kHashSurprise);
  for (const StillVote& one : votes.stills)
    stills[one.item] = std::max(stills[one.item], std::min(double(one.score) / 4, 4.0));
  double sum = 0;
  for (const auto& [frame, weight] : frames) sum += weight;
  for (const auto& [still, weight] : stills) sum += weight;
  return sum;
}

}  // namespace

Result<std::vector<EntryVotes>> votes_of(const VideoTrack& item, const VideoEdition& index) {
  ByEntry by_entry;
  TRY(add_hashes(item, index, by_entry));
  vote_with_stills(item, index, by_entry);
  std::vector<EntryVotes> out;
  for (auto& [entry, votes] : by_entry) {
    votes.entry = entry;
    votes.score = worth(votes);
    std::sort(votes.hashes.begin(), votes.hashes.end(), [](const auto& a, const auto& b) {
      return std::tie(a.item, a.entry, a.mirrored) < std::tie(b.item, b.entry, b.mirrored);
    });
    std::sort(votes.stills.begin(), votes.stills.end(), [](const auto& a, const auto& b) {
      return std::tie(b.score, a.item, a.entry, a.mirrored) <
             std::tie(a.score, b.item, b.entry, b.mirrored);
    });
    votes.stills.resize(std::min(votes.stills.size(), kMostStillVotes));
    out.push_back(std::move(votes));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  return out;
}

}  // namespace weir
