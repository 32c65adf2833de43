// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/align/change/change.h"
#include "weir/align/change/plane.h"
#include "weir/signal/picture_features.h"

namespace weir {

// What a square of the entry's plane shows in the item.
struct Block {
  enum class State : uint8_t {
    kOutside,   // not wholly within what the item shows
    kFlat,      // too little in it to compare
    kCompared,  // `agreement` tells
  };
  State state = State::kOutside;
  float agreement = 0;  // correlation of the pixels, -1 to 1: mean and contrast are set aside
  float changed = 0;    // share of the pixels that clearly have another tone than they should
  float shift_x = 0;    // by how much the item's block is displaced, in pixels of the entry's plane
  float shift_y = 0;
  float entry_contrast = 0;  // standard deviations, in levels
  float item_contrast = 0;
  float item_share = 0;  // share that the block covers of what shows of the item
  uint8_t region = 0;    // number of the map that shows it, among those asked about
};

// A block whose agreement is above the first shows the same in both pictures; one below the second
// clearly shows something else.
constexpr float kAgreeingBlock = 0.8f;
constexpr float kDifferingBlock = 0.3f;

// A region shows the blocks from `first` up to `end`, which is not included. At the sides whole
// lines in which nothing agrees are left out: there the item shows something else, as it does
// around a part that was cut out and pasted into another picture.
struct Shown {
  size_t first_column = 0, end_column = 0;
  size_t first_row = 0, end_row = 0;
  // Of the blocks among them that could be compared.
  size_t compared = 0, agreeing = 0, differing = 0;
};

// The entry's plane, square by square, left to right, then down.
struct BlockMap {
  static constexpr size_t kSide = 8;  // of a block, in pixels of the entry's plane
  size_t width = 0;                   // of the entry's plane, in pixels
  size_t columns = 0;
  size_t rows = 0;
  size_t left = 0;  // pixels of the plane before the first block, and
  size_t top = 0;   // above it
  std::vector<Block> blocks;
  Shown shown;                 // by all regions together
  std::vector<Shown> regions;  // by each of them alone
  double blur = 0;             // sigma that the entry was blurred with to be as soft as the item
  Plane known;                 // the entry's plane, as soft as the item
  PictureChange change;        // of what is shown
  const Block& at(size_t column, size_t row) const { return blocks[row * columns + column]; }
};

// Where a region of the item shows the entry: bend first, then the projective map.
struct RegionMap {
  PictureTransform entry_to_item;
  SmoothField bend;
};

// What the regions show together: each block is looked for where the region that shows it best has
// it. The map has no blocks when either picture has no plane, or no map is given. `displaced` are
// spots beside where the first map has them, in pixels of the entry's picture.
BlockMap compare_planes(const PictureFeatures& item, const PictureFeatures& entry,
                        std::span<const RegionMap> maps,
                        std::span<const DisplacedSpot> displaced = {});

}  // namespace weir
