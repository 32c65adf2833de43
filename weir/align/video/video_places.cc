// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/video_places.h"

#include <algorithm>
#include <cmath>

#include "weir/align/picture/transform.h"

namespace weir {

namespace {

// Constants: the first was chosen by hand on the tune side of the accuracy bench, and not fitted;
// the others bound time and memory.
constexpr double kSamePlace = 0.012;  // of the item's long side: maps nearer at all corners are one
constexpr size_t kMostTried = 6;      // maps that are tried for one line
constexpr size_t kMostKept = 64;      // places that are kept before all are forgotten

bool is_near(const PictureTransform& a, const PictureTransform& b, const VideoTrack& item,
             const VideoTrack& entry) {
  const double near = kSamePlace * std::max(item.width, item.height);
  for (const Point& corner : corners(entry.width, entry.height)) {
    const Point p = a(corner), q = b(corner);
    if (!(std::hypot(p.x - q.x, p.y - q.y) <= near)) return false;
  }
  return true;
}

}  // namespace

PictureTransform whole_frame(const VideoTrack& item, const VideoTrack& entry, bool mirrored) {
  const double x = entry.width > 0 ? double(item.width) / entry.width : 1;
  const double y = entry.height > 0 ? double(item.height) / entry.height : 1;
  if (mirrored) return {{-x, 0, double(item.width), 0, y, 0, 0, 0, 1}};
  return {{x, 0, 0, 0, y, 0, 0, 0, 1}};
}

VideoPlace::VideoPlace(const VideoTrack& item, const VideoTrack& entry,
                       const PictureTransform& to_item, std::span<const uint8_t> laid_over,
                       Work* work)
    : transform(to_item), thumbs(item, entry, to_item, laid_over, work) {
  auto outline = corners(entry.width, entry.height);
  std::transform(outline.begin(), outline.end(), outline.begin(), to_item);
  const auto shown = clipped(outline, item.width, item.height);
  item_region = bounding_box(shown, item.width, item.height);
  if (const auto back = inverse(to_item)) {
    std::vector<Point> in_entry;
    for (const Point& p : shown) in_entry.push_back((*back)(p));
    entry_region = bounding_box(in_entry, entry.width, entry.height);
  }
}

VideoPlace& VideoPlaces::place_of(const PictureTransform& transform) {
  for (const auto& place : places_)
    if (is_near(place->transform, transform, item_, entry_)) return *place;
  return *places_.emplace_back(
      std::make_unique<VideoPlace>(item_, entry_, transform, laid_over_, work_));
}

std::vector<VideoPlace*> VideoPlaces::places(const std::vector<PictureTransform>& proposed,
                                             bool mirrored) {
  if (places_.size() >= kMostKept) places_.clear();
  std::vector<VideoPlace*> tried;
  const auto add = [&](const PictureTransform& transform) {
    if (tried.size() >= kMostTried) return;
    VideoPlace* place = &place_of(transform);
    if (std::find(tried.begin(), tried.end(), place) == tried.end()) tried.push_back(place);
  };
  add(whole_frame(item_, entry_, mirrored));
  for (const PictureTransform& transform : proposed) add(transform);
  std::erase_if(tried, [](const VideoPlace* place) { return !place->thumbs.is_usable(); });
  return tried;
}

VideoPlace* VideoPlaces::best(const TrackPair& tracks,
                              const std::vector<PictureTransform>& proposed, bool mirrored,
                              const TimeLine& line, double from, double to) {
  if (tracks.item_times.size() == 0 || tracks.entry_times.size() == 0) return nullptr;
  return best_along(tracks, places(proposed, mirrored), line, from, to);
}

VideoPlace* best_along(const TrackPair& tracks, std::span<VideoPlace* const> places,
                       const TimeLine& line, double from, double to) {
  VideoPlace* best = nullptr;
  for (VideoPlace* place : places) {
    place->agreement = agreement_along(tracks, place->thumbs, line, from, to);
    if (best == nullptr || place->agreement > best->agreement) best = place;
  }
  return best;
}

}  // namespace weir
