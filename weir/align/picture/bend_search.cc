// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/bend_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace weir {

namespace {

// Constants: pieces, rounds, what is worthwhile, strain and the share of squares are those of
// decision 0084; the others were chosen by hand on the tune side of the accuracy bench, and not
// fitted.
constexpr size_t kCells = 10;        // pieces of the field along the long side
constexpr double kStiffness = 0.02;  // price of bending
constexpr double kSide = 512;        // the long side to which lengths here refer, in pixels
constexpr double kFieldError = 3;    // the most by which a pair that the field explains is off
constexpr double kFieldReach = 60;   // a new pair must lie within this distance
constexpr size_t kLeastNear = 3;     // of so many pairs that agree already
constexpr double kFurthestFromMap =
    90;                               // pairs further from where the map has them are not looked at
constexpr double kTurnFromMap = 0.9;  // radians by which the shapes of a pair may differ in angle,
constexpr double kOctavesFromMap = 1;  // and octaves by which they may in scale, from the map's
constexpr double kWorthwhile = 1.05;   // a bend explains so many times the pairs of the map,
constexpr size_t kWorthwhileMore = 6;  // and at least so many more
constexpr double kMostStrain = 0.6;
constexpr size_t kSquares = 8;      // along each side of the picture; of the squares with spots,
constexpr double kLeastBent = 0.2;  // the bend must be seen in this share
constexpr int kRounds = 8;

// A pair of features in the frame of the entry, scaled to kSide.
struct Beside {
  uint32_t pair;
  Point place;
  Point by;             // how far the item has it from there
  bool by_map = false;  // whether the map alone explains it
};

class BendSearch {
 public:
  BendSearch(const std::vector<SpotPair>& pairs, const FoundRegion& region, const Extent& entry)
      : scale_(kSide / std::max({entry.width, entry.height, 1.0})),
        width_(entry.width * scale_),
        height_(entry.height * scale_) {
    const auto back = inverse(region.transform);
    if (!back) return;
    const Stretch middle = stretch(region.transform, {entry.width / 2, entry.height / 2});
    const double octaves = std::log2(middle.most * middle.least) / 2;
    const double turn = turn_of(region, pairs);
    for (uint32_t i = 0; i < pairs.size(); ++i) {
      const SpotPair& pair = pairs[i];
      const Point at = (*back)(pair.item);
      const Point by{(at.x - pair.entry.x) * scale_, (at.y - pair.entry.y) * scale_};
      if (!(distance(by, {}) < kFurthestFromMap) || pair.weight <= 0) continue;
      if (std::abs(pair.log_scale - octaves) > kOctavesFromMap) continue;
      if (std::abs(std::remainder(pair.turn - turn, 2 * std::numbers::pi)) > kTurnFromMap) continue;
      beside_.push_back({i,
                         {pair.entry.x * scale_, pair.entry.y * scale_},
                         by,
                         std::binary_search(region.inliers.begin(), region.inliers.end(), i)});
    }
    for (const Beside& one : beside_) agrees_.push_back(one.by_map);
    rigid_ = region.inliers.size();
  }

  std::optional<BentRegion> grown() {
    if (beside_.size() < enough()) return std::nullopt;
    std::optional<SmoothField> field;
    for (int round = 0; round < kRounds; ++round) {
      field = fitted();
      if (!field) return std::nullopt;
      const double error = round + 3 < kRounds ? 2 * kFieldError : kFieldError;
      if (!widen(*field, error) && round + 3 < kRounds) round = kRounds - 4;
    }
    BentRegion out;
    for (size_t i = 0; i < beside_.size(); ++i)
      if (agrees_[i]) out.inliers.push_back(beside_[i].pair);
    if (out.inliers.size() < enough() || field->strain() > kMostStrain) return std::nullopt;
    if (!is_bent_all_over()) return std::nullopt;
    out.bend = field->scaled(1 / scale_, 1 / scale_);
    return out;
  }

 private:
  static double turn_of(const FoundRegion& region, const std::vector<SpotPair>& pairs) {
    double sines = 0, cosines = 0;
    for (const uint32_t i : region.inliers)
      sines += std::sin(pairs[i].turn), cosines += std::cos(pairs[i].turn);
    return std::atan2(sines, cosines);
  }

  size_t enough() const {
    return std::max(rigid_ + kWorthwhileMore,
                    static_cast<size_t>(kWorthwhile * static_cast<double>(rigid_)));
  }

  std::optional<SmoothField> fitted() const {
    std::vector<SmoothField::Shift> shifts;
    for (size_t i = 0; i < beside_.size(); ++i)
      if (agrees_[i]) shifts.push_back({beside_[i].place, beside_[i].by});
    return SmoothField::fit(shifts, width_, height_, kCells, kStiffness);
  }

  // Takes in pairs that the field explains and that lie beside pairs which agree, and drops pairs
  // that it does not explain. Returns whether anything changed.
  bool widen(const SmoothField& field, double most) {
    std::vector<uint8_t> next(beside_.size());
    bool changed = false;
    for (size_t i = 0; i < beside_.size(); ++i) {
      const double error = distance(field(beside_[i].place), beside_[i].by);
      next[i] = error < most && near(i) >= kLeastNear;
      changed |= next[i] != agrees_[i];
    }
    agrees_ = std::move(next);
    return changed;
  }

  // Whether the bend is seen all over the picture. A field can follow a thing that moved a little,
  // too, but that is seen in one place only, and is no bend.
  bool is_bent_all_over() const {
    std::array<uint8_t, kSquares * kSquares> seen{}, bent{};
    const double side_x = width_ / kSquares, side_y = height_ / kSquares;
    for (size_t i = 0; i < beside_.size(); ++i) {
      if (!agrees_[i]) continue;
      const auto column = std::min(kSquares - 1, static_cast<size_t>(beside_[i].place.x / side_x));
      const auto row = std::min(kSquares - 1, static_cast<size_t>(beside_[i].place.y / side_y));
      seen[row * kSquares + column] = 1;
      if (!beside_[i].by_map) bent[row * kSquares + column] = 1;
    }
    const auto all = std::count(seen.begin(), seen.end(), 1);
    const auto some = std::count(bent.begin(), bent.end(), 1);
    return static_cast<double>(some) >= kLeastBent * static_cast<double>(all);
  }

  size_t near(size_t at) const {
    size_t count = 0;
    for (size_t i = 0; i < beside_.size() && count < kLeastNear; ++i) {
      if (!agrees_[i] || i == at) continue;
      const double x = beside_[i].place.x - beside_[at].place.x;
      const double y = beside_[i].place.y - beside_[at].place.y;
      count += x * x + y * y < kFieldReach * kFieldReach;
    }
    return count;
  }

  double scale_, width_, height_;
  size_t rigid_ = 0;
  std::vector<Beside> beside_;
  std::vector<uint8_t> agrees_;
};

}  // namespace

std::optional<BentRegion> find_bend(const std::vector<SpotPair>& pairs, const FoundRegion& region,
                                    const Extent& entry) {
  return BendSearch(pairs, region, entry).grown();
}

}  // namespace weir
