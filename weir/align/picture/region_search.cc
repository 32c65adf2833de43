// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/region_search.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "weir/align/picture/chance.h"

namespace weir {

namespace {

// Tolerances. Positions in units (see Extent) of the coarser picture.
// Constants: the cells, the three hypotheses and kSureEnough are those of decision 0077; the others
// were chosen by hand on the tune side of the accuracy bench, and not fitted.
constexpr float kTurn = 0.5f;          // radians by which two shapes may differ in angle,
constexpr float kOctaves = 0.7f;       // and octaves in scale, for SIFT's own error and perspective
constexpr float kLooseError = 6;       // of a hypothesis from one pair, near that pair,
constexpr float kLooseGrowth = 0.14f;  // and more for each pixel away, since angle and scale err
constexpr double kError = 3;           // of the refined transform
constexpr double kCell = 8;            // inliers in one cell of either picture count as one
constexpr size_t kMostSeeds = 256;     // pairs that propose a hypothesis
constexpr size_t kSeedsAtOnce = 16;    // after so many it is seen whether more are needed
constexpr size_t kRefined = 3;         // hypotheses refined before the best is taken
constexpr size_t kLeastCells = 4;      // cells with inliers that a region needs
constexpr size_t kAffineCells = 6;     // inliers from which on an affine map is tried,
constexpr size_t kHomographyCells = 16;  // and a homography
constexpr double kSureEnough = -1;       // log10 of false alarms; less sure ones are not regions

float angle_between(float a, float b) {
  const float turn = static_cast<float>(2 * std::numbers::pi);
  const float apart = a - b;
  return std::abs(apart - turn * std::round(apart / turn));
}

// The similarity that one pair, the seed, proposes: item = (a -b; b a) entry + (x, y).
struct Hypothesis {
  float a, b, x, y;
  float seed_x, seed_y;  // the pair's place in the entry
  float log_scale, cosine, sine;
  float error, growth;  // both squared
};

// The pairs that no region has taken yet, as columns, so that a hypothesis meets several at a time.
// The loop has no branch and sums whole numbers, which a compiler turns into vectors.
class PairColumns {
 public:
  void clear() {
    for (auto* column : columns()) column->clear();
    weight_.clear();
  }
  void add(const SpotPair& pair) {
    item_x_.push_back(static_cast<float>(pair.item.x));
    item_y_.push_back(static_cast<float>(pair.item.y));
    entry_x_.push_back(static_cast<float>(pair.entry.x));
    entry_y_.push_back(static_cast<float>(pair.entry.y));
    log_scale_.push_back(pair.log_scale);
    cosine_.push_back(std::cos(pair.turn));
    sine_.push_back(std::sin(pair.turn));
    weight_.push_back(static_cast<int32_t>(std::lround(pair.weight * kOne)));
    agrees_.resize(weight_.size());
  }
  size_t size() const { return weight_.size(); }
  int32_t weight() const { return std::accumulate(weight_.begin(), weight_.end(), 0); }

  // Returns the sum of the weights of all pairs that agree with the hypothesis. Sets agrees()[i] to
  // the weight of pair i if it is one of them, and to 0 otherwise.
  int32_t votes(const Hypothesis& h) {
    const float turn = std::cos(kTurn);
    int32_t sum = 0;
    const size_t count = size();
    for (size_t i = 0; i < count; ++i) {
      const float x = h.a * entry_x_[i] - h.b * entry_y_[i] + h.x - item_x_[i];
      const float y = h.b * entry_x_[i] + h.a * entry_y_[i] + h.y - item_y_[i];
      const float away_x = entry_x_[i] - h.seed_x, away_y = entry_y_[i] - h.seed_y;
      const float most = h.error + h.growth * (away_x * away_x + away_y * away_y);
      const float octaves = log_scale_[i] - h.log_scale;
      const int agree = (x * x + y * y < most) & (octaves < kOctaves) & (octaves > -kOctaves) &
                        (cosine_[i] * h.cosine + sine_[i] * h.sine > turn);
      agrees_[i] = -agree & weight_[i];
      sum += agrees_[i];
    }
    return sum;
  }
  const std::vector<int32_t>& agrees() const { return agrees_; }

  static constexpr int32_t kOne = 256;  // a weight of 1

 private:
  std::array<std::vector<float>*, 7> columns() {
    return {&item_x_, &item_y_, &entry_x_, &entry_y_, &log_scale_, &cosine_, &sine_};
  }
  std::vector<float> item_x_, item_y_, entry_x_, entry_y_, log_scale_, cosine_, sine_;
  std::vector<int32_t> weight_, agrees_;
};

// Which cells of a picture are taken.
class Cells {
 public:
  Cells(const Extent& picture, double side)
      : side_(side), columns_(static_cast<size_t>(picture.width / side) + 1) {
    taken_.assign(columns_ * (static_cast<size_t>(picture.height / side) + 1), 0);
  }
  uint8_t& at(const Point& p) {
    const auto cell = [&](double place) {
      return static_cast<size_t>(std::max(0.0, place) / side_);
    };
    return taken_[std::min(taken_.size() - 1, cell(p.y) * columns_ + cell(p.x))];
  }

 private:
  double side_;
  size_t columns_;
  std::vector<uint8_t> taken_;
};

class RegionSearch {
 public:
  RegionSearch(const std::vector<SpotPair>& pairs, const Extent& item, const Extent& entry)
      : pairs_(pairs),
        false_alarms_(pairs.size()),
        item_(item),
        entry_(entry),
        free_(pairs.size(), 1) {
    order_.resize(pairs.size());
    std::iota(order_.begin(), order_.end(), 0u);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](uint32_t a, uint32_t b) { return pairs[a].distance < pairs[b].distance; });
  }

  // The surest region among the pairs that no region has taken yet.
  std::optional<FoundRegion> next() {
    struct Seed {
      uint32_t pair;
      int32_t votes;
    };
    std::vector<Seed> seeds;
    gather();
    // When one transform explains most pairs, every other seed would only find it again.
    const int32_t enough = columns_.weight() / 2;
    int32_t most = 0;
    for (const uint32_t i : order_) {
      if (!free_[i] || pairs_[i].weight <= 0) continue;
      if (seeds.size() == kMostSeeds) break;
      if (seeds.size() % kSeedsAtOnce == 0 && most > enough) break;
      seeds.push_back({i, columns_.votes(hypothesis(i))});
      most = std::max(most, seeds.back().votes);
    }
    std::stable_sort(seeds.begin(), seeds.end(),
                     [](const Seed& a, const Seed& b) { return a.votes > b.votes; });
    std::optional<FoundRegion> best;
    size_t refined = 0;
    for (const Seed& seed : seeds) {
      if (refined == kRefined || seed.votes < 3 * PairColumns::kOne) break;
      if (best && std::binary_search(best->inliers.begin(), best->inliers.end(), seed.pair))
        continue;
      ++refined;
      auto region = refine(seed.pair);
      if (region && (!best || region->log10_nfa < best->log10_nfa)) best = std::move(region);
    }
    return best;
  }

  // Takes the pairs that a region explains, even loosely, so that they propose no other region.
  void take(const FoundRegion& region) {
    for (const uint32_t i : agreeing(region.transform, 3 * kError)) free_[i] = 0;
    for (const uint32_t i : region.inliers) free_[i] = 0;
  }

 private:
  // How many pixels of the item one pixel of the coarser picture is.
  double unit(const PictureTransform& transform) const {
    const Stretch middle = stretch(transform, {entry_.width / 2, entry_.height / 2});
    const double scale = std::sqrt(middle.most * middle.least);
    return std::max(item_.unit, scale * entry_.unit);
  }

  double error(const PictureTransform& transform, double unit, uint32_t i) const {
    const Point to = transform(pairs_[i].entry);
    const double x = to.x - pairs_[i].item.x, y = to.y - pairs_[i].item.y;
    return std::sqrt(x * x + y * y) / unit;
  }

  Hypothesis hypothesis(uint32_t i) const {
    const SpotPair& pair = pairs_[i];
    const float scale = std::exp2(pair.log_scale);
    Hypothesis h{};
    h.cosine = std::cos(pair.turn);
    h.sine = std::sin(pair.turn);
    h.a = scale * h.cosine;
    h.b = scale * h.sine;
    h.seed_x = static_cast<float>(pair.entry.x);
    h.seed_y = static_cast<float>(pair.entry.y);
    h.x = static_cast<float>(pair.item.x) - (h.a * h.seed_x - h.b * h.seed_y);
    h.y = static_cast<float>(pair.item.y) - (h.b * h.seed_x + h.a * h.seed_y);
    h.log_scale = pair.log_scale;
    const float error = kLooseError * static_cast<float>(std::max(item_.unit, scale * entry_.unit));
    h.error = error * error;
    h.growth = scale * scale * kLooseGrowth * kLooseGrowth;
    return h;
  }

  // Makes columns of the pairs that no region has taken yet. gathered_ has their numbers.
  void gather() {
    columns_.clear();
    gathered_.clear();
    for (uint32_t i = 0; i < pairs_.size(); ++i) {
      if (!free_[i]) continue;
      columns_.add(pairs_[i]);
      gathered_.push_back(i);
    }
  }

  // The pairs, not taken yet, that lie within `most` units of where the transform puts them and
  // have the angle and the scale that it gives.
  std::vector<uint32_t> agreeing(const PictureTransform& transform, double most) const {
    std::vector<uint32_t> found;
    const double unit = this->unit(transform);
    for (uint32_t i = 0; i < pairs_.size(); ++i) {
      if (!free_[i] || !(error(transform, unit, i) < most)) continue;
      const Point at = pairs_[i].entry;
      const Stretch here = stretch(transform, at);
      const double octaves = std::log2(here.most * here.least) / 2;
      if (!(std::abs(octaves - pairs_[i].log_scale) < kOctaves)) continue;
      // The turn of the map at this place. The direction of the entry's feature is not known here,
      // so it is the mean of how both axes are turned.
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

  // The inliers that stand in cells of their own in both pictures, by rising error.
  std::vector<Explained> in_own_cells(const FoundRegion& region) const {
    const double unit = this->unit(region.transform);
    const Stretch middle = stretch(region.transform, {entry_.width / 2, entry_.height / 2});
    const double entry_unit = unit / std::sqrt(middle.most * middle.least);
    std::vector<std::pair<double, uint32_t>> by_error;
    for (const uint32_t i : region.inliers)
      if (pairs_[i].weight > 0) by_error.push_back({error(region.transform, unit, i), i});
    std::sort(by_error.begin(), by_error.end());
    Cells item_cells(item_, kCell * unit), entry_cells(entry_, kCell * entry_unit);
    std::vector<Explained> counted;
    for (const auto& [error, i] : by_error) {
      uint8_t& item_cell = item_cells.at(pairs_[i].item);
      uint8_t& entry_cell = entry_cells.at(pairs_[i].entry);
      if (item_cell || entry_cell) continue;
      item_cell = entry_cell = 1;
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
    region.log10_nfa = false_alarms_.log10(counted, static_cast<size_t>(kind),
                                           item_.width * item_.height / (unit * unit));
    return region;
  }

  std::optional<FoundRegion> refine(uint32_t seed) {
    columns_.votes(hypothesis(seed));
    std::vector<uint32_t> inliers;
    for (size_t i = 0; i < gathered_.size(); ++i)
      if (columns_.agrees()[i]) inliers.push_back(gathered_[i]);

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
        // It is fitted once more to what it explains, since outliers that had a part in it are
        // gone.
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
  FalseAlarms false_alarms_;
  PairColumns columns_;
  std::vector<uint32_t> gathered_;
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
    regions.push_back(std::move(*found));
  }
  return regions;
}

}  // namespace weir
