// SPDX-License-Identifier: Apache-2.0
#include "weir/index/features/feature_votes.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "weir/index/features/feature_scan.h"
#include "weir/index/features/feature_weights.h"

namespace weir {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

// What is known of a key in this vote. Nearly every key has one when there are many features, so
// these are read from memory again and again: four fit a cache line.
struct Tally {
  uint32_t agreement = 0;    // where it stands in the list of the last feature that agreed with it
  uint32_t strong_turn = 0;  // the last feature that agreed strongly
  std::array<uint32_t, 2> votes{};
};

// The tallies by key. Where keys are numbered without large gaps, as entries are, a table tells the
// place of each; otherwise an open table, always at most half full.
class Tallies {
 public:
  explicit Tallies(std::span<const FeatureSegment::Source> sources) {
    uint64_t keys = 0, end = 0;
    for (const auto& source : sources) {
      const auto counts = source.segment->key_counts();
      keys += counts.size();
      if (!counts.empty()) end = std::max(end, uint64_t{counts.back().key} + 1);
    }
    is_direct_ = end <= 8 * keys;
    places_.assign(is_direct_ ? end : 1 << 12, kNone);
  }

  void prefetch(uint32_t key) const { __builtin_prefetch(&places_[slot_of(key)]); }
  void prefetch_tally(uint32_t place) const { __builtin_prefetch(&all_[place]); }

  uint32_t place_of(uint32_t key) {
    size_t slot = slot_of(key);
    for (; places_[slot] != kNone; slot = (slot + 1) % places_.size())
      if (is_direct_ || keys_[places_[slot]] == key) return places_[slot];
    const auto place = static_cast<uint32_t>(all_.size());
    all_.emplace_back();
    keys_.push_back(key);
    places_[slot] = place;
    if (!is_direct_ && 2 * all_.size() > places_.size()) grow();
    return place;
  }

  Tally& operator[](uint32_t place) { return all_[place]; }
  uint32_t key(uint32_t place) const { return keys_[place]; }
  size_t size() const { return all_.size(); }

 private:
  size_t slot_of(uint32_t key) const {
    return is_direct_ ? key : (key * 0x9E3779B97F4A7C15 >> 32) & (places_.size() - 1);
  }

  void grow() {
    places_.assign(4 * places_.size(), kNone);
    for (uint32_t place = 0; place < all_.size(); ++place) {
      size_t slot = slot_of(keys_[place]);
      while (places_[slot] != kNone) slot = (slot + 1) % places_.size();
      places_[slot] = place;
    }
  }

  bool is_direct_ = false;
  std::vector<Tally> all_;
  std::vector<uint32_t> keys_;  // of each
  std::vector<uint32_t> places_;
};

// A feature of the item and a key, by the key's best row.
struct Agreement {
  uint32_t place = 0;  // of the key's tally
  uint32_t order = 0;  // distance, angle, scale from high to low: less is better

  uint32_t distance() const { return order >> 16; }
  uint8_t angle() const { return static_cast<uint8_t>(order >> 8); }
  uint8_t log_scale() const { return static_cast<uint8_t>(order); }
};

// A million of these may be given, so they are small.
struct Vote {
  uint32_t place;
  uint32_t weight : 17;
  uint32_t bin : 14;
  uint32_t is_mirrored : 1;
};
static_assert(FeatureBins::kBins < 1 << 14 && sizeof(Vote) == 8);

// How many places ahead are asked for where they lie all over.
constexpr size_t kAhead = 16;

class Count {
 public:
  explicit Count(std::span<const FeatureSegment::Source> sources)
      : sources_(sources), tallies_(sources) {}

  // One feature of the item by its sides; returns with how many keys it agrees.
  uint32_t add(std::array<const FeatureQuery*, 2> sides) {
    uint32_t strong = 0;
    ++feature_;
    for (size_t side = 0; side < 2; ++side) {
      agreements_[side].clear();
      if (sides[side] == nullptr) continue;
      find(*sides[side], agreements_[side]);
      strong += count_strong(agreements_[side]);
      keep_most(agreements_[side]);
    }
    const uint32_t rarity = FeatureWeights::by_agreeing_keys(strong);
    for (uint32_t side = 0; side < 2; ++side)
      if (sides[side] != nullptr) give_votes(*sides[side], side, rarity);
    return strong;
  }

  std::vector<FeatureCandidate> best(size_t most);

 private:
  struct Near {
    uint32_t row;
    uint32_t distance;
    uint32_t place;
  };

  void find(const FeatureQuery& query, std::vector<Agreement>& agreements);
  void find_in(const FeatureSegment::Source& source, const FeatureQuery& query,
               std::vector<Agreement>& agreements);
  uint32_t count_strong(std::span<const Agreement> agreements);
  void give_votes(const FeatureQuery& query, uint32_t side, uint32_t rarity);
  void keep_most(std::vector<Agreement>& agreements);
  std::vector<std::tuple<uint32_t, uint32_t, bool>> most_voted();

  std::span<const FeatureSegment::Source> sources_;
  Tallies tallies_;
  std::vector<Vote> votes_;
  std::array<std::vector<Agreement>, 2> agreements_;
  std::vector<NearRow> scanned_;
  std::vector<Near> near_;
  uint32_t feature_ = 0;
};

void Count::find(const FeatureQuery& query, std::vector<Agreement>& agreements) {
  for (const auto& source : sources_) find_in(source, query, agreements);
}

// Rows that are near lie far apart in the columns of keys and geometry, so these are asked for as
// the signatures are scanned and read afterwards.
void Count::find_in(const FeatureSegment::Source& source, const FeatureQuery& query,
                    std::vector<Agreement>& agreements) {
  const FeatureSegment& segment = *source.segment;
  const auto scan = [&](uint16_t word) {
    const auto list = segment.list(word);
    const size_t rows = list.last - list.first;
    if (rows == 0) return;
    if (scanned_.size() < rows + kScanSlack) scanned_.resize(2 * rows + kScanSlack);
    const size_t count = scan_signatures({segment.signatures() + list.first, rows},
                                         query.code.signature, FeatureWeights::kRadius, scanned_);
    for (size_t i = 0; i < count; ++i) {
      const auto row = static_cast<uint32_t>(list.first + (scanned_[i] & UINT32_MAX));
      __builtin_prefetch(segment.keys() + row);
      __builtin_prefetch(segment.geometry() + row);
      near_.push_back({row, static_cast<uint32_t>(scanned_[i] >> 32), kNone});
    }
  };
  near_.clear();
  scan(query.code.word);
  for (const uint16_t word : query.code.alternatives) scan(word);

  for (const Near& near : near_) tallies_.prefetch(segment.keys()[near.row]);
  for (Near& near : near_) {
    const uint32_t key = segment.keys()[near.row];
    if (source.hides && source.hides(key)) continue;
    near.place = tallies_.place_of(key);
    tallies_.prefetch_tally(near.place);
  }
  for (const Near& near : near_) {
    if (near.place == kNone) continue;
    const uint16_t geometry = segment.geometry()[near.row];
    const uint32_t order = near.distance << 16 | (geometry & 0xFFu) << 8 | geometry >> 8;
    // Left from another feature, it points beyond the list or at another key.
    uint32_t& at = tallies_[near.place].agreement;
    if (at < agreements.size() && agreements[at].place == near.place) {
      agreements[at].order = std::min(agreements[at].order, order);
    } else {
      at = static_cast<uint32_t>(agreements.size());
      agreements.push_back({near.place, order});
    }
  }
}

uint32_t Count::count_strong(std::span<const Agreement> agreements) {
  uint32_t keys = 0;
  for (const Agreement& agreement : agreements) {
    if (agreement.distance() > FeatureWeights::kStrongRadius) continue;
    Tally& tally = tallies_[agreement.place];
    keys += tally.strong_turn != feature_;
    tally.strong_turn = feature_;
  }
  return keys;
}

void Count::give_votes(const FeatureQuery& query, uint32_t side, uint32_t rarity) {
  const std::vector<Agreement>& agreements = agreements_[side];
  for (size_t i = 0; i < agreements.size(); ++i) {
    if (i + kAhead < agreements.size()) tallies_.prefetch_tally(agreements[i + kAhead].place);
    const Agreement& agreement = agreements[i];
    const uint32_t weight = FeatureWeights::kByDistance[agreement.distance()] * rarity;
    const size_t bin =
        FeatureBins::of(agreement.angle(), agreement.log_scale(), query.angle, query.log_scale);
    tallies_[agreement.place].votes[side] += weight;
    votes_.push_back({agreement.place, weight, static_cast<uint32_t>(bin) & 0x3FFF, side});
  }
}

void Count::keep_most(std::vector<Agreement>& agreements) {
  constexpr size_t kMost = FeatureWeights::kMostKeysOfFeature;
  if (agreements.size() <= kMost) return;
  std::nth_element(agreements.begin(), agreements.begin() + kMost, agreements.end(),
                   [&](const Agreement& a, const Agreement& b) {
                     return std::pair(a.distance(), tallies_.key(a.place)) <
                            std::pair(b.distance(), tallies_.key(b.place));
                   });
  agreements.resize(kMost);
}

// Place and side of those whose geometry is worth a look.
std::vector<std::tuple<uint32_t, uint32_t, bool>> Count::most_voted() {
  constexpr size_t kMost = FeatureWeights::kMostConsidered;
  std::vector<std::tuple<uint32_t, uint32_t, bool>> order;  // by votes, key, side
  for (uint32_t place = 0; place < tallies_.size(); ++place)
    for (const bool side : {false, true})
      if (tallies_[place].votes[side] > 0)
        order.push_back({~tallies_[place].votes[side], tallies_.key(place), side});
  if (order.size() > kMost) {
    std::nth_element(order.begin(), order.begin() + kMost, order.end());
    order.resize(kMost);
  }
  return order;
}

std::vector<FeatureCandidate> Count::best(size_t most) {
  struct Bins {
    std::array<uint32_t, FeatureBins::kBins> votes{};
    std::array<uint32_t, FeatureBins::kBins> hits{};
  };
  const auto considered = most_voted();
  std::vector<std::array<uint32_t, 2>> bins_of(tallies_.size(), {kNone, kNone});
  for (uint32_t i = 0; i < considered.size(); ++i) {
    const auto [votes, key, side] = considered[i];
    bins_of[tallies_.place_of(key)][side] = i;
  }
  std::vector<Bins> bins(considered.size());
  for (size_t i = 0; i < votes_.size(); ++i) {
    if (i + kAhead < votes_.size()) __builtin_prefetch(&bins_of[votes_[i + kAhead].place]);
    const Vote& vote = votes_[i];
    const uint32_t at = bins_of[vote.place][vote.is_mirrored];
    if (at == kNone) continue;
    bins[at].votes[vote.bin] += vote.weight;
    ++bins[at].hits[vote.bin];
  }

  std::vector<FeatureCandidate> candidates;
  for (uint32_t i = 0; i < considered.size(); ++i) {
    const auto [votes, key, side] = considered[i];
    uint32_t highest = 0;
    uint32_t hits = 0;
    for (size_t bin = 0; bin < FeatureBins::kBins; ++bin) {
      const uint32_t sum = FeatureBins::square(bins[i].votes, bin);
      if (sum <= highest) continue;
      highest = sum;
      hits = FeatureBins::square(bins[i].hits, bin);
    }
    candidates.push_back({key, side, static_cast<float>(highest / FeatureWeights::kUnit), hits});
  }
  std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return std::tuple(-a.score, a.key, a.mirrored) < std::tuple(-b.score, b.key, b.mirrored);
  });
  if (candidates.size() > most) candidates.resize(most);
  return candidates;
}

}  // namespace

FeatureVote count_votes(std::span<const FeatureSegment::Source> sources,
                        std::span<const FeatureQuery> upright,
                        std::span<const FeatureQuery> mirrored, size_t most) {
  FeatureVote vote;
  Count count(sources);
  for (size_t i = 0; i < std::max(upright.size(), mirrored.size()); ++i)
    vote.agreeing_keys.push_back(count.add({i < upright.size() ? &upright[i] : nullptr,
                                            i < mirrored.size() ? &mirrored[i] : nullptr}));
  vote.candidates = count.best(most);
  return vote;
}

}  // namespace weir
