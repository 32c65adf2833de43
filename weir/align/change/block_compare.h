// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "weir/align/change/plane_compare.h"

namespace weir {

// The item as a region is looked for in it: its plane, and 1 where it shows, 0 where it was filled;
// `visible` is as large as the plane, or empty when all shows.
struct SeenItem {
  Plane plane;
  Plane visible;
};

// How much one picture tells of the other where they correlate so, in nats (of normal
// distributions). Squares that show something else say next to nothing, so that what is put over
// most of a picture does not decide how the rest of it is compared.
double information(double correlation);

// How far each pixel's tones are a guide to those of the other picture: by what its block tells,
// little in blocks that do not, 0 where `inside` is. `blocks` are those of a plane of that size.
Plane trust_in(const std::vector<Block>& blocks, size_t width, size_t height, const Mask& inside);

// The agreement of a block, but for the pixels that are hidden: nothing when too few are left, or
// there is too little in them. `item` is in the frame of `entry`; x and y are the block's corner.
std::optional<float> agreement_beside(const Plane& entry, const Plane& item, const Mask& hidden,
                                      size_t x, size_t y);

// The item laid over the entry under one map, and what compares both block by block.
class BlockComparison {
 public:
  // Both must outlive this; the map and the bend are in pixels of the planes.
  BlockComparison(const Plane& known, const SeenItem& seen, PictureTransform to_shown,
                  SmoothField bend);

  // The entry as soft as the item is, and its sigma, `least` or more: the blur with which blocks
  // agree best.
  std::pair<Plane, double> softened(double least) const;

  // Compares, and makes good what the map errs by; `soft_entry` must stay.
  void compare(const Plane& soft_entry);

  const std::vector<Block>& blocks() const { return laid_.blocks; }
  const Plane& soft_item() const { return laid_.soft_item; }
  const Mask& inside() const { return laid_.inside; }
  const PictureTransform& to_shown() const { return laid_.to_shown; }
  // What was put before the map, in the frame of the entry's plane.
  const PictureTransform& corrected() const { return laid_.corrected; }
  const SmoothField& bend() const { return laid_.bend; }
  // Where the middle of a block lies in the item, in shares of its sides.
  Point in_item(size_t block) const;
  // The share of what shows of the item that the block is there.
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
