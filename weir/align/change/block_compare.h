// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "weir/align/change/plane_compare.h"

// Compares two pictures block by block, a block being a square of 8 by 8 pixels. The item is
// brought into the frame of the entry and both are made equally soft; then the pixels of each block
// are correlated. Correlation sets mean and contrast aside, so recoding or gamma leaves it near 1,
// and something pasted does not. Blocks that fit better a pixel beside their place tell what the
// map errs by: a better map, or a bend before it, is fitted to that, and is kept when more agrees.
// Example: 100 blocks fit best half a pixel to the right. The map is moved by that much, if more
// agrees then.
// Counter-example: a block of plain sky agrees with any sky, so it is flat and is not compared. A
// map that is off by many pixels is not mended here, since a block is tried at nine places only.

namespace weir {

// The item in which a region is looked for: its plane, and a plane that is 1 where the item shows
// something and 0 where it was filled in (decision 0033). `visible` has the size of the plane, or
// is empty when all of it shows.
struct SeenItem {
  Plane plane;
  Plane visible;
};

// How much one picture tells of the other where they correlate so, in nats, if both were normally
// distributed. Blocks that show something else tell next to nothing, so that what is put over most
// of a picture does not decide how the rest of it is compared.
double information(double correlation);

// How far the tone of each pixel is a guide to its tone in the other picture. It is as much as its
// block tells, little where a block tells nothing, and 0 where `inside` is 0. `blocks` are those of
// a plane of this size.
Plane trust_in(const std::vector<Block>& blocks, size_t width, size_t height, const Mask& inside);

// The agreement of a block over the pixels that are not hidden. Nothing when too few of them are
// left or they are flat. `item` lies in the frame of `entry`; x and y are the block's corner.
std::optional<float> agreement_beside(const Plane& entry, const Plane& item, const Mask& hidden,
                                      size_t x, size_t y);

// Holds the item laid over the entry under one map, and compares both block by block.
class BlockComparison {
 public:
  // Both pictures must outlive this. The map and the bend are in pixels of the planes.
  BlockComparison(const Plane& known, const SeenItem& seen, PictureTransform to_shown,
                  SmoothField bend);

  // The entry made as soft as the item is, and the sigma of that blur, which is `least` or more. It
  // is the one with which blocks agree best.
  std::pair<Plane, double> softened(double least) const;

  // Compares all blocks, and corrects what the map errs by. `soft_entry` must outlive this.
  void compare(const Plane& soft_entry);

  const std::vector<Block>& blocks() const { return laid_.blocks; }
  const Plane& soft_item() const { return laid_.soft_item; }
  const Mask& inside() const { return laid_.inside; }
  const PictureTransform& to_shown() const { return laid_.to_shown; }
  // The correction that was put before the map, in the frame of the entry's plane.
  const PictureTransform& corrected() const { return laid_.corrected; }
  const SmoothField& bend() const { return laid_.bend; }
  // Where the middle of a block lies in the item, as shares of its width and height.
  Point in_item(size_t block) const;
  // The share that the block covers of what shows of the item.
  double item_share(size_t block) const;

 private:
  void warp();
  double compare_blocks();
  bool correct_map();
  bool correct_bend();
  void compare_tones();
  Point middle_of(size_t block) const;
  template <class Does>
  void for_each_guide(Does does) const;
  template <class Does>
  void for_each_inside(Does does) const;

  const Plane& known_;
  const Plane& shown_;
  const Plane& visible_;
  double shown_pixels_;
  struct Laid {
    PictureTransform to_shown;
    PictureTransform corrected;
    SmoothField bend;
    Plane soft_item;
    Mask inside;
    std::vector<Block> blocks;
  };
  Laid laid_;  // how the item lies over the entry now, and what that shows
  const Plane* soft_entry_ = nullptr;
  size_t columns_ = 0, left_ = 0, top_ = 0;
};

}  // namespace weir
