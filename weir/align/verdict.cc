// SPDX-License-Identifier: Apache-2.0
//
// What blocks and outlines say about a region, as a verdict. All figures were chosen on pictures
// set aside for it; decision 0078 has what was measured with them on others.
#include <algorithm>
#include <cmath>

#include "weir/align/plane_compare.h"

namespace weir {

namespace {

constexpr uint32_t kLeastBlocks = 6;
constexpr float kSomething = 6;  // levels of contrast

// What a verdict rests on: shares of the blocks compared.
struct Evidence {
  double agreeing = 0;
  double differing = 0;
  double moved = 0;    // of those agreeing, that stand elsewhere than the transform says
  double typical = 0;  // the agreement that a quarter of the blocks reach
  double beside = 0;   // blocks in which only the item has anything, for each that agrees
  uint32_t blocks = 0;
};

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

Evidence evidence_of(const BlockMap& map) {
  Evidence evidence;
  std::vector<float> agreements;
  size_t agreeing = 0, differing = 0, moved = 0, beside = 0;
  for (size_t row = map.first_row; row < map.end_row; ++row)
    for (size_t column = map.first_column; column < map.end_column; ++column) {
      const Block& block = map.at(column, row);
      beside += block.state == Block::State::kFlat && block.item_contrast >= kSomething &&
                !is_plate(map, column, row);
      if (block.state != Block::State::kCompared) continue;
      agreements.push_back(block.agreement);
      differing += block.agreement < kDifferingBlock;
      if (block.agreement <= kAgreeingBlock) continue;
      ++agreeing;
      moved += std::hypot(block.shift_x, block.shift_y) >= 0.75f;
    }
  if (agreements.empty()) return evidence;
  const auto quarter = agreements.begin() + static_cast<ptrdiff_t>(agreements.size() * 3 / 4);
  std::nth_element(agreements.begin(), quarter, agreements.end());
  const auto count = static_cast<double>(agreements.size());
  evidence.blocks = static_cast<uint32_t>(agreements.size());
  evidence.typical = *quarter;
  evidence.agreeing = static_cast<double>(agreeing) / count;
  evidence.differing = static_cast<double>(differing) / count;
  evidence.beside =
      static_cast<double>(beside) / static_cast<double>(std::max<size_t>(agreeing, 1));
  evidence.moved = agreeing > 0 ? static_cast<double>(moved) / static_cast<double>(agreeing) : 1;
  return evidence;
}

// An outline of which this share is level or upright lines is that of a pasted picture, a caption
// or a frame; among people and things that moved, 5 in 100 reach 0.23.
constexpr double kPasted = 0.27;

// Of the pixels; less is the edge of something.
constexpr double kAltered = 0.01;

// Whether both pictures have outlines of their own: something went and something came.
bool exchanged(const Change& change, double least_outline, double least_share) {
  return change.outline >= least_outline && change.straight < kPasted &&
         std::min(change.gone, 1 - change.gone) > least_share;
}

// Among what an editor put on, a little may look gone by chance.
constexpr double kLeastOfBoth = 0.1;

bool came_and_went(const ChangedParts& parts) {
  const double less = std::min(parts.came, parts.gone);
  return less > 0 && less >= kLeastOfBoth * (parts.came + parts.gone);
}

// What an editor puts on is found elsewhere in the entry once in a while: a letter, a tile.
constexpr uint32_t kLeastTogether = 2;
constexpr uint32_t kLeastAlone = 3;

bool has_moved(const MovedThings& moved) {
  return moved.together >= kLeastTogether || moved.places >= kLeastAlone;
}

constexpr double kPartly = 0.17;  // of the blocks, that neither agree nor differ,
constexpr double kNoisy = 0.14;   // with this much noise, as a share of the contrast

Verdict verdict_of(const Evidence& evidence, const Change& change, bool tell_newcomers) {
  if (evidence.blocks < kLeastBlocks) return Verdict::kUnclear;
  if (has_moved(change.moved) || came_and_went(change.parts)) return Verdict::kSameScene;
  if (tell_newcomers && change.newcomers.share > change.covers && change.straight < kPasted)
    return Verdict::kSameScene;
  // A wall is a wall: what stands before it is most of what there is to see, unless it was pasted.
  if (evidence.beside > 1 && change.straight < kPasted) return Verdict::kUnclear;
  // Nothing clearly differs: the same picture, unless a little of it changed as scenes do.
  if (evidence.differing <= 0.02 && evidence.agreeing >= 0.7 && evidence.moved < 0.3)
    return change.share >= 0.03 && exchanged(change, 120, 0.3) ? Verdict::kSameScene
                                                               : Verdict::kCopy;
  // Nowhere quite the same: other light, another camera, other grain.
  if (evidence.agreeing < 0.25 || evidence.typical < 0.9 || evidence.moved >= 0.25)
    return evidence.differing >= 0.05 ? Verdict::kSameScene : Verdict::kUnclear;
  // What an editor puts on covers a square or leaves it as it was. Where many changed a little, and
  // not even those that agree are quite the same, everything has.
  if (1 - evidence.agreeing - evidence.differing > kPartly && change.noise > kNoisy)
    return Verdict::kSameScene;
  // The more differs, the less it looks like something put on top.
  if (exchanged(change, 60, 0.19 - 0.35 * std::clamp(evidence.differing - 0.2, 0.0, 0.2)))
    return Verdict::kSameScene;
  return evidence.typical >= 0.93 ? Verdict::kCopy : Verdict::kUnclear;
}

Rect bounding_box(std::span<const Point> points, uint32_t width, uint32_t height) {
  if (points.empty()) return {};
  double left = width, top = height, right = 0, bottom = 0;
  for (const Point& p : points) {
    left = std::min(left, p.x), right = std::max(right, p.x);
    top = std::min(top, p.y), bottom = std::max(bottom, p.y);
  }
  left = std::clamp(std::round(left), 0.0, static_cast<double>(width));
  top = std::clamp(std::round(top), 0.0, static_cast<double>(height));
  right = std::clamp(std::round(right), left, static_cast<double>(width));
  bottom = std::clamp(std::round(bottom), top, static_cast<double>(height));
  return {static_cast<uint32_t>(left), static_cast<uint32_t>(top),
          static_cast<uint32_t>(right - left), static_cast<uint32_t>(bottom - top)};
}

// The part of the entry that is shown, in pixels of its upright picture: all but what was trimmed.
std::array<Point, 4> shown_part(const BlockMap& map, const PictureFeatures& entry) {
  if (map.blocks.empty()) return corners(entry.width, entry.height);
  const auto place = [](size_t block, size_t blocks, size_t first, size_t pixels, double size) {
    if (block == 0) return 0.0;
    if (block == blocks) return size;
    return size * static_cast<double>(first + block * BlockMap::kSide) /
           static_cast<double>(pixels);
  };
  const double left =
      place(map.first_column, map.columns, map.left, entry.plane.width, entry.width);
  const double right = place(map.end_column, map.columns, map.left, entry.plane.width, entry.width);
  const double top = place(map.first_row, map.rows, map.top, entry.plane.height, entry.height);
  const double bottom = place(map.end_row, map.rows, map.top, entry.plane.height, entry.height);
  return {{{left, top}, {right, top}, {right, bottom}, {left, bottom}}};
}

}  // namespace

void judge(const BlockMap& map, const PictureFeatures& item, const PictureFeatures& entry,
           bool tell_newcomers, SharedRegion& region) {
  const Evidence evidence = evidence_of(map);
  region.agreeing = evidence.agreeing;
  region.differing = evidence.differing;
  region.blocks = evidence.blocks;
  region.verdict = verdict_of(evidence, map.change, tell_newcomers);
  region.altered =
      map.change.share + map.change.covers >= kAltered && map.change.straight < kPasted;
  region.moved = region.verdict == Verdict::kSameScene && has_moved(map.change.moved);

  std::array<Point, 4> part = shown_part(map, entry);
  std::transform(part.begin(), part.end(), part.begin(), region.entry_to_item);
  const auto shown = clipped(part, item.width, item.height);
  region.item_region = bounding_box(shown, item.width, item.height);
  if (const auto back = inverse(region.entry_to_item)) {
    std::vector<Point> in_entry;
    for (const Point& p : shown) in_entry.push_back((*back)(p));
    region.entry_region = bounding_box(in_entry, entry.width, entry.height);
  }
}

}  // namespace weir
