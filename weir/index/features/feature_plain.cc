// SPDX-License-Identifier: Apache-2.0
#include "weir/index/features/feature_plain.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "weir/index/features/feature_weights.h"

namespace weir::plain {
namespace {

// How a feature and a key agree best: nearest first, then by the row's angle and scale, so that it
// does not matter where rows stand.
using PlainAgreement = std::tuple<uint32_t, uint8_t, uint8_t>;
using Agreements = std::map<uint32_t, PlainAgreement>;  // by key

bool probes(const FeatureCode& code, uint16_t word) {
  return code.word == word || std::find(code.alternatives.begin(), code.alternatives.end(), word) !=
                                  code.alternatives.end();
}

Agreements agreements(std::span<const FeatureRow> rows, const FeatureQuery& query) {
  Agreements best;
  for (const FeatureRow& row : rows) {
    if (!probes(query.code, row.word)) continue;
    const auto distance =
        static_cast<uint32_t>(std::popcount(row.signature ^ query.code.signature));
    if (distance > FeatureWeights::kRadius) continue;
    const PlainAgreement agreement{distance, row.angle, row.log_scale};
    const auto [at, is_new] = best.try_emplace(row.key, agreement);
    if (!is_new) at->second = std::min(at->second, agreement);
  }
  return best;
}

// Only the nearest keys of a feature that agrees with very many.
void keep_nearest(Agreements& all) {
  if (all.size() <= FeatureWeights::kMostKeysOfFeature) return;
  std::vector<std::pair<uint32_t, uint32_t>> order;
  for (const auto& [key, agreement] : all) order.push_back({std::get<0>(agreement), key});
  std::sort(order.begin(), order.end());
  for (size_t i = FeatureWeights::kMostKeysOfFeature; i < order.size(); ++i)
    all.erase(order[i].second);
}

struct PlainTally {
  uint32_t votes = 0;
  std::array<uint32_t, FeatureBins::kBins> bins{};
  std::array<uint32_t, FeatureBins::kBins> hits{};
};
using Hypothesis = std::pair<uint32_t, bool>;  // key, mirrored
using PlainTallies = std::map<Hypothesis, PlainTally>;

FeatureCandidate candidate(const Hypothesis& hypothesis, const PlainTally& tally) {
  uint32_t most = 0;
  uint32_t hits = 0;
  for (size_t bin = 0; bin < FeatureBins::kBins; ++bin) {
    const uint32_t votes = FeatureBins::square(tally.bins, bin);
    if (votes <= most) continue;
    most = votes;
    hits = FeatureBins::square(tally.hits, bin);
  }
  return {hypothesis.first, hypothesis.second, static_cast<float>(most / FeatureWeights::kUnit),
          hits};
}

}  // namespace

FeatureVote vote(std::span<const FeatureRow> rows, std::span<const FeatureQuery> upright,
                 std::span<const FeatureQuery> mirrored, size_t most) {
  FeatureVote vote;
  PlainTallies tallies;
  for (size_t i = 0; i < std::max(upright.size(), mirrored.size()); ++i) {
    const FeatureQuery* queries[2] = {i < upright.size() ? &upright[i] : nullptr,
                                      i < mirrored.size() ? &mirrored[i] : nullptr};
    Agreements found[2];
    std::set<uint32_t> strong;
    for (size_t side = 0; side < 2; ++side) {
      if (queries[side] == nullptr) continue;
      found[side] = agreements(rows, *queries[side]);
      for (const auto& [key, agreement] : found[side])
        if (std::get<0>(agreement) <= FeatureWeights::kStrongRadius) strong.insert(key);
      keep_nearest(found[side]);
    }
    const auto agreeing = static_cast<uint32_t>(strong.size());
    vote.agreeing_keys.push_back(agreeing);
    for (size_t side = 0; side < 2; ++side) {
      for (const auto& [key, agreement] : found[side]) {
        const auto [distance, angle, scale] = agreement;
        const uint32_t weight =
            FeatureWeights::kByDistance[distance] * FeatureWeights::by_agreeing_keys(agreeing);
        PlainTally& tally = tallies[{key, side == 1}];
        const size_t bin =
            FeatureBins::of(angle, scale, queries[side]->angle, queries[side]->log_scale);
        tally.votes += weight;
        tally.bins[bin] += weight;
        tally.hits[bin] += 1;
      }
    }
  }

  std::vector<std::tuple<uint32_t, Hypothesis>> order;  // most votes first, then by key
  for (const auto& [hypothesis, tally] : tallies) order.push_back({~tally.votes, hypothesis});
  std::sort(order.begin(), order.end());
  order.resize(std::min(order.size(), FeatureWeights::kMostConsidered));
  for (const auto& [votes, hypothesis] : order)
    vote.candidates.push_back(candidate(hypothesis, tallies[hypothesis]));
  std::sort(vote.candidates.begin(), vote.candidates.end(), [](const auto& a, const auto& b) {
    return std::tuple(-a.score, a.key, a.mirrored) < std::tuple(-b.score, b.key, b.mirrored);
  });
  vote.candidates.resize(std::min(vote.candidates.size(), most));
  return vote;
}

}  // namespace weir::plain
