// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/moved_things.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <set>
#include <utility>

namespace weir {

namespace {

// Constants: kInPlace, kFurthest and what is asked of pixels are those of decision 0086, kTimes and
// kAround of decision 0084, which name some as round fractions; the others were chosen by hand on
// the tune side of the accuracy bench, and not fitted.

// Lengths, as shares of the long side of the entry.
constexpr double kInPlace = 1.0 / 256;  // a spot that is off by less stands in its place,
constexpr double kTimes = 3;            // and so does one off by up to so many times the median
constexpr double kLoosely = 1.0 / 64;   // error of the spots that are off by less than this
constexpr double kAround = 0.12;        // how far the neighbours of a spot lie from it at most
constexpr size_t kFewAround = 5;        // fewer neighbours tell nothing
constexpr double kFurthest = 0.24;      // how far from its place a thing is looked for
constexpr double kOnePlace = 1.0 / 64;  // spots within one such square are one place

constexpr double kThingOctaves =
    0.6;                            // by which a thing may seem larger or smaller than the scene,
constexpr double kThingTurn = 0.4;  // and radians by which it may be turned against it
constexpr size_t kFewest = 4;       // spots in place that tell where the others should be

constexpr int kSides = 8;            // directions around a thing, of which
constexpr int kFewestSides = 5;      // so many must show the scene: a thing may stand at a border
constexpr int kFewestOfSide = 2;     // spots of the scene that show it in one direction
constexpr double kOtherShape = 0.3;  // share by which the maps of thing and scene may differ

constexpr int kReach = 4;             // pixels on each side of a spot that are compared
constexpr double kSame = 0.7;         // correlation that the pixels of one thing reach,
constexpr double kBetter = 0.02;      // and by how much it must exceed that of what stayed
constexpr double kLeastSquares = 50;  // sum of squared deviations from the mean; less shows nothing

constexpr size_t kPatchSide = 2 * kReach + 1;
using Patch = std::array<float, kPatchSide * kPatchSide>;

// The pixels around a place, less their mean. Nothing where they are not all shown.
std::optional<Patch> patch_at(const Plane& plane, const std::vector<uint8_t>& inside, Point at) {
  const double left = at.x - 0.5 - kReach, top = at.y - 0.5 - kReach;
  if (!(left >= 0) || !(top >= 0)) return std::nullopt;
  const auto x = static_cast<size_t>(left), y = static_cast<size_t>(top);
  if (x + kPatchSide >= plane.width || y + kPatchSide >= plane.height) return std::nullopt;
  const auto right = static_cast<float>(left - static_cast<double>(x)),
             down = static_cast<float>(top - static_cast<double>(y));
  Patch patch;
  float sum = 0;
  for (size_t r = 0; r < kPatchSide; ++r) {
    const float *above = plane.row(y + r) + x, *below = plane.row(y + r + 1) + x;
    for (size_t c = 0; c < kPatchSide; ++c) {
      if (!inside[(y + r) * plane.width + x + c]) return std::nullopt;
      const float upper = above[c] + right * (above[c + 1] - above[c]);
      const float lower = below[c] + right * (below[c + 1] - below[c]);
      sum += patch[r * kPatchSide + c] = upper + down * (lower - upper);
    }
  }
  for (float& value : patch) value -= sum / static_cast<float>(patch.size());
  return patch;
}

double correlation(const Patch& a, const Patch& b) {
  double both = 0, of_a = 0, of_b = 0;
  for (size_t i = 0; i < a.size(); ++i)
    both += a[i] * b[i], of_a += a[i] * a[i], of_b += b[i] * b[i];
  return of_a > kLeastSquares && of_b > kLeastSquares ? both / std::sqrt(of_a * of_b) : 0;
}

bool shows_movement(const Plane& entry, const Plane& item, const std::vector<uint8_t>& inside,
                    const DisplacedSpot& spot) {
  const auto was = patch_at(entry, inside, spot.entry), is = patch_at(item, inside, spot.item);
  const auto instead = patch_at(item, inside, spot.entry),
             before = patch_at(entry, inside, spot.item);
  if (!was || !is || !instead || !before) return false;
  const double moved = correlation(*was, *is);
  return moved > kSame && moved > correlation(*was, *instead) + kBetter &&
         moved > correlation(*before, *is) + kBetter;
}

double turned_by(double angle) {
  return std::abs(std::remainder(angle, 2 * std::numbers::pi));
}

Point displacement(const DisplacedSpot& spot) {
  return {spot.item.x - spot.entry.x, spot.item.y - spot.entry.y};
}

// How far each spot is displaced against the median displacement of the spots around it. Under a
// bend that the map lacks, neighbours are displaced alike, and this is little.
std::vector<double> against_neighbours(const std::vector<DisplacedSpot>& spots, double side) {
  std::vector<double> away(spots.size());
  std::vector<size_t> near_home;
  for (size_t k = 0; k < spots.size(); ++k)
    if (distance(spots[k].entry, spots[k].item) < kFurthest * side) near_home.push_back(k);
  const auto is_above = [&](size_t a, size_t b) { return spots[a].entry.y < spots[b].entry.y; };
  std::sort(near_home.begin(), near_home.end(), is_above);
  const double around = kAround * side;
  std::vector<double> x, y;
  for (size_t i = 0; i < spots.size(); ++i) {
    x.clear(), y.clear();
    const double top = spots[i].entry.y - around, bottom = spots[i].entry.y + around;
    const auto first = std::partition_point(near_home.begin(), near_home.end(),
                                            [&](size_t k) { return !(spots[k].entry.y > top); });
    for (auto at = first; at != near_home.end() && spots[*at].entry.y < bottom; ++at) {
      const size_t k = *at;
      const double right = spots[i].entry.x - spots[k].entry.x;
      const double down = spots[i].entry.y - spots[k].entry.y;
      if (k == i || !(right * right + down * down < around * around)) continue;
      const Point by = displacement(spots[k]);
      x.push_back(by.x), y.push_back(by.y);
    }
    Point middle;
    if (x.size() >= kFewAround) {
      const auto half = static_cast<ptrdiff_t>(x.size() / 2);
      std::nth_element(x.begin(), x.begin() + half, x.end());
      std::nth_element(y.begin(), y.begin() + half, y.end());
      middle = {x[x.size() / 2], y[y.size() / 2]};
    }
    away[i] = distance(displacement(spots[i]), middle);
  }
  return away;
}

// In how many of eight directions around the thing's spots the scene has spots, in one of the
// pictures.
int sides_shown(const SharedRegion& thing, const SharedRegion& scene,
                Point SharedRegion::Pair::*side) {
  double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
  for (const SharedRegion::Pair& pair : thing.inliers) {
    const Point at = pair.*side;
    left = std::min(left, at.x), right = std::max(right, at.x);
    top = std::min(top, at.y), bottom = std::max(bottom, at.y);
  }
  std::array<int, kSides> spots{};
  for (const SharedRegion::Pair& pair : scene.inliers) {
    const Point at = pair.*side;
    if (at.x >= left && at.x <= right && at.y >= top && at.y <= bottom) continue;
    const double turn = std::atan2(at.y - (top + bottom) / 2, at.x - (left + right) / 2);
    const double eighths = turn / (2 * std::numbers::pi) * kSides;
    ++spots[static_cast<size_t>(std::lround(eighths) + kSides) % kSides];
  }
  return static_cast<int>(
      std::count_if(spots.begin(), spots.end(), [](int count) { return count >= kFewestOfSide; }));
}

// Whether both maps turn a step to the right, and a step down, into nearly the same steps.
bool are_alike(const PictureTransform& a, const PictureTransform& b, Point at) {
  const Point from_a = a(at), from_b = b(at);
  double apart = 0, length = 0;
  for (const Point step : {Point{at.x + 1, at.y}, Point{at.x, at.y + 1}}) {
    const Point to_a = a(step), to_b = b(step);
    apart +=
        distance({to_a.x - from_a.x, to_a.y - from_a.y}, {to_b.x - from_b.x, to_b.y - from_b.y});
    length += distance(to_a, from_a);
  }
  return apart < kOtherShape * length;
}

}  // namespace

bool is_moved_thing(const SharedRegion& thing, const SharedRegion& scene) {
  if (thing.inliers.empty() || thing.mirrored != scene.mirrored) return false;
  Point middle;
  for (const SharedRegion::Pair& pair : thing.inliers)
    middle.x += pair.entry.x, middle.y += pair.entry.y;
  const auto count = static_cast<double>(thing.inliers.size());
  return are_alike(thing.entry_to_item, scene.entry_to_item,
                   {middle.x / count, middle.y / count}) &&
         sides_shown(thing, scene, &SharedRegion::Pair::entry) >= kFewestSides &&
         sides_shown(thing, scene, &SharedRegion::Pair::item) >= kFewestSides;
}

std::vector<DisplacedSpot> displaced_spots(const std::vector<SpotPair>& pairs,
                                           const PictureTransform& entry_to_item,
                                           const SmoothField& bend, const Extent& entry) {
  const auto back = inverse(entry_to_item);
  if (!back) return {};
  const double side = std::max(entry.width, entry.height);
  std::vector<DisplacedSpot> seen, unbent;
  for (const SpotPair& pair : pairs) {
    const Point item = (*back)(pair.item), by = bend(pair.entry);
    seen.push_back({pair.entry, item});
    unbent.push_back({pair.entry, {item.x - by.x, item.y - by.y}});
  }
  const std::vector<double> away = against_neighbours(unbent, side);
  std::vector<double> loosely;
  std::vector<float> scales;
  double sines = 0, cosines = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (!(away[i] < kLoosely * side)) continue;
    loosely.push_back(away[i]);
    scales.push_back(pairs[i].log_scale);
    sines += std::sin(pairs[i].turn), cosines += std::cos(pairs[i].turn);
  }
  if (scales.size() < kFewest) return {};
  const auto half = static_cast<ptrdiff_t>(scales.size() / 2);
  std::nth_element(scales.begin(), scales.begin() + half, scales.end());
  std::nth_element(loosely.begin(), loosely.begin() + half, loosely.end());
  const double scale = scales[scales.size() / 2];
  const double in_place = std::max(kInPlace * side, kTimes * loosely[loosely.size() / 2]);
  const double turn = std::atan2(sines, cosines);

  std::vector<DisplacedSpot> displaced;
  for (size_t i = 0; i < pairs.size(); ++i)
    if (away[i] > in_place && distance(unbent[i].entry, unbent[i].item) > in_place &&
        away[i] < kFurthest * side && std::abs(pairs[i].log_scale - scale) < kThingOctaves &&
        turned_by(pairs[i].turn - turn) < kThingTurn)
      displaced.push_back(seen[i]);
  return displaced;
}

size_t moved_places(const Plane& entry, const Plane& item, const std::vector<uint8_t>& inside,
                    std::span<const DisplacedSpot> spots) {
  const double place = kOnePlace * static_cast<double>(std::max(entry.width, entry.height));
  std::set<std::pair<int, int>> places;
  for (const DisplacedSpot& spot : spots)
    if (shows_movement(entry, item, inside, spot))
      places.insert(
          {static_cast<int>(spot.entry.x / place), static_cast<int>(spot.entry.y / place)});
  return places.size();
}

}  // namespace weir
