// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/align/picture/picture_align.h"
#include "weir/signal/picture_features.h"

namespace weir {

// The features of an item that are common: those that a benign entry has too, and those of a small
// part that the item shares with several entries while the rest of each is something else. That is
// a logo, a flag, a frame or a caption, and tells nothing of what the picture shows.
//
// Example: an item has a channel's logo in a corner, and so have entries 4 and 9, which otherwise
// show other things. The features of the logo then weigh nothing. A region of which more than three
// tenths of the inliers are common is judged again without them.
//
// Counter-example: a small part that one entry alone shares is not common, as it may be a piece of
// that entry. Nor is a template that fills half of many pictures; it is common once a benign bank
// has it.
class CommonParts {
 public:
  explicit CommonParts(const PictureFeatures& item);

  // Makes all features common where the pixels agree with the benign entry, and not only those that
  // were paired, since another entry with the same template may have kept other features.
  void add_benign(const std::vector<SharedRegion>& regions, const PictureFeatures& entry);
  // Takes the small part that one entry shares. Places that a second entry shares become common.
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
