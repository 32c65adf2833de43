// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "weir/align/span_fit.h"

namespace weir {

// Where the entry's frame lies in the item's.
struct VideoPlace {
  VideoPlace(const VideoTrack& item, const VideoTrack& entry, const PictureTransform& to_item);

  PictureTransform transform;
  Rect item_region;  // what is shared, in each upright frame
  Rect entry_region;
  ThumbPair thumbs;
  double agreement = -1;  // along the line that was asked about last
};

// The places that were found so far, so that what is computed for one is computed once.
class VideoPlaces {
 public:
  VideoPlaces(const VideoTrack& item, const VideoTrack& entry) : item_(item), entry_(entry) {}

  // Of the proposed transforms, and that of the whole frame, the one whose pixels agree best along
  // a line; lent until the next call. Nothing when none can be compared.
  VideoPlace* best(const TrackPair& tracks, const std::vector<PictureTransform>& proposed,
                   bool mirrored, const TimeLine& line, double from, double to);

 private:
  VideoPlace& place_of(const PictureTransform& transform);

  const VideoTrack& item_;
  const VideoTrack& entry_;
  std::vector<std::unique_ptr<VideoPlace>> places_;
};

// Of whole frames: the entry's is stretched to the item's.
PictureTransform whole_frame(const VideoTrack& item, const VideoTrack& entry, bool mirrored);

}  // namespace weir
