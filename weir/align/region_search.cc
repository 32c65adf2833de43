// SPDX-License-Identifier: Apache-2.0
#include "weir/align/region_search.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <set>

#include "weir/align/chance.h"

namespace weir {

namespace {

// Tolerances. Positions in units (see Extent) of the coarser picture.
constexpr float kTurn = 0.5f;          // radians by which two shapes may differ in angle
constexpr float kOctaves = 0.7f;       // and in scale: SIFT's own error, and perspective
constexpr float kLooseError = 6;       // of a hypothesis from one pair, near that pair
constexpr float kLooseGrowth = 0.12f;  // and for each pixel further away, for angle and scale err
constexpr double kError = 3;           // of the refined transform
constexpr double kCell = 8;            // inliers in one cell of either picture are one
constexpr size_t kMostSeeds = 256;
constexpr size_t kRefined = 3;  // hypotheses refined before the best is taken
constexpr size_t kLeastCells = 4;
constexpr size_t kAffineCells = 6;
constexpr size_t kHomographyCells = 16;
constexpr double kSureEnough = -1;    // log10 of false alarms; less sure ones are not regions
constexpr double kSameTransform = 5;  // times kError: parts of one region

float angle_between(float a, float b) {
  const float turn = static_cast<float>(2 * std::numbers::pi);
  const float apart = a - b;
  return std::abs(apart - turn * std::round(apart / turn));
}

// Pairs as columns, so that a hypothesis meets them several at a time.
struct PairColumns {
  explicit PairColumns(const std::vector<SpotPair>& pairs) {
    for (const SpotPair& pair : pairs) {
      item_x.push_back(static_cast<float>(pair.item.x));
      item_y.push_back(static_cast<float>(pair.item.y));
      entry_x.push_back(static_cast<float>(pair.entry.x));
      entry_y.push_back(static_cast<float>(pair.entry.y));
      log_scale.push_back(pair.log_scale);
      turn.push_back(pair.turn);
      weight.push_back(pair.weight);
    }
  }
  std::vector<float> item_x, item_y, entry_x, entry_y, log_scale, turn, weight;
};

class RegionSearch {
 public:
  RegionSearch(const std::vector<SpotPair>& pairs, const Extent& item, const Extent& entry)
      : pairs_(pairs), columns_(pairs), item_(item), entry_(entry), free_(pairs.size(), 1) {
    order_.resize(pairs.size());
    std::iota(order_.begin(), order_.end(), 0u);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](uint32_t a, uint32_t b) { return pairs[a].distance < pairs[b].distance; });
  }

  // The surest region among the pairs that are still free.
  std::optional<FoundRegion> next() {
    struct Seed {
      uint32_t pair;
      float votes;
    };
    std::vector<Seed> seeds;
    for (const uint32_t i : order_) {
      if (!free_[i] || pairs_[i].weight <= 0) continue;
      if (seeds.size() == kMostSeeds) break;
      seeds.push_back({i, votes(i)});
    }
    std::stable_sort(seeds.begin(), seeds.end(),
                     [](const Seed& a, const Seed& b) { return a.votes > b.votes; });
    std::optional<FoundRegion> best;
    size_t refined = 0;
    for (const Seed& seed : seeds) {
      if (refined == kRefined || seed.votes < 3) break;
      if (best && std::binary_search(best->inliers.begin(), best->inliers.end(), seed.pair))
        continue;
      ++refined;
      auto region = refine(seed.pair);
      if (region && (!best || region->log10_nfa < best->log10_nfa)) best = std::move(region);
    }
    return best;
  }

  // What a region explains, also loosely, proposes no other.
  void take(const FoundRegion& region) {
    for (const uint32_t i : agreeing(region.transform, 3 * kError)) free_[i] = 0;
    for (const uint32_t i : region.inliers) free_[i] = 0;
  }

  // Whether one transform nearly explains what the other does.
  bool nearly_explains(const FoundRegion& one, const FoundRegion& other) const {
    size_t explained = 0;
    for (const uint32_t i : other.inliers)
      explained += error(one.transform, unit(one.transform), i) < kSameTransform * kError;
    return 2 * explained > other.inliers.size();
  }

 private:
  // A pixel of the coarser picture, in the item.
  double unit(const PictureTransform& transform) const {
    const Stretch middle = stretch(transform, {entry_.width / 2, entry_.height / 2});
    const double scale = std::sqrt(middle.most * middle.least);
    return std::max(item_.unit, scale * entry_.unit);
  }

  double error(const PictureTransform& transform, double unit, uint32_t i) const {
    const Point to = transform(pairs_[i].entry);
    return std::hypot(to.x - pairs_[i].item.x, to.y - pairs_[i].item.y) / unit;
  }

  // The similarity that one pair proposes.
  struct Hypothesis {
    float a, b, x, y;  // item = (a -b; b a) entry + (x, y)
    float log_scale, turn, unit, growth;
  };
  Hypothesis hypothesis(uint32_t i) const {
    const SpotPair& pair = pairs_[i];
    const float scale = std::exp2(pair.log_scale);
    Hypothesis h{};
    h.a = scale * std::cos(pair.turn);
    h.b = scale * std::sin(pair.turn);
    h.x = columns_.item_x[i] - (h.a * columns_.entry_x[i] - h.b * columns_.entry_y[i]);
    h.y = columns_.item_y[i] - (h.b * columns_.entry_x[i] + h.a * columns_.entry_y[i]);
    h.log_scale = pair.log_scale;
    h.turn = pair.turn;
    h.unit = static_cast<float>(std::max(item_.unit, scale * entry_.unit)) * kLooseError;
    h.growth = scale * kLooseGrowth;
    return h;
  }

  bool agrees(const Hypothesis& h, uint32_t seed, size_t i) const {
    const PairColumns& c = columns_;
    const float x = h.a * c.entry_x[i] - h.b * c.entry_y[i] + h.x - c.item_x[i];
    const float y = h.b * c.entry_x[i] + h.a * c.entry_y[i] + h.y - c.item_y[i];
    const float away_x = c.entry_x[i] - c.entry_x[seed], away_y = c.entry_y[i] - c.entry_y[seed];
    const float most = h.unit + h.growth * std::sqrt(away_x * away_x + away_y * away_y);
    return (x * x + y * y < most * most) & (std::abs(c.log_scale[i] - h.log_scale) < kOctaves) &
           (angle_between(c.turn[i], h.turn) < kTurn);
  }

  float votes(uint32_t seed) const {
    const Hypothesis h = hypothesis(seed);
    float sum = 0;
    for (size_t i = 0; i < pairs_.size(); ++i)
      if (free_[i] && agrees(h, seed, i)) sum += columns_.weight[i];
    return sum;
  }

  // The free pairs within `most` units of where the transform puts them, and shaped as it says.
  std::vector<uint32_t> agreeing(const PictureTransform& transform, double most) const {
    std::vector<uint32_t> found;
    const double unit = this->unit(transform);
    for (uint32_t i = 0; i < pairs_.size(); ++i) {
      if (!free_[i] || !(error(transform, unit, i) < most)) continue;
      const Point at = pairs_[i].entry;
      const Stretch here = stretch(transform, at);
      const double octaves = std::log2(here.most * here.least) / 2;
      if (!(std::abs(octaves - pairs_[i].log_scale) < kOctaves)) continue;
      // The angle as two points close together show it, along the entry feature's own direction
      // being unknown: the mean of what happens to both axes.
      const Point o = transform(at), u = transform({at.x + 1, at.y}),
                  v = transform({at.x, at.y + 1});
      const double turn = std::atan2((u.y - o.y) - (v.x - o.x), (u.x - o.x) + (v.y - o.y));
      if (angle_between(static_cast<float>(turn), pairs_[i].turn) < kTurn) found.push_back(i);
    }
    return found;
  }

  std::vector<PointPair> points(const std::vector<uint32_t>& chosen) const {
    std::vector<PointPair> out;
    out.reserve(chosen.size());
    for (const uint32_t i : chosen) out.push_back({pairs_[i].item, pairs_[i].entry});
    return out;
  }

  // Those that stand in cells of their own in both pictures, by rising error.
  std::vector<Explained> in_own_cells(const FoundRegion& region) const {
    const double unit = this->unit(region.transform);
    const Stretch middle = stretch(region.transform, {entry_.width / 2, entry_.height / 2});
    const double entry_unit = unit / std::sqrt(middle.most * middle.least);
    std::vector<std::pair<double, uint32_t>> by_error;
    for (const uint32_t i : region.inliers)
      if (pairs_[i].weight > 0) by_error.push_back({error(region.transform, unit, i), i});
    std::sort(by_error.begin(), by_error.end());
    std::set<std::pair<int, int>> item_cells, entry_cells;
    std::vector<Explained> counted;
    for (const auto& [error, i] : by_error) {
      const auto cell = [](const Point& p, double side) {
        return std::pair(static_cast<int>(p.x / side), static_cast<int>(p.y / side));
      };
      const auto item_cell = cell(pairs_[i].item, kCell * unit);
      const auto entry_cell = cell(pairs_[i].entry, kCell * entry_unit);
      if (item_cells.contains(item_cell) || entry_cells.contains(entry_cell)) continue;
      item_cells.insert(item_cell);
      entry_cells.insert(entry_cell);
      counted.push_back({error, pairs_[i].weight});
    }
    return counted;
  }

  // Scores a transform by the pairs that agree with it.
  std::optional<FoundRegion> judged(const PictureTransform& transform, TransformKind kind) const {
    FoundRegion region{transform, agreeing(transform, kError), 0};
    const auto counted = in_own_cells(region);
    if (counted.size() < kLeastCells) return std::nullopt;
    const double unit = this->unit(transform);
    region.log10_nfa = log10_false_alarms(counted, pairs_.size(), static_cast<size_t>(kind),
                                          item_.width * item_.height / (unit * unit));
    return region;
  }

  std::optional<FoundRegion> refine(uint32_t seed) const {
    const Hypothesis h = hypothesis(seed);
    std::vector<uint32_t> inliers;
    for (uint32_t i = 0; i < pairs_.size(); ++i)
      if (free_[i] && agrees(h, seed, i)) inliers.push_back(i);

    std::optional<FoundRegion> best;
    const auto improve = [&](TransformKind kind, std::vector<uint32_t> from, double tolerance) {
      for (;; tolerance = std::max(kError, tolerance / 2)) {
        const auto transform = fit(kind, points(from));
        if (!transform || !is_plausible(*transform, entry_.width, entry_.height)) return;
        from = agreeing(*transform, tolerance);
        if (tolerance > kError) continue;
        auto region = judged(*transform, kind);
        if (!region) return;
        const bool better = !best || region->log10_nfa < best->log10_nfa - 1e-6;
        if (better) best = std::move(region);
        if (!better || best->inliers != from) return;
        // Once more from what it explains: outliers that had a part in it are gone.
        const auto again = fit(kind, points(from));
        if (!again || !is_plausible(*again, entry_.width, entry_.height)) return;
        region = judged(*again, kind);
        if (region && region->log10_nfa < best->log10_nfa) best = std::move(region);
        return;
      }
    };
    improve(TransformKind::kSimilarity, inliers, 4 * kError);
    if (inliers.size() >= kAffineCells) improve(TransformKind::kAffine, inliers, 4 * kError);
    if (!best) return best;
    if (best->inliers.size() >= kAffineCells)
      improve(TransformKind::kAffine, best->inliers, 2 * kError);
    if (best->inliers.size() >= kHomographyCells)
      improve(TransformKind::kHomography, agreeing(best->transform, 3 * kError), 2 * kError);
    return best;
  }

  const std::vector<SpotPair>& pairs_;
  PairColumns columns_;
  Extent item_;
  Extent entry_;
  std::vector<uint8_t> free_;
  std::vector<uint32_t> order_;
};

}  // namespace

std::vector<FoundRegion> search_regions(const std::vector<SpotPair>& pairs, const Extent& item,
                                        const Extent& entry, size_t most) {
  std::vector<FoundRegion> regions;
  RegionSearch search(pairs, item, entry);
  while (regions.size() < most) {
    auto found = search.next();
    if (!found || found->log10_nfa > kSureEnough) break;
    search.take(*found);
    bool joined = false;
    for (FoundRegion& region : regions) {
      if (!search.nearly_explains(region, *found)) continue;
      region.inliers.insert(region.inliers.end(), found->inliers.begin(), found->inliers.end());
      std::sort(region.inliers.begin(), region.inliers.end());
      joined = true;
      break;
    }
    if (!joined) regions.push_back(std::move(*found));
  }
  return regions;
}

}  // namespace weir
