// SPDX-License-Identifier: Apache-2.0
//
// Compares what the regions of an item show with the entry, square by square. The item's plane is
// brought into the frame of the entry's, both are made equally soft, and their squares are
// correlated; of several regions, each square goes to the one that shows it. What editing does to
// all of a picture (recoding, gamma, blur, noise) leaves the correlation of squares with texture
// near 1. What an editor puts on top changes some squares wholly, and another picture of the same
// scene changes many partly.
//
// Example: nine tiles of a photo stand in an item with gaps between them. Each square of the entry
// is taken from the tile that shows it, and the result is one picture of which nearly all agrees.
// Counter-example: where a crop was pasted into another photo, the lines of squares beside it agree
// in nothing. They are left out and do not count as changed. A second copy of the entry in the item
// changes nothing here.
// Constants: the squares of 8 pixels are those of decision 0078; the others, those of the header
// included, were chosen by hand on the tune side of the accuracy bench, and not fitted.
#include "weir/align/change/plane_compare.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "weir/align/change/block_compare.h"
#include "weir/align/picture/transform.h"

namespace weir {

namespace {

constexpr size_t kBlockSide = BlockMap::kSide;
constexpr size_t kLeastInLine = 2;       // blocks that tell whether a line is shown
constexpr double kMostInTrimmed = 0.15;  // share of them that may agree where it is not
constexpr double kMeanInTrimmed = 0.45;  // mean of unrelated blocks, each at its best place
constexpr double kMostOtherTone = 0.4;   // share of pixels of another tone in what is alike
constexpr size_t kLeastOfPiece = 4;      // blocks that a piece must show
constexpr int kSettling = 3;             // rounds in which blocks go with their neighbours

// The map from pixels of the entry's plane to pixels of the item's.
PictureTransform plane_to_plane(const PictureFeatures& item, const PictureFeatures& entry,
                                const PictureTransform& entry_to_item) {
  const double ex = static_cast<double>(entry.width) / entry.plane.width;
  const double ey = static_cast<double>(entry.height) / entry.plane.height;
  const double ix = static_cast<double>(item.plane.width) / item.width;
  const double iy = static_cast<double>(item.plane.height) / item.height;
  return compose(compose({{ex, 0, 0, 0, ey, 0, 0, 0, 1}}, entry_to_item),
                 {{ix, 0, 0, 0, iy, 0, 0, 0, 1}});
}

// A plane that is 1 where the item shows something, and 0 where it was filled in. Empty when all of
// the item shows.
Plane visible_of(const PictureFeatures& item) {
  if (item.shown.width != item.plane.width || item.shown.height != item.plane.height) return {};
  Plane visible = plane_of(item.shown);
  for (float& sample : visible.samples) sample = sample >= 128 ? 1.0f : 0.0f;
  return visible;
}

// How many lines are to be left out at one side, because nothing in them agrees. A line that is
// flat and of the right tone goes with the line beyond it. line(i) gives the blocks of the i-th
// line from the side.
template <class Line>
size_t lines_to_trim(size_t lines, Line line) {
  size_t trimmed = 0;
  for (size_t i = 0; i < lines; ++i) {
    size_t compared = 0, agreeing = 0;
    double sum = 0, changed = 0;
    for (const Block* block : line(i)) {
      const bool is_flat = block->state == Block::State::kFlat;
      if (block->state == Block::State::kOutside || (is_flat && block->changed < kMostOtherTone))
        continue;
      ++compared;
      changed += block->changed;
      if (is_flat) continue;
      agreeing += block->agreement > kAgreeingBlock;
      sum += block->agreement;
    }
    if (compared < kLeastInLine) continue;
    const auto count = static_cast<double>(compared);
    const bool is_alike = sum > kMeanInTrimmed * count && changed < kMostOtherTone * count;
    if (static_cast<double>(agreeing) > kMostInTrimmed * count || is_alike) break;
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
    const size_t left =
        lines_to_trim(across, [&](size_t i) { return column(out.first_column + i); });
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

bool agrees(const Block& block) {
  return block.state == Block::State::kCompared && block.agreement > kAgreeingBlock;
}

// Makes one picture of several regions: it says which region shows each block.
class Pieces {
 public:
  Pieces(const std::vector<BlockComparison>& regions, size_t columns)
      : regions_(regions), columns_(columns), owner_(regions.front().blocks().size()) {
    for (size_t k = 1; k < regions.size(); ++k)
      for (size_t i = 0; i < owner_.size(); ++i)
        if (shows_better(k, i)) owner_[i] = static_cast<uint8_t>(k);
    drop_specks();
    settle();
  }
  uint8_t owner(size_t block) const { return owner_[block]; }

 private:
  bool agrees(size_t k, size_t i) const { return weir::agrees(regions_[k].blocks()[i]); }
  bool shows_better(size_t k, size_t i) const { return agrees(k, i) && !agrees(owner_[i], i); }
  template <class Does>
  void around_block(size_t i, Does does) const {
    around(i, columns_, owner_.size() / columns_, does);
  }

  // A region that shows few blocks is only a pattern that occurs twice.
  void drop_specks() {
    std::vector<size_t> shown(regions_.size());
    for (size_t i = 0; i < owner_.size(); ++i) shown[owner_[i]] += agrees(owner_[i], i);
    for (uint8_t& owner : owner_)
      if (shown[owner] < kLeastOfPiece) owner = 0;
  }

  // A block of which nothing can be told goes to the region that shows the blocks around it.
  void settle() {
    for (int round = 0; round < kSettling; ++round) {
      std::vector<uint8_t> next = owner_;
      for (size_t i = 0; i < owner_.size(); ++i) {
        if (agrees(owner_[i], i)) continue;
        std::vector<size_t> votes(regions_.size());
        around_block(i, [&](size_t k) { votes[owner_[k]] += agrees(owner_[k], k); });
        const auto most = std::max_element(votes.begin(), votes.end());
        const auto best = static_cast<size_t>(most - votes.begin());
        if (*most > votes[owner_[i]] && regions_[best].blocks()[i].state != Block::State::kOutside)
          next[i] = static_cast<uint8_t>(best);
      }
      owner_ = std::move(next);
    }
  }

  const std::vector<BlockComparison>& regions_;
  size_t columns_;
  std::vector<uint8_t> owner_;
};

// Which region shows each place of the item. A place goes to the region of which most blocks agree
// around it, and what one region shows there no other can show.
class Claimed {
 public:
  Claimed(const std::vector<BlockComparison>& regions, size_t columns)
      : by_(kCells * kCells, kNobody) {
    std::vector<size_t> most(by_.size());
    for (size_t k = 0; k < regions.size(); ++k)  // the surest first
      for (size_t i = 0; i < regions[k].blocks().size(); ++i) {
        if (regions[k].blocks()[i].state == Block::State::kOutside) continue;
        size_t agreeing = 0;
        around(i, columns, regions[k].blocks().size() / columns,
               [&](size_t near) { agreeing += agrees(regions[k].blocks()[near]); });
        const size_t at = cell(regions[k].in_item(i));
        if (agreeing <= most[at]) continue;
        most[at] = agreeing;
        by_[at] = static_cast<uint8_t>(k);
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
  Composite(const Plane& known, const std::vector<BlockComparison>& regions) {
    map_.width = known.width;
    map_.columns = known.width / kBlockSide;
    map_.rows = known.height / kBlockSide;
    map_.left = known.width % kBlockSide / 2;
    map_.top = known.height % kBlockSide / 2;
    map_.blocks = regions.front().blocks();
    for (const BlockComparison& region : regions)
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
    const Claimed claimed(regions, map_.columns);
    for (size_t i = 0; i < map_.blocks.size(); ++i) {
      Block& block = map_.blocks[i];
      if (block.state == Block::State::kOutside || block.agreement > kAgreeingBlock) continue;
      if (claimed.is_by_another(block.region, regions[block.region].in_item(i)))
        leave_out(i, known.height);
    }
  }

  BlockMap finished(Plane soft_entry, double blur, std::span<const DisplacedSpot> spots) {
    Mask agrees(inside_.size());
    for_each_compared([&](const Block& block, size_t x, size_t y) {
      for (size_t r = y; block.agreement >= kAgreeingBlock && r < y + kBlockSide; ++r)
        std::fill_n(agrees.begin() + static_cast<ptrdiff_t>(r * map_.width + x), kBlockSide, 1);
    });
    map_.shown = shown_of(map_.blocks, map_.columns);
    leave_out_what_is_not_shown();
    map_.blur = blur;
    const Plane trust = trust_in(map_.blocks, map_.width, soft_entry.height, inside_);
    map_.change = change_between(soft_entry, item_, inside_, agrees, trust, spots);
    if (!map_.change.laid_over.empty()) look_beside(soft_entry, map_.change.laid_over);
    map_.known = std::move(soft_entry);
    return std::move(map_);
  }

 private:
  // Calls does(pixel) for each pixel of a block. A block at the border has those beyond it, too.
  template <class Does>
  void for_each_pixel(size_t block, size_t height, Does does) {
    const size_t column = block % map_.columns, row = block / map_.columns;
    const size_t from_x = column == 0 ? 0 : map_.left + column * kBlockSide;
    const size_t end_x =
        column + 1 == map_.columns ? map_.width : map_.left + (column + 1) * kBlockSide;
    const size_t from_y = row == 0 ? 0 : map_.top + row * kBlockSide;
    const size_t end_y = row + 1 == map_.rows ? height : map_.top + (row + 1) * kBlockSide;
    for (size_t y = from_y; y < end_y; ++y)
      for (size_t x = from_x; x < end_x; ++x) does(y * map_.width + x);
  }

  void take(const BlockComparison& region, size_t block, size_t height) {
    for_each_pixel(block, height, [&](size_t i) {
      item_.samples[i] = region.soft_item().samples[i];
      inside_[i] = region.inside()[i];
    });
  }

  // Calls does(block, x, y) for each block that is compared, with its corner.
  template <class Does>
  void for_each_compared(Does does) {
    for (size_t i = 0; i < map_.blocks.size(); ++i)
      if (map_.blocks[i].state == Block::State::kCompared)
        does(map_.blocks[i], map_.left + i % map_.columns * kBlockSide,
             map_.top + i / map_.columns * kBlockSide);
  }

  // A block that is hidden in part may still be seen to agree beside what hides it.
  void look_beside(const Plane& known, const Mask& hidden) {
    for_each_compared([&](Block& block, size_t x, size_t y) {
      if (block.agreement > kAgreeingBlock) return;
      const auto agreement = agreement_beside(known, item_, hidden, x, y);
      if (agreement && *agreement > block.agreement) block.agreement = *agreement;
    });
  }

  // Leaves out a block where the item shows another part of the entry.
  void leave_out(size_t block, size_t height) {
    map_.blocks[block].state = Block::State::kOutside;
    for_each_pixel(block, height, [&](size_t i) { inside_[i] = 0; });
  }

  void leave_out_what_is_not_shown() {
    const auto cut = [](size_t block, size_t first, size_t blocks, size_t pixels) {
      return block == 0 ? 0 : block == blocks ? pixels : first + block * kBlockSide;
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

// The displaced spots in the frame of the entry's plane, as the map that the pixels corrected
// places them.
std::vector<DisplacedSpot> placed(std::span<const DisplacedSpot> displaced, const Plane& known,
                                  const PictureFeatures& entry, const BlockComparison& first) {
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
                        std::span<const RegionMap> maps, std::span<const DisplacedSpot> displaced) {
  const Plane known = plane_of(entry.plane);
  if (known.empty() || item.plane.samples.empty() || item.width == 0 || entry.width == 0 ||
      maps.empty())
    return {};
  std::vector<SeenItem> seen(maps.size());
  std::vector<BlockComparison> regions;
  regions.reserve(maps.size());
  Plane soft;
  double blur = 0;
  for (size_t i = 0; i < maps.size(); ++i) {
    seen[i] = {plane_of(item.plane), visible_of(item)};
    if (seen[i].plane.empty()) return {};
    PictureTransform to_item = plane_to_plane(item, entry, maps[i].entry_to_item);
    PictureTransform to_visible = to_item;  // coarsens as the plane does
    coarsen(seen[i].visible, to_visible, known.width, known.height);
    const double scale = coarsen(seen[i].plane, to_item, known.width, known.height);
    const double x = static_cast<double>(known.width) / entry.width;
    const double y = static_cast<double>(known.height) / entry.height;
    regions.emplace_back(known, seen[i], to_item, maps[i].bend.scaled(x, y));
    const double coarser = scale < 1 ? 0.5 * std::sqrt(1 / (scale * scale) - 1) : 0;
    if (i == 0) std::tie(soft, blur) = regions[0].softened(coarser);
    regions[i].compare(soft);
  }
  const auto spots = placed(displaced, known, entry, regions[0]);
  Composite composite(known, regions);
  return composite.finished(std::move(soft), blur, spots);
}

}  // namespace weir
