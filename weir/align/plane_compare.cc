// SPDX-License-Identifier: Apache-2.0
//
// The item's plane is brought into the frame of the entry's, both are made equally soft, and
// squares of them are correlated. What editing does to all of a picture (recoding, gamma, blur,
// noise) leaves the correlation of squares with texture near 1; what it puts on top changes some
// squares wholly; another picture of the same scene changes many of them partly.
#include "weir/align/plane_compare.h"

#include <algorithm>
#include <cmath>

#include "weir/align/put_on.h"

namespace weir {

namespace {

constexpr size_t kSide = BlockMap::kSide;
constexpr double kLeastContrast = 4;     // levels; a block of less is flat
constexpr size_t kLeastInLine = 2;       // blocks that tell whether a line is shown
constexpr double kMostInTrimmed = 0.15;  // share of them that may agree where it is not
constexpr double kMeanInTrimmed = 0.45;  // and their mean: unrelated blocks, at their best place
constexpr double kGuides = 0.6;          // blocks whose displacement says something
constexpr double kNoMove = 0.02;         // of correlation, that another place must fit better by,
constexpr double kNoMoveShare = 0.3;     // and of what the fit lacks
constexpr size_t kForAffine = 16;        // such blocks, and
constexpr size_t kForPerspective = 48;   // so many to tell what else a transform has
constexpr double kWorthMoving = 0.3;     // pixels of the entry's plane
constexpr double kAlwaysBlur = 0.7;      // both sides: grain and the edges of pixels are no content
// What the entry is blurred with besides, to be as soft as the item is: the best is taken.
constexpr double kSoftness[] = {0, 1.0, 1.8, 3.0};

// Sums over a block, of which all else follows.
struct Sums {
  double entry = 0, item = 0, entry2 = 0, item2 = 0, both = 0;

  double variance_of_entry() const { return std::max(0.0, entry2 - entry * entry / kCount); }
  double variance_of_item() const { return std::max(0.0, item2 - item * item / kCount); }
  double correlation() const {
    const double product = variance_of_entry() * variance_of_item();
    return product > 1e-6 ? (both - entry * item / kCount) / std::sqrt(product) : 0;
  }
  static constexpr double kCount = kSide * kSide;
};

Sums sums_of(const Plane& entry, const Plane& item, size_t x, size_t y, int dx, int dy) {
  float e = 0, i = 0, ee = 0, ii = 0, ei = 0;
  for (size_t r = 0; r < kSide; ++r) {
    const float* from = entry.row(y + r) + x;
    const float* to = item.row(y + r + static_cast<size_t>(dy)) + x + static_cast<size_t>(dx);
    for (size_t c = 0; c < kSide; ++c) {
      const float a = from[c] - 128, b = to[c] - 128;
      e += a, i += b, ee += a * a, ii += b * b, ei += a * b;
    }
  }
  return {e, i, ee, ii, ei};
}

// The place of the top of the parabola through three values, the middle one the largest.
float top_of(double before, double middle, double after) {
  const double curve = before + after - 2 * middle;
  return curve < -1e-6 ? static_cast<float>(std::clamp((before - after) / (2 * curve), -0.5, 0.5))
                       : 0;
}

Block compare_block(const Plane& entry, const Plane& item, size_t x, size_t y) {
  double score[3][3];
  int best_x = 0, best_y = 0;
  Block block;
  for (int dy = -1; dy <= 1; ++dy)
    for (int dx = -1; dx <= 1; ++dx) {
      const Sums sums = sums_of(entry, item, x, y, dx, dy);
      score[dy + 1][dx + 1] = sums.correlation();
      if (score[dy + 1][dx + 1] > score[best_y + 1][best_x + 1]) best_x = dx, best_y = dy;
      if (dx == 0 && dy == 0) {
        block.entry_contrast =
            static_cast<float>(std::sqrt(sums.variance_of_entry() / Sums::kCount));
        block.item_contrast = static_cast<float>(std::sqrt(sums.variance_of_item() / Sums::kCount));
      }
    }
  const double best = score[best_y + 1][best_x + 1];
  block.agreement = static_cast<float>(best);
  // Along a straight edge, or in noise, another place fits as well by chance: that is no movement.
  if (best - score[1][1] <= kNoMove + kNoMoveShare * (1 - best)) best_x = best_y = 0;
  block.shift_x = static_cast<float>(best_x);
  block.shift_y = static_cast<float>(best_y);
  if (best_x == 0)
    block.shift_x += top_of(score[best_y + 1][0], score[best_y + 1][1], score[best_y + 1][2]);
  if (best_y == 0)
    block.shift_y += top_of(score[0][best_x + 1], score[1][best_x + 1], score[2][best_x + 1]);
  return block;
}

// From pixels of one plane to pixels of the other.
PictureTransform plane_to_plane(const PictureFeatures& item, const PictureFeatures& entry,
                                const PictureTransform& entry_to_item) {
  const double ex = static_cast<double>(entry.width) / entry.plane.width;
  const double ey = static_cast<double>(entry.height) / entry.plane.height;
  const double ix = static_cast<double>(item.plane.width) / item.width;
  const double iy = static_cast<double>(item.plane.height) / item.height;
  return compose(compose({{ex, 0, 0, 0, ey, 0, 0, 0, 1}}, entry_to_item),
                 {{ix, 0, 0, 0, iy, 0, 0, 0, 1}});
}

bool all_inside(const std::vector<uint8_t>& inside, size_t width, size_t height, size_t x,
                size_t y) {
  if (x < 1 || y < 1 || x + kSide + 1 > width || y + kSide + 1 > height) return false;
  for (size_t r = y - 1; r < y + kSide + 1; ++r)
    for (size_t c = x - 1; c < x + kSide + 1; ++c)
      if (!inside[r * width + c]) return false;
  return true;
}

// Leaves out the lines of one side while nothing in them agrees; lines too flat to tell go with
// those beyond them. line(i) is the i-th line from the side: its blocks.
template <class Line>
size_t lines_to_trim(size_t lines, Line line) {
  size_t trimmed = 0;
  for (size_t i = 0; i < lines; ++i) {
    size_t compared = 0, agreeing = 0;
    double sum = 0;
    for (const Block* block : line(i)) {
      if (block->state != Block::State::kCompared) continue;
      ++compared;
      agreeing += block->agreement > kAgreeingBlock;
      sum += block->agreement;
    }
    if (compared < kLeastInLine) continue;
    const auto count = static_cast<double>(compared);
    if (static_cast<double>(agreeing) > kMostInTrimmed * count || sum > kMeanInTrimmed * count)
      break;
    trimmed = i + 1;
  }
  return trimmed;
}

void trim(BlockMap& map) {
  const auto column = [&](size_t c) {
    std::vector<const Block*> blocks;
    for (size_t r = map.first_row; r < map.end_row; ++r) blocks.push_back(&map.at(c, r));
    return blocks;
  };
  const auto row = [&](size_t r) {
    std::vector<const Block*> blocks;
    for (size_t c = map.first_column; c < map.end_column; ++c) blocks.push_back(&map.at(c, r));
    return blocks;
  };
  map.first_column = map.first_row = 0;
  map.end_column = map.columns;
  map.end_row = map.rows;
  for (int round = 0; round < 2; ++round) {  // rows are told better once the columns are right
    const size_t columns = map.end_column - map.first_column;
    const size_t left =
        lines_to_trim(columns, [&](size_t i) { return column(map.first_column + i); });
    if (left == columns) return;
    map.first_column += left;
    map.end_column -=
        lines_to_trim(columns - left, [&](size_t i) { return column(map.end_column - 1 - i); });
    const size_t rows = map.end_row - map.first_row;
    const size_t top = lines_to_trim(rows, [&](size_t i) { return row(map.first_row + i); });
    if (top == rows) return;
    map.first_row += top;
    map.end_row -= lines_to_trim(rows - top, [&](size_t i) { return row(map.end_row - 1 - i); });
  }
}

// Two planes in one frame, and what compares them block by block.
class Comparison {
 public:
  Comparison(const Plane& known, const Plane& shown, const PictureTransform& to_shown)
      : known_(known), shown_(shown) {
    map_.width = known.width;
    map_.columns = known.width / kSide;
    map_.rows = known.height / kSide;
    map_.left = known.width % kSide / 2;  // what is left over is shared by both sides
    map_.top = known.height % kSide / 2;
    warp(to_shown);
  }

  void warp(const PictureTransform& to_shown) {
    Warped seen = warped(shown_, to_shown, known_.width, known_.height);
    inside_ = std::move(seen.inside);
    soft_item_ = blurred(seen.plane, kAlwaysBlur);
  }

  // Makes the entry as soft as the item is: the blur with which blocks agree best.
  void soften(double least) {
    double best = -1;
    for (const double softness : kSoftness) {
      const double blur = std::hypot(kAlwaysBlur, softness, least);
      Plane soft = blurred(known_, blur);
      double sum = 0, count = 0;
      for_each_inside([&](size_t, size_t x, size_t y) {
        const Sums sums = sums_of(soft, soft_item_, x, y, 0, 0);
        if (sums.variance_of_entry() < Sums::kCount * kLeastContrast * kLeastContrast) return;
        sum += sums.correlation(), count += 1;
      });
      // A little softer must be a little better, or flat blocks would decide.
      const double mean = count > 0 ? sum / count : 0;
      if (mean < best + 0.01) continue;
      best = mean;
      map_.blur = blur;
      soft_entry_ = std::move(soft);
    }
  }

  double compare() {
    map_.blocks.assign(map_.columns * map_.rows, {});
    double sum = 0;
    for_each_inside([&](size_t i, size_t x, size_t y) {
      Block& block = map_.blocks[i] = compare_block(soft_entry_, soft_item_, x, y);
      block.state =
          block.entry_contrast < kLeastContrast ? Block::State::kFlat : Block::State::kCompared;
      if (block.state == Block::State::kCompared) sum += block.agreement;
    });
    return sum;
  }

  // What the displacements of blocks say about the transform: one to put before it. Nothing when
  // they are small, or too few agree.
  std::optional<PictureTransform> correction() const {
    std::vector<PointPair> pairs;
    double away = 0;
    for (size_t i = 0; i < map_.blocks.size(); ++i) {
      const Block& block = map_.blocks[i];
      if (block.state != Block::State::kCompared || block.agreement < kGuides) continue;
      const Point middle{static_cast<double>(map_.left + i % map_.columns * kSide) + kSide / 2.0,
                         static_cast<double>(map_.top + i / map_.columns * kSide) + kSide / 2.0};
      pairs.push_back({{middle.x + block.shift_x, middle.y + block.shift_y}, middle});
      away += std::hypot(block.shift_x, block.shift_y);
    }
    if (pairs.size() < 8 || away < kWorthMoving * static_cast<double>(pairs.size())) return {};
    const auto kind = pairs.size() < kForAffine        ? TransformKind::kSimilarity
                      : pairs.size() < kForPerspective ? TransformKind::kAffine
                                                       : TransformKind::kHomography;
    auto found = fit(kind, pairs);
    if (!found) return found;
    std::erase_if(pairs, [&](const PointPair& pair) {
      const Point to = (*found)(pair.entry);
      return std::hypot(to.x - pair.item.x, to.y - pair.item.y) > 1;
    });
    return fit(kind, pairs);
  }

  // `to_shown` is what the item was last warped by; `colours` are those of the item.
  BlockMap finished(std::span<const DisplacedSpot> spots, const Pixels& colours,
                    const PictureTransform& to_shown) {
    std::vector<uint8_t> agrees(inside_.size());
    for_each_inside([&](size_t i, size_t x, size_t y) {
      const Block& block = map_.blocks[i];
      if (block.state != Block::State::kCompared || block.agreement < kAgreeingBlock) return;
      for (size_t r = y; r < y + kSide; ++r)
        std::fill_n(agrees.begin() + static_cast<ptrdiff_t>(r * known_.width + x), kSide, 1);
    });
    trim(map_);
    leave_out_what_is_not_shown();
    const Chroma chroma = chroma_in_frame(colours, to_shown, shown_.width, shown_.height,
                                          known_.width, known_.height);
    map_.change = change_between(soft_entry_, soft_item_, inside_, agrees, chroma, spots);
    return std::move(map_);
  }

 private:
  void leave_out_what_is_not_shown() {
    const auto cut = [](size_t block, size_t first, size_t blocks, size_t pixels) {
      return block == 0 ? 0 : block == blocks ? pixels : first + block * kSide;
    };
    const size_t from_x = cut(map_.first_column, map_.left, map_.columns, known_.width);
    const size_t end_x = cut(map_.end_column, map_.left, map_.columns, known_.width);
    const size_t from_y = cut(map_.first_row, map_.top, map_.rows, known_.height);
    const size_t end_y = cut(map_.end_row, map_.top, map_.rows, known_.height);
    for (size_t y = 0; y < known_.height; ++y)
      for (size_t x = 0; x < known_.width; ++x)
        if (x < from_x || x >= end_x || y < from_y || y >= end_y) inside_[y * known_.width + x] = 0;
  }

  // Calls does(i, x, y) for each block i that is wholly in the item, x, y being its corner.
  template <class Does>
  void for_each_inside(Does does) const {
    for (size_t i = 0; i < map_.columns * map_.rows; ++i) {
      const size_t x = map_.left + i % map_.columns * kSide,
                   y = map_.top + i / map_.columns * kSide;
      if (all_inside(inside_, known_.width, known_.height, x, y)) does(i, x, y);
    }
  }

  const Plane& known_;
  const Plane& shown_;
  Plane soft_entry_;
  Plane soft_item_;
  std::vector<uint8_t> inside_;
  BlockMap map_;
};

}  // namespace

BlockMap compare_planes(const PictureFeatures& item, const PictureFeatures& entry,
                        const PictureTransform& entry_to_item,
                        std::span<const DisplacedSpot> displaced) {
  const Plane known = plane_of(entry.plane);
  Plane shown = plane_of(item.plane);
  if (known.empty() || shown.empty() || item.width == 0 || entry.width == 0) return {};
  PictureTransform to_item = plane_to_plane(item, entry, entry_to_item);
  const double scale = coarsen(shown, to_item, known.width, known.height);
  const double coarser = scale < 1 ? 0.5 * std::sqrt(1 / (scale * scale) - 1) : 0;

  Comparison comparison(known, shown, to_item);
  comparison.soften(coarser);
  double agreement = comparison.compare();
  PictureTransform corrected{{1, 0, 0, 0, 1, 0, 0, 0, 1}};  // in the frame of the entry's plane
  for (int round = 0; round < 2; ++round) {
    const auto moved = comparison.correction();
    if (!moved) break;
    const PictureTransform better = compose(*moved, to_item);
    comparison.warp(better);
    const double after = comparison.compare();
    if (after <= agreement) {
      comparison.warp(to_item);
      comparison.compare();
      break;
    }
    agreement = after;
    to_item = better;
    corrected = compose(*moved, corrected);
  }
  std::vector<DisplacedSpot> spots;
  const double x = static_cast<double>(known.width) / entry.width;
  const double y = static_cast<double>(known.height) / entry.height;
  if (const auto back = inverse(corrected))
    for (const auto& [from, to] : displaced)
      spots.push_back({{from.x * x, from.y * y}, (*back)({to.x * x, to.y * y})});
  return comparison.finished(spots, item.colours, to_item);
}

}  // namespace weir
