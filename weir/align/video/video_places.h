// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "weir/align/video/span_fit.h"

namespace weir {

// Where the entry's frame lies in the item's.
struct VideoPlace {
  VideoPlace(const VideoTrack& item, const VideoTrack& entry, const PictureTransform& to_item,
             std::span<const uint8_t> laid_over);

  PictureTransform transform;
  Rect item_region;  // what is shared, in each upright frame
  Rect entry_region;
  ThumbPair thumbs;
  double agreement = -1;  // along the line that was asked about last
};

// The places that were found so far, so that what is computed for one is computed once.
class VideoPlaces {
 public:
  // `laid_over` as of ThumbPair.
  VideoPlaces(const VideoTrack& item, const VideoTrack& entry, std::span<const uint8_t> laid_over)
      : item_(item), entry_(entry), laid_over_(laid_over) {}

  // That of the whole frame and those of the proposed transforms that differ, as many as are worth
  // a try and can be compared; lent until the next call.
  std::vector<VideoPlace*> places(const std::vector<PictureTransform>& proposed, bool mirrored);

  // The best_along() of these.
  VideoPlace* best(const TrackPair& tracks, const std::vector<PictureTransform>& proposed,
                   bool mirrored, const TimeLine& line, double from, double to);

 private:
  VideoPlace& place_of(const PictureTransform& transform);

  const VideoTrack& item_;
  const VideoTrack& entry_;
  std::span<const uint8_t> laid_over_;
  std::vector<std::unique_ptr<VideoPlace>> places_;
};

// Of some places the one whose pixels agree best along a line. Nothing when there is none.
VideoPlace* best_along(const TrackPair& tracks, std::span<VideoPlace* const> places,
                       const TimeLine& line, double from, double to);

// Of whole frames: the entry's is stretched to the item's.
PictureTransform whole_frame(const VideoTrack& item, const VideoTrack& entry, bool mirrored);

}  // namespace weir
