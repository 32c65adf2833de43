// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <span>
#include <string>

#include "server/flow/match.h"
#include "weir/align/video/video_align.h"
#include "weir/signal/video_track.h"

namespace weir {

// Pieces of an HTML page about videos. Pictures are the small grey ones of the tracks.

// What the two sides are called below their pictures.
struct SideNames {
  std::string item = "submitted";
  std::string entry = "known";
};

// The class of the page's style that colours what belongs to match number `i`.
std::string colour_class(size_t i);

// The item's timeline with a coloured span for each segment of each match.
std::string overview_html(std::chrono::microseconds duration, std::span<const KnownMatch> matches);

// Two timelines, the item's above the entry's, with a band from each span to the one it shows, and
// below them a pair of pictures of each segment.
std::string alignment_html(const VideoTrack& item, const VideoTrack& entry,
                           std::span<const SharedSegment> segments, const std::string& colour,
                           const SideNames& names = {});

// The picture of one moment.
std::string moment_html(const VideoTrack& track, std::chrono::microseconds time);

}  // namespace weir
