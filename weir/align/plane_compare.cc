// SPDX-License-Identifier: Apache-2.0
//
// The item's plane is brought into the frame of the entry's, both are made equally soft, and
// squares of them are correlated; of several regions, each square goes to the one that shows it. What editing does to all of a picture (recoding, gamma, blur,
// noise) leaves the correlation of squares with texture near 1; what it puts on top changes some
// squares wholly; another picture of the same scene changes many of them partly.
#include "weir/align/plane_compare.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

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
constexpr size_t kForSimilarity = 8;     // such blocks,
constexpr size_t kForAffine = 16;        // and
constexpr size_t kForPerspective = 48;   // so many to tell what else a transform has
constexpr double kWorthMoving = 0.3;     // pixels of the entry's plane
constexpr int kCorrections = 3;          // rounds of them
constexpr size_t kBendCells = 8;         // of a correction that is not projective
constexpr double kBendStiffness = 0.05;
constexpr double kMostStrain = 0.6;
constexpr size_t kLeastOfPiece = 4;      // blocks that a region shows better than others do
constexpr int kSettling = 3;             // rounds in which blocks go with their neighbours
constexpr float kLeastVisible = 0.9f;    // of a pixel: the rest of it was filled
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

// Of the size of the item's plane: 1 where it shows, 0 where it was filled. Empty when all shows.
Plane visible_of(const PictureFeatures& item) {
  if (item.shown.width != item.plane.width || item.shown.height != item.plane.height) return {};
  Plane visible = plane_of(item.shown);
  for (float& sample : visible.samples) sample = sample >= 128 ? 1.0f : 0.0f;
  return visible;
}

// The item as a region is looked for in it.
struct Seen {
  Plane plane;
  Plane visible;
};

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

Shown shown_of(const std::vector<Block>& blocks, size_t columns) {
  Shown out;
  const auto at = [&](size_t c, size_t r) -> const Block& { return blocks[r * columns + c]; };
  const auto column = [&](size_t c) {
    std::vector<const Block*> line;
    for (size_t r = out.first_row; r < out.end_row; ++r) line.push_back(&at(c, r));
    return line;
  };
  const auto row = [&](size_t r) {
    std::vector<const Block*> line;
    for (size_t c = out.first_column; c < out.end_column; ++c) line.push_back(&at(c, r));
    return line;
  };
  out.end_column = columns;
  out.end_row = columns == 0 ? 0 : blocks.size() / columns;
  for (int round = 0; round < 2; ++round) {  // rows are told better once the columns are right
    const size_t across = out.end_column - out.first_column;
    const size_t left = lines_to_trim(across, [&](size_t i) { return column(out.first_column + i); });
    if (left == across) break;
    out.first_column += left;
    out.end_column -=
        lines_to_trim(across - left, [&](size_t i) { return column(out.end_column - 1 - i); });
    const size_t down = out.end_row - out.first_row;
    const size_t top = lines_to_trim(down, [&](size_t i) { return row(out.first_row + i); });
    if (top == down) break;
    out.first_row += top;
    out.end_row -= lines_to_trim(down - top, [&](size_t i) { return row(out.end_row - 1 - i); });
  }
  for (size_t r = out.first_row; r < out.end_row; ++r)
    for (size_t c = out.first_column; c < out.end_column; ++c) {
      if (at(c, r).state != Block::State::kCompared) continue;
      ++out.compared;
      out.agreeing += at(c, r).agreement > kAgreeingBlock;
      out.differing += at(c, r).agreement < kDifferingBlock;
    }
  return out;
}

// The item laid over the entry under one map, and what compares both block by block.
class Comparison {
 public:
  Comparison(const Plane& known, const Seen& seen, PictureTransform to_shown, SmoothField bend)
      : known_(known),
        shown_(seen.plane),
        visible_(seen.visible),
        to_shown_(to_shown),
        bend_(std::move(bend)) {
    shown_pixels_ = static_cast<double>(shown_.width) * static_cast<double>(shown_.height);
    if (!visible_.empty())
      shown_pixels_ = std::max(
          1.0, std::accumulate(visible_.samples.begin(), visible_.samples.end(), 0.0));
    columns_ = known.width / kSide;
    left_ = known.width % kSide / 2;  // what is left over is shared by both sides
    top_ = known.height % kSide / 2;
    blocks_.resize(columns_ * (known.height / kSide));
    warp();
  }

  // The entry as soft as the item is, and its sigma: the blur with which blocks agree best.
  std::pair<Plane, double> softened(double least) const {
    double best = -1;
    std::pair<Plane, double> out;
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
      out = {std::move(soft), blur};
    }
    return out;
  }

  // Compares, and makes good what the map errs by; `soft_entry` must stay.
  void compare(const Plane& soft_entry) {
    soft_entry_ = &soft_entry;
    double agreement = compare_blocks();
    for (int round = 0; round < kCorrections; ++round) {
      const PictureTransform map = to_shown_, corrected = corrected_;
      const SmoothField bend = bend_;
      if (!(bend_.empty() ? correct_map() : correct_bend()) && !correct_bend()) break;
      warp();
      const double after = compare_blocks();
      if (after > agreement) {
        agreement = after;
        continue;
      }
      to_shown_ = map, corrected_ = corrected, bend_ = bend;
      warp();
      compare_blocks();
      break;
    }
  }

  const std::vector<Block>& blocks() const { return blocks_; }
  const Plane& soft_item() const { return soft_item_; }
  const Mask& inside() const { return inside_; }
  const PictureTransform& to_shown() const { return to_shown_; }
  // What was put before the map, in the frame of the entry's plane.
  const PictureTransform& corrected() const { return corrected_; }
  const SmoothField& bend() const { return bend_; }
  // Where the middle of a block lies in the item, in shares of its sides.
  Point in_item(size_t block) const {
    const Point middle = middle_of(block), by = bend_(middle);
    const Point at = to_shown_({middle.x + by.x, middle.y + by.y});
    return {at.x / static_cast<double>(shown_.width), at.y / static_cast<double>(shown_.height)};
  }
  // The share of what shows of the item that the block is there.
  double item_share(size_t block) const {
    const Stretch here = stretch(to_shown_, middle_of(block));
    return here.most * here.least * kSide * kSide / shown_pixels_;
  }

 private:
  void warp() {
    Warped seen = warped(shown_, to_shown_, known_.width, known_.height, bend_);
    inside_ = std::move(seen.inside);
    soft_item_ = blurred(seen.plane, kAlwaysBlur);
    if (visible_.empty()) return;
    // What was filled is no picture: nothing is compared there.
    const Plane visible = warped(visible_, to_shown_, known_.width, known_.height, bend_).plane;
    for (size_t i = 0; i < inside_.size(); ++i)
      if (visible.samples[i] < kLeastVisible) inside_[i] = 0;
  }

  double compare_blocks() {
    std::fill(blocks_.begin(), blocks_.end(), Block());
    double sum = 0;
    for_each_inside([&](size_t i, size_t x, size_t y) {
      Block& block = blocks_[i] = compare_block(*soft_entry_, soft_item_, x, y);
      block.state =
          block.entry_contrast < kLeastContrast ? Block::State::kFlat : Block::State::kCompared;
      if (block.state == Block::State::kCompared) sum += block.agreement;
    });
    return sum;
  }

  Point middle_of(size_t block) const {
    return {static_cast<double>(left_ + block % columns_ * kSide) + kSide / 2.0,
            static_cast<double>(top_ + block / columns_ * kSide) + kSide / 2.0};
  }

  // Calls does(middle, displacement) for each block that tells where it lies.
  template <class Does>
  void for_each_guide(Does does) const {
    for (size_t i = 0; i < blocks_.size(); ++i)
      if (blocks_[i].state == Block::State::kCompared && blocks_[i].agreement >= kGuides)
        does(middle_of(i), Point{blocks_[i].shift_x, blocks_[i].shift_y});
  }

  // A projective correction, by what the displacements of blocks say; false when they are small, or
  // too few agree.
  bool correct_map() {
    std::vector<PointPair> pairs;
    double away = 0;
    for_each_guide([&](Point middle, Point by) {
      pairs.push_back({{middle.x + by.x, middle.y + by.y}, middle});
      away += std::hypot(by.x, by.y);
    });
    if (pairs.size() < kForSimilarity || away < kWorthMoving * static_cast<double>(pairs.size()))
      return false;
    const auto kind = pairs.size() < kForAffine        ? TransformKind::kSimilarity
                      : pairs.size() < kForPerspective ? TransformKind::kAffine
                                                       : TransformKind::kHomography;
    auto found = fit(kind, pairs);
    if (!found) return false;
    std::erase_if(pairs, [&](const PointPair& pair) {
      const Point to = (*found)(pair.entry);
      return std::hypot(to.x - pair.item.x, to.y - pair.item.y) > 1;
    });
    found = fit(kind, pairs);
    if (!found) return false;
    to_shown_ = compose(*found, to_shown_);
    corrected_ = compose(*found, corrected_);
    return true;
  }

  // The same as a bend: blocks are displaced as their neighbours are.
  bool correct_bend() {
    std::vector<SmoothField::Shift> shifts;
    double away = 0;
    for_each_guide([&](Point middle, Point by) {
      const Point before = bend_(middle);
      shifts.push_back({middle, {before.x + by.x, before.y + by.y}});
      away += std::hypot(by.x, by.y);
    });
    if (shifts.size() < kForPerspective || away < kWorthMoving * static_cast<double>(shifts.size()))
      return false;
    auto field = SmoothField::fit(shifts, static_cast<double>(known_.width),
                                  static_cast<double>(known_.height), kBendCells, kBendStiffness);
    if (!field || field->strain() > kMostStrain) return false;
    bend_ = std::move(*field);
    return true;
  }

  // Calls does(i, x, y) for each block i that is wholly in the item, x, y being its corner.
  template <class Does>
  void for_each_inside(Does does) const {
    for (size_t i = 0; i < blocks_.size(); ++i) {
      const size_t x = left_ + i % columns_ * kSide, y = top_ + i / columns_ * kSide;
      if (all_inside(inside_, known_.width, known_.height, x, y)) does(i, x, y);
    }
  }

  const Plane& known_;
  const Plane& shown_;
  const Plane& visible_;  // of its size, or empty
  double shown_pixels_;
  PictureTransform to_shown_;
  PictureTransform corrected_;
  SmoothField bend_;
  const Plane* soft_entry_ = nullptr;
  Plane soft_item_;
  Mask inside_;
  size_t columns_ = 0, left_ = 0, top_ = 0;
  std::vector<Block> blocks_;
};

// Several regions as one picture: which region shows each block.
class Pieces {
 public:
  Pieces(const std::vector<Comparison>& regions, size_t columns)
      : regions_(regions), columns_(columns), owner_(regions.front().blocks().size()) {
    for (size_t k = 1; k < regions.size(); ++k)
      for (size_t i = 0; i < owner_.size(); ++i)
        if (shows_better(k, i)) owner_[i] = static_cast<uint8_t>(k);
    drop_specks();
    settle();
  }
  uint8_t owner(size_t block) const { return owner_[block]; }

 private:
  bool agrees(size_t k, size_t i) const {
    const Block& block = regions_[k].blocks()[i];
    return block.state == Block::State::kCompared && block.agreement > kAgreeingBlock;
  }
  bool shows_better(size_t k, size_t i) const {
    return agrees(k, i) && !agrees(owner_[i], i);
  }
  template <class Does>
  void around_block(size_t i, Does does) const {
    around(i, columns_, owner_.size() / columns_, does);
  }

  // A region of which few blocks are shown is a pattern that is met twice.
  void drop_specks() {
    std::vector<size_t> shown(regions_.size());
    for (size_t i = 0; i < owner_.size(); ++i) shown[owner_[i]] += agrees(owner_[i], i);
    for (uint8_t& owner : owner_)
      if (shown[owner] < kLeastOfPiece) owner = 0;
  }

  // What cannot be told goes with what is around it.
  void settle() {
    for (int round = 0; round < kSettling; ++round) {
      std::vector<uint8_t> next = owner_;
      for (size_t i = 0; i < owner_.size(); ++i) {
        if (agrees(owner_[i], i)) continue;
        std::vector<size_t> votes(regions_.size());
        around_block(i, [&](size_t k) { votes[owner_[k]] += agrees(owner_[k], k); });
        const auto most = std::max_element(votes.begin(), votes.end());
        const auto best = static_cast<size_t>(most - votes.begin());
        if (*most > votes[owner_[i]] &&
            regions_[best].blocks()[i].state != Block::State::kOutside)
          next[i] = static_cast<uint8_t>(best);
      }
      owner_ = std::move(next);
    }
  }

  const std::vector<Comparison>& regions_;
  size_t columns_;
  std::vector<uint8_t> owner_;
};

// Which places of the item each region shows; what one shows there, no other can show.
class Claimed {
 public:
  explicit Claimed(const std::vector<Comparison>& regions) : by_(kCells * kCells, kNobody) {
    for (size_t k = regions.size(); k-- > 0;)  // the surest last
      for (size_t i = 0; i < regions[k].blocks().size(); ++i) {
        const Block& block = regions[k].blocks()[i];
        if (block.state == Block::State::kCompared && block.agreement > kAgreeingBlock)
          by_[cell(regions[k].in_item(i))] = static_cast<uint8_t>(k);
      }
  }
  bool is_by_another(size_t region, Point in_item) const {
    const uint8_t owner = by_[cell(in_item)];
    return owner != kNobody && owner != region;
  }

 private:
  static constexpr size_t kCells = 24;  // a side: about as many as there are blocks
  static constexpr uint8_t kNobody = 255;
  static size_t cell(Point at) {
    const auto place = [](double share) {
      return static_cast<size_t>(std::clamp(share, 0.0, 0.999) * kCells);
    };
    return place(at.y) * kCells + place(at.x);
  }
  std::vector<uint8_t> by_;
};

// The entry's plane and what all regions show of it.
class Composite {
 public:
  Composite(const Plane& known, const std::vector<Comparison>& regions) {
    map_.width = known.width;
    map_.columns = known.width / kSide;
    map_.rows = known.height / kSide;
    map_.left = known.width % kSide / 2;
    map_.top = known.height % kSide / 2;
    map_.blocks = regions.front().blocks();
    for (const Comparison& region : regions)
      map_.regions.push_back(shown_of(region.blocks(), map_.columns));
    item_ = regions.front().soft_item();
    inside_ = regions.front().inside();
    for (size_t i = 0; i < map_.blocks.size(); ++i)
      map_.blocks[i].item_share = static_cast<float>(regions.front().item_share(i));
    if (regions.size() < 2 || map_.blocks.empty()) return;
    const Pieces pieces(regions, map_.columns);
    for (size_t i = 0; i < map_.blocks.size(); ++i) {
      const uint8_t owner = pieces.owner(i);
      if (owner == 0) continue;
      map_.blocks[i] = regions[owner].blocks()[i];
      map_.blocks[i].item_share = static_cast<float>(regions[owner].item_share(i));
      map_.blocks[i].region = owner;
      take(regions[owner], i, known.height);
    }
    const Claimed claimed(regions);
    for (size_t i = 0; i < map_.blocks.size(); ++i) {
      Block& block = map_.blocks[i];
      if (block.state == Block::State::kOutside || block.agreement > kAgreeingBlock) continue;
      if (claimed.is_by_another(block.region, regions[block.region].in_item(i)))
        leave_out(i, known.height);
    }
  }

  BlockMap finished(Plane soft_entry, double blur, std::span<const DisplacedSpot> spots,
                    const Pixels& colours, const Plane& shown, const Comparison& first) {
    Mask agrees(inside_.size());
    for (size_t i = 0; i < map_.blocks.size(); ++i) {
      const Block& block = map_.blocks[i];
      if (block.state != Block::State::kCompared || block.agreement < kAgreeingBlock) continue;
      const size_t x = map_.left + i % map_.columns * kSide, y = map_.top + i / map_.columns * kSide;
      for (size_t r = y; r < y + kSide; ++r)
        std::fill_n(agrees.begin() + static_cast<ptrdiff_t>(r * map_.width + x), kSide, 1);
    }
    map_.shown = shown_of(map_.blocks, map_.columns);
    leave_out_what_is_not_shown();
    const Chroma chroma = chroma_in_frame(colours, first.to_shown(), shown.width, shown.height,
                                          map_.width, soft_entry.height);
    map_.blur = blur;
    map_.change = change_between(soft_entry, item_, inside_, agrees, chroma, spots);
    map_.known = std::move(soft_entry);
    return std::move(map_);
  }

 private:
  // Calls does(pixel) for those of a block; of one at the border also those beyond the last block.
  template <class Does>
  void for_each_pixel(size_t block, size_t height, Does does) {
    const size_t column = block % map_.columns, row = block / map_.columns;
    const size_t from_x = column == 0 ? 0 : map_.left + column * kSide;
    const size_t end_x = column + 1 == map_.columns ? map_.width : map_.left + (column + 1) * kSide;
    const size_t from_y = row == 0 ? 0 : map_.top + row * kSide;
    const size_t end_y = row + 1 == map_.rows ? height : map_.top + (row + 1) * kSide;
    for (size_t y = from_y; y < end_y; ++y)
      for (size_t x = from_x; x < end_x; ++x) does(y * map_.width + x);
  }

  void take(const Comparison& region, size_t block, size_t height) {
    for_each_pixel(block, height, [&](size_t i) {
      item_.samples[i] = region.soft_item().samples[i];
      inside_[i] = region.inside()[i];
    });
  }

  // There the item shows another part of the entry.
  void leave_out(size_t block, size_t height) {
    map_.blocks[block].state = Block::State::kOutside;
    for_each_pixel(block, height, [&](size_t i) { inside_[i] = 0; });
  }

  void leave_out_what_is_not_shown() {
    const auto cut = [](size_t block, size_t first, size_t blocks, size_t pixels) {
      return block == 0 ? 0 : block == blocks ? pixels : first + block * kSide;
    };
    const size_t height = inside_.size() / map_.width;
    const size_t from_x = cut(map_.shown.first_column, map_.left, map_.columns, map_.width);
    const size_t end_x = cut(map_.shown.end_column, map_.left, map_.columns, map_.width);
    const size_t from_y = cut(map_.shown.first_row, map_.top, map_.rows, height);
    const size_t end_y = cut(map_.shown.end_row, map_.top, map_.rows, height);
    for (size_t y = 0; y < height; ++y)
      for (size_t x = 0; x < map_.width; ++x)
        if (x < from_x || x >= end_x || y < from_y || y >= end_y) inside_[y * map_.width + x] = 0;
  }

  BlockMap map_;
  Plane item_;
  Mask inside_;
};

// The spots in the frame of the entry's plane, placed by what the pixels corrected.
std::vector<DisplacedSpot> placed(std::span<const DisplacedSpot> displaced, const Plane& known,
                                  const PictureFeatures& entry, const Comparison& first) {
  std::vector<DisplacedSpot> spots;
  const double x = static_cast<double>(known.width) / entry.width;
  const double y = static_cast<double>(known.height) / entry.height;
  const auto back = inverse(first.corrected());
  if (!back) return spots;
  for (const auto& [from, to] : displaced) {
    const Point at{from.x * x, from.y * y};
    Point seen = (*back)({to.x * x, to.y * y});
    const Point by = first.bend()(at);
    seen.x -= by.x, seen.y -= by.y;
    spots.push_back({at, seen});
  }
  return spots;
}

}  // namespace

BlockMap compare_planes(const PictureFeatures& item, const PictureFeatures& entry,
                        std::span<const RegionMap> maps,
                        std::span<const DisplacedSpot> displaced) {
  const Plane known = plane_of(entry.plane);
  if (known.empty() || item.plane.samples.empty() || item.width == 0 || entry.width == 0 ||
      maps.empty())
    return {};
  std::vector<Seen> shown(maps.size());
  std::vector<Comparison> regions;
  regions.reserve(maps.size());
  Plane soft;
  double blur = 0;
  for (size_t i = 0; i < maps.size(); ++i) {
    shown[i] = {plane_of(item.plane), visible_of(item)};
    if (shown[i].plane.empty()) return {};
    PictureTransform to_item = plane_to_plane(item, entry, maps[i].entry_to_item);
    PictureTransform to_visible = to_item;  // coarsens as the plane does
    coarsen(shown[i].visible, to_visible, known.width, known.height);
    const double scale = coarsen(shown[i].plane, to_item, known.width, known.height);
    const double x = static_cast<double>(known.width) / entry.width;
    const double y = static_cast<double>(known.height) / entry.height;
    regions.emplace_back(known, shown[i], to_item, maps[i].bend.scaled(x, y));
    const double coarser = scale < 1 ? 0.5 * std::sqrt(1 / (scale * scale) - 1) : 0;
    if (i == 0) std::tie(soft, blur) = regions[0].softened(coarser);
    regions[i].compare(soft);
  }
  const auto spots = placed(displaced, known, entry, regions[0]);
  Composite composite(known, regions);
  return composite.finished(std::move(soft), blur, spots, item.colours, shown[0].plane,
                            regions[0]);
}

}  // namespace weir
