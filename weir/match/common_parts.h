// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "weir/match/picture_match.h"

namespace weir {

// The parts of an item that benign entries explain.
class CommonParts {
 public:
  explicit CommonParts(const PictureFeatures& item);

  void add_benign(const std::vector<SharedRegion>& regions);

  // Whether a good part of what these regions rest on lies in them.
  bool explains_any_of(const std::vector<SharedRegion>& regions) const;

  // By feature of the item: 0 in such a part, 1 elsewhere.
  const std::vector<float>& weights() const { return weights_; }

 private:
  bool holds(const Point& place) const;

  const PictureFeatures& item_;
  std::vector<Rect> parts_;
  std::vector<float> weights_;
};

using FoundPicture = std::pair<PictureMatch, KnownPicture>;

// Takes out matches that rest on one small part of the item which several of the entries found have
// in common, and nothing else: five pictures that have a logo in one corner are not copies of each
// other. Entries that are edits of one picture keep their matches.
void drop_common_small_parts(std::vector<FoundPicture>& found);

}  // namespace weir
