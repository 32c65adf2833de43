// SPDX-License-Identifier: Apache-2.0
//
// Turns the regions that two pictures share, and the comparison of their pixels, into the terms by
// which a copy is judged. Every term is measured for all regions together, since nine tiles of one
// picture are one copy of it, and say as much as the picture in one piece.
//
// Example: of 100 pairs of features that look alike 60 lie in regions, so `found` is 0.6; of 300
// squares that can be compared 6 show something else, so `differing` is 0.02.
// Counter-example: a term is no verdict. Two frames of a still camera share nearly all spots and
// squares, and only weir/match weighs that against what moved.
// Constants: they were chosen by hand on the tune side of the accuracy bench, and not fitted; what
// is fitted are the curves that weigh the terms (docs/evidence.md).
#include "weir/align/picture/measure.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "weir/align/picture/transform.h"

namespace weir {

namespace {

constexpr float kSomething = 6;      // levels of contrast; a square of the item with less is flat
constexpr double kPlace = 1.0 / 64;  // of the entry's long side: the side of one place
constexpr size_t kToneBins = 32;
constexpr double kAlwaysMoved = 1.0 / 512;  // share of the places that seems to have moved anyway
constexpr double kFinest = 1e-4;            // correlations this near to 1 are not told apart
constexpr size_t kLeastOfPiece = 4;         // squares that agree make a region a piece
constexpr size_t kFewBeside = 3;  // a square with fewer neighbours that agree lies amid change

double turn(const Point& o, const Point& a, const Point& b) {
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

// The area of the convex hull of the points (Andrew's monotone chain).
double span_area(std::vector<Point> points) {
  if (points.size() < 3) return 0;
  std::sort(points.begin(), points.end(),
            [](const Point& a, const Point& b) { return std::tie(a.x, a.y) < std::tie(b.x, b.y); });
  std::vector<Point> hull;
  for (const bool is_upper : {false, true}) {
    const size_t kept = hull.size();
    for (const Point& point : points) {
      while (hull.size() >= kept + 2 && turn(hull[hull.size() - 2], hull.back(), point) <= 0)
        hull.pop_back();
      hull.push_back(point);
    }
    hull.pop_back();  // the first point of the other half
    if (!is_upper) std::reverse(points.begin(), points.end());
  }
  return area(hull);
}

double span_area(const std::vector<LocalFeature>& features) {
  std::vector<Point> places;
  places.reserve(features.size());
  for (const LocalFeature& feature : features) places.push_back({feature.x, feature.y});
  return span_area(std::move(places));
}

double ratio(double part, double whole) {
  return whole > 0 ? std::min(part / whole, 1.0) : 0;
}

double log2_of(double count) {
  return std::log2(1 + std::max(0.0, count));
}

// Fills in the terms that spots tell. Returns the number of places at which they are found again.
double measure_places(std::span<const SharedRegion> regions, const PictureFeatures& item,
                      const PictureFeatures& entry, Terms& terms) {
  std::set<std::pair<int, int>> places;
  std::vector<Point> in_item, in_entry;
  const double step = kPlace * std::max(entry.width, entry.height);
  size_t tentative = 1;
  for (const SharedRegion& region : regions) {
    tentative = std::max(tentative, region.tentative);
    for (const SharedRegion::Pair& pair : region.inliers) {
      places.insert({static_cast<int>(pair.entry.x / step), static_cast<int>(pair.entry.y / step)});
      in_item.push_back(pair.item);
      in_entry.push_back(pair.entry);
    }
  }
  terms[Term::kPlaces] = log2_of(static_cast<double>(places.size()));
  terms[Term::kFound] = ratio(static_cast<double>(in_item.size()), static_cast<double>(tentative));
  terms[Term::kSpread] = std::max(ratio(span_area(std::move(in_item)), span_area(item.features)),
                                  ratio(span_area(std::move(in_entry)), span_area(entry.features)));
  return static_cast<double>(places.size());
}

bool agrees(const Block& block) {
  return block.state == Block::State::kCompared && block.agreement > kAgreeingBlock;
}

// Calls does(column, row, block) for each block of the part that the item shows.
template <class Does>
void for_each_shown(const BlockMap& map, Does does) {
  for (size_t row = map.shown.first_row; row < map.shown.end_row; ++row)
    for (size_t column = map.shown.first_column; column < map.shown.end_column; ++column)
      does(column, row, map.at(column, row));
}

template <class Does>
void for_each_neighbour(const BlockMap& map, size_t column, size_t row, Does does) {
  around(row * map.columns + column, map.columns, map.rows, [&](size_t i) {
    if (i != row * map.columns + column) does(map.blocks[i]);
  });
}

// How many bits a pixel's tone has, on average, in the blocks that agree (the entropy of the
// tones).
double tones_of(const BlockMap& map) {
  std::array<double, kToneBins> count{};
  double all = 0;
  for_each_shown(map, [&](size_t column, size_t row, const Block& block) {
    if (!agrees(block)) return;
    for (size_t y = 0; y < BlockMap::kSide; ++y) {
      const float* samples =
          map.known.row(map.top + row * BlockMap::kSide + y) + map.left + column * BlockMap::kSide;
      for (size_t x = 0; x < BlockMap::kSide; ++x) {
        const auto bin =
            static_cast<size_t>(std::clamp(samples[x], 0.0f, 255.0f)) * kToneBins / 256;
        count[bin] += 1, all += 1;
      }
    }
  });
  double bits = 0;
  for (const double one : count)
    if (one > 0) bits -= one / all * std::log2(one / all);
  return bits;
}

void measure_blocks(const BlockMap& map, Terms& terms) {
  std::vector<float> agreements;
  double agreeing = 0, differing = 0, item_share = 0, shown = 0;
  double bulk = 0;
  for_each_shown(map, [&](size_t column, size_t row, const Block& block) {
    if (block.state == Block::State::kFlat) {
      const bool is_flat_too = block.item_contrast < kSomething;
      bool next = false;
      for_each_neighbour(map, column, row, [&](const Block& other) {
        next |= agrees(other) || other.state == Block::State::kFlat;
      });
      if (is_flat_too && next) shown += 1, item_share += block.item_share;
    }
    if (block.state != Block::State::kCompared) return;
    agreements.push_back(block.agreement);
    differing += block.agreement < kDifferingBlock;
    if (!agrees(block)) {
      size_t beside_it = 0;
      for_each_neighbour(map, column, row, [&](const Block& other) { beside_it += agrees(other); });
      bulk += beside_it < kFewBeside;
      return;
    }
    agreeing += 1, shown += 1, item_share += block.item_share;
  });
  if (agreements.empty()) return;
  std::sort(agreements.begin(), agreements.end());
  const auto count = static_cast<double>(agreements.size());
  terms[Term::kDiffering] = differing / count;
  terms[Term::kExact] = -std::log10(kFinest + 1 - agreements[(agreements.size() - 1) * 9 / 10]);
  terms[Term::kBulk] = agreeing < count ? bulk / (count - agreeing) : 1;
  terms[Term::kItemShare] = std::min(1.0, item_share);
  terms[Term::kEntryShare] = shown / static_cast<double>(map.blocks.size());
  terms[Term::kTones] = tones_of(map);
}

// Counts the regions that show squares which no other region shows.
size_t pieces_of(const BlockMap& map, size_t regions) {
  std::vector<size_t> shown(regions);
  for (const Block& block : map.blocks) shown[block.region] += agrees(block);
  const auto pieces = std::count_if(shown.begin(), shown.end(),
                                    [](size_t count) { return count >= kLeastOfPiece; });
  return std::max<size_t>(1, static_cast<size_t>(pieces));
}

// In a picture that is bent or in pieces, parts lie beside where the rest would have them although
// nothing moved. Only in a plain one are moved places counted.
void measure_change(const PictureChange& change, bool is_plain, double places, Terms& terms) {
  const double moved = is_plain ? static_cast<double>(change.moved) : 0;
  terms[Term::kNoise] = change.noise;
  terms[Term::kMoved] = std::max(0.0, std::log2((1 + moved) / (1 + kAlwaysMoved * places)));
  terms[Term::kExchanged] = log2_of(std::min(change.parts.came, change.parts.gone));
  terms[Term::kChanged] = change.share;
  terms[Term::kOutlines] = change.outlines;
  terms[Term::kOver] = change.over;
  terms[Term::kStraight] = change.straight;
}

// The part of the entry that is shown, in pixels of its upright picture: all of it but the lines at
// the sides that were left out.
std::array<Point, 4> shown_part(const BlockMap& map, const Shown& shown,
                                const PictureFeatures& entry) {
  if (map.blocks.empty()) return corners(entry.width, entry.height);
  const auto place = [](size_t block, size_t blocks, size_t first, size_t pixels, double size) {
    if (block == 0) return 0.0;
    if (block == blocks) return size;
    return size * static_cast<double>(first + block * BlockMap::kSide) /
           static_cast<double>(pixels);
  };
  const double left =
      place(shown.first_column, map.columns, map.left, entry.plane.width, entry.width);
  const double right =
      place(shown.end_column, map.columns, map.left, entry.plane.width, entry.width);
  const double top = place(shown.first_row, map.rows, map.top, entry.plane.height, entry.height);
  const double bottom = place(shown.end_row, map.rows, map.top, entry.plane.height, entry.height);
  return {{{left, top}, {right, top}, {right, bottom}, {left, bottom}}};
}

}  // namespace

Terms measured(std::span<const SharedRegion> regions, const BlockMap& map,
               const PictureFeatures& item, const PictureFeatures& entry) {
  Terms terms;
  terms[Term::kHash] = kNoHash;
  if (regions.empty()) return terms;
  const double places = measure_places(regions, item, entry, terms);
  measure_blocks(map, terms);
  if (map.blocks.empty()) return terms;
  const size_t pieces = pieces_of(map, regions.size());
  measure_change(map.change, regions.front().bend.empty() && pieces == 1, places, terms);
  terms[Term::kPieces] = std::log2(static_cast<double>(pieces));
  return terms;
}

void describe(const BlockMap& map, size_t place, const PictureFeatures& item,
              const PictureFeatures& entry, SharedRegion& region) {
  const Shown shown = place < map.regions.size() ? map.regions[place] : Shown();
  const auto share = [&](size_t part) {
    return shown.compared > 0 ? static_cast<double>(part) / static_cast<double>(shown.compared) : 0;
  };
  region.agreeing = share(shown.agreeing);
  region.differing = share(shown.differing);
  region.blocks = static_cast<uint32_t>(shown.compared);
  std::array<Point, 4> part = shown_part(map, shown, entry);
  std::transform(part.begin(), part.end(), part.begin(), region.entry_to_item);
  const auto seen = clipped(part, item.width, item.height);
  region.item_region = bounding_box(seen, item.width, item.height);
  if (const auto back = inverse(region.entry_to_item)) {
    std::vector<Point> in_entry;
    for (const Point& p : seen) in_entry.push_back((*back)(p));
    region.entry_region = bounding_box(in_entry, entry.width, entry.height);
  }
}

}  // namespace weir
