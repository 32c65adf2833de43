// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "weir/align/video/span_fit.h"

// Says where the entry's frame lies in the item's frame. Videos are cropped, squeezed or put into a
// corner, and frames can be compared only under the map that was used. So each proposed map is
// tried on the thumbs along a time line, and the one under which pixels agree best is taken.
// Example: a video is shown in the lower right quarter of an item. The stills of a hit propose a
// map at half the size; its pixels agree along the line, and those of the whole frame do not.
// Counter-example: no map is made up here. Where no still agrees under a crop, the crop has no
// place (decision 0100).

namespace weir {

// One place of the entry's frame in the item's, and the thumbs of both seen through it.
struct VideoPlace {
  VideoPlace(const VideoTrack& item, const VideoTrack& entry, const PictureTransform& to_item,
             std::span<const uint8_t> laid_over, Work* work);

  PictureTransform transform;
  Rect item_region;  // what is shared, in each upright frame
  Rect entry_region;
  ThumbPair thumbs;
  double agreement = -1;  // of the pixels, along the line that was asked about last
};

// Keeps the places that were found so far, so that what is computed for one is computed once.
class VideoPlaces {
 public:
  // `laid_over` and `work` are those of ThumbPair.
  VideoPlaces(const VideoTrack& item, const VideoTrack& entry, std::span<const uint8_t> laid_over,
              Work* work)
      : item_(item), entry_(entry), laid_over_(laid_over), work_(work) {}

  // The place of the whole frame, and those of the proposed transforms that differ from one
  // another, up to a limit and without those that cannot be compared. They are valid until the next
  // call.
  std::vector<VideoPlace*> places(const std::vector<PictureTransform>& proposed, bool mirrored);

  // The best_along() of these places.
  VideoPlace* best(const TrackPair& tracks, const std::vector<PictureTransform>& proposed,
                   bool mirrored, const TimeLine& line, double from, double to);

 private:
  VideoPlace& place_of(const PictureTransform& transform);

  const VideoTrack& item_;
  const VideoTrack& entry_;
  std::span<const uint8_t> laid_over_;
  Work* work_;
  std::vector<std::unique_ptr<VideoPlace>> places_;
};

// The place whose pixels agree best along a line; nullptr when no place is given.
VideoPlace* best_along(const TrackPair& tracks, std::span<VideoPlace* const> places,
                       const TimeLine& line, double from, double to);

// The map of whole frames: the entry's frame is stretched to the item's.
PictureTransform whole_frame(const VideoTrack& item, const VideoTrack& entry, bool mirrored);

}  // namespace weir
