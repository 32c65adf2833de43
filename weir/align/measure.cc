// SPDX-License-Identifier: Apache-2.0
//
// Every quantity is measured for all regions together: nine tiles of one picture are one copy of
// it, and say as much as the picture in one piece.
#include "weir/align/measure.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "weir/align/transform.h"

namespace weir {

namespace {

constexpr float kSomething = 6;       // levels of contrast
constexpr double kPlace = 1.0 / 64;   // of the long side
constexpr double kElsewhere = 0.75;   // pixels of the plane
constexpr double kPasted = 0.27;      // share of straight outlines of what was surely pasted
constexpr double kMuchOutline = 120;  // pixels; less tells less
constexpr size_t kToneBins = 32;
constexpr double kFinest = 1e-4;     // of correlation, that is told
constexpr size_t kLeastOfPiece = 4;  // squares
constexpr size_t kFewBeside = 3;     // squares that agree around one that does not

double turn(const Point& o, const Point& a, const Point& b) {
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

// Of the convex hull (Andrew's monotone chain).
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

void measure_places(std::span<const SharedRegion> regions, const PictureFeatures& item,
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
}

bool agrees(const Block& block) {
  return block.state == Block::State::kCompared && block.agreement > kAgreeingBlock;
}

// Calls does(column, row, block) for each block that is shown.
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

// The bits that the tones of the blocks that agree have, were they to be told one by one.
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

// Most of a block's pixels.
bool is_plate(const BlockMap& map, size_t column, size_t row) {
  constexpr size_t kSide = BlockMap::kSide;
  if (map.change.newcomers.plates.empty()) return false;
  size_t count = 0;
  for (size_t y = 0; y < kSide; ++y)
    for (size_t x = 0; x < kSide; ++x)
      count += map.change.newcomers
                   .plates[(map.top + row * kSide + y) * map.width + map.left + column * kSide + x];
  return 2 * count > kSide * kSide;
}

// Whether a block that agrees is displaced, and not as those around it are.
bool is_shifted(const BlockMap& map, size_t column, size_t row, const Block& block) {
  std::vector<float> x, y;
  for_each_neighbour(map, column, row, [&](const Block& other) {
    if (agrees(other) && other.region == block.region)
      x.push_back(other.shift_x), y.push_back(other.shift_y);
  });
  double by_x = block.shift_x, by_y = block.shift_y;
  if (x.size() >= 3) {
    const auto middle = static_cast<ptrdiff_t>(x.size() / 2);
    std::nth_element(x.begin(), x.begin() + middle, x.end());
    std::nth_element(y.begin(), y.begin() + middle, y.end());
    by_x -= x[x.size() / 2], by_y -= y[y.size() / 2];
  }
  return std::hypot(by_x, by_y) >= kElsewhere;
}

void measure_blocks(const BlockMap& map, Terms& terms) {
  std::vector<float> agreements;
  double agreeing = 0, differing = 0, shifted = 0, beside = 0, item_share = 0, shown = 0;
  double bulk = 0;
  for_each_shown(map, [&](size_t column, size_t row, const Block& block) {
    if (block.state == Block::State::kFlat) {
      const bool is_flat_too = block.item_contrast < kSomething;
      beside += !is_flat_too && !is_plate(map, column, row);
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
    shifted += is_shifted(map, column, row, block);
  });
  if (agreements.empty()) return;
  std::sort(agreements.begin(), agreements.end());
  const auto digits_at = [&](size_t twentieths) {
    return -std::log10(kFinest + 1 - agreements[(agreements.size() - 1) * twentieths / 20]);
  };
  const auto count = static_cast<double>(agreements.size());
  terms[Term::kBlocks] = log2_of(agreeing);
  terms[Term::kAgreeing] = agreeing / count;
  terms[Term::kDiffering] = differing / count;
  terms[Term::kPartly] = (count - agreeing - differing) / count;
  terms[Term::kTypical] = digits_at(15);
  terms[Term::kExact] = digits_at(18);
  terms[Term::kBulk] = agreeing < count ? bulk / (count - agreeing) : 1;
  terms[Term::kItemShare] = std::min(1.0, item_share);
  terms[Term::kEntryShare] = shown / static_cast<double>(map.blocks.size());
  terms[Term::kLarger] = std::max(terms[Term::kItemShare], terms[Term::kEntryShare]);
  terms[Term::kShifted] = agreeing > 0 ? shifted / agreeing : 1;
  terms[Term::kBeside] = log2_of(beside / std::max(agreeing, 1.0));
  terms[Term::kTones] = tones_of(map);
}

// Regions that show squares which no other does.
size_t pieces_of(const BlockMap& map, size_t regions) {
  std::vector<size_t> shown(regions);
  for (const Block& block : map.blocks) shown[block.region] += agrees(block);
  const auto pieces = std::count_if(shown.begin(), shown.end(),
                                    [](size_t count) { return count >= kLeastOfPiece; });
  return std::max<size_t>(1, static_cast<size_t>(pieces));
}

void measure_change(const Change& change, bool is_plain, bool tell_newcomers, Terms& terms) {
  // Where outlines are those of something pasted, nobody came or went.
  const double pasted = std::min(1.0, change.straight / kPasted);
  const double less = std::min(change.parts.came, change.parts.gone);
  const double both = change.parts.came + change.parts.gone;
  terms[Term::kNoise] = change.noise;
  if (is_plain) {
    terms[Term::kMoved] = log2_of(change.moved.places);
    terms[Term::kTogether] = log2_of(change.moved.together);
  } else {
    terms[Term::kMovedApart] = log2_of(change.moved.places);
  }
  terms[Term::kExchanged] = log2_of(less);
  terms[Term::kBalance] = both > 0 ? less / both : 0;
  terms[Term::kOutlines] = std::min(change.gone, 1 - change.gone) * (1 - pasted) *
                           std::min(1.0, change.outline / kMuchOutline);
  if (tell_newcomers)
    terms[Term::kNewcomers] = std::max(0.0, change.newcomers.share - change.covers) * (1 - pasted);
  terms[Term::kChanged] = change.share;
  terms[Term::kPutOn] = change.covers;
  terms[Term::kStraight] = change.straight * std::min(1.0, change.outline / kMuchOutline);
}

// The part of the entry that is shown, in pixels of its upright picture: all but what was trimmed.
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
               const PictureFeatures& item, const PictureFeatures& entry, bool tell_newcomers) {
  Terms terms;
  terms[Term::kHash] = kNoHash;
  if (regions.empty()) return terms;
  measure_places(regions, item, entry, terms);
  measure_blocks(map, terms);
  if (map.blocks.empty()) return terms;
  const double strain = regions.front().bend.strain();
  const size_t pieces = pieces_of(map, regions.size());
  measure_change(map.change, strain == 0 && pieces == 1, tell_newcomers, terms);
  terms[Term::kStrain] = strain;
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
