// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/align/picture_align.h"
#include "weir/base/features.h"

namespace weir {

// The features of an item that are common: those that a benign entry has too, and those of a small
// part that the item shares with several entries while the rest of each is something else. That is
// a logo, a flag, a frame or a caption, and tells nothing of what the picture shows.
class CommonParts {
 public:
  explicit CommonParts(const PictureFeatures& item);

  void add_benign(const std::vector<SharedRegion>& regions);
  // Of one entry; parts of another entry make those places common that both have.
  void add_small(const std::vector<SharedRegion>& regions);

  // Whether so much of what a region rests on is common that it must be judged without that.
  bool explains_any_of(const std::vector<SharedRegion>& regions) const;

  // By feature of the item: 0 for a common one, 1 for others.
  const std::vector<float>& weights() const { return weights_; }

 private:
  std::vector<bool> near(const std::vector<SharedRegion>& regions) const;
  void mark(const std::vector<bool>& features);

  const PictureFeatures& item_;
  double reach_;             // around an inlier, in pixels of the item
  std::vector<bool> small_;  // in a small part of one entry
  std::vector<float> weights_;
  std::vector<Point> common_;  // the places of weight 0
};

}  // namespace weir
