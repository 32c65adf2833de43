// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/align/picture/picture_align.h"
#include "weir/signal/picture_features.h"

namespace weir {

// The features of an item that are common: those that a benign entry has too, and those of a small
// part that the item shares with several entries while the rest of each is something else. That is
// a logo, a flag, a frame or a caption, and tells nothing of what the picture shows.
class CommonParts {
 public:
  explicit CommonParts(const PictureFeatures& item);

  // Common are all features where the pixels agree with the benign entry, not only those that were
  // paired: another entry with the same template may have kept others.
  void add_benign(const std::vector<SharedRegion>& regions, const PictureFeatures& entry);
  // Of one entry; parts of another entry make those places common that both have.
  void add_small(const std::vector<SharedRegion>& regions);

  // Whether so much of what a region rests on is common that it must be judged without that.
  bool explains_any_of(const std::vector<SharedRegion>& regions) const;

  // By feature of the item: 0 for a common one, 1 for others.
  const std::vector<float>& weights() const { return weights_; }

 private:
  std::vector<bool> near(const std::vector<SharedRegion>& regions) const;
  std::vector<bool> agreeing(const SharedRegion& region, const PictureFeatures& entry) const;
  void mark(const std::vector<bool>& features);

  const PictureFeatures& item_;
  double reach_;             // around an inlier, in pixels of the item
  std::vector<bool> small_;  // in a small part of one entry
  std::vector<float> weights_;
  std::vector<Point> common_;  // the places of weight 0
};

}  // namespace weir
