// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "weir/align/picture/picture_align.h"
#include "weir/align/video/picture_span.h"
#include "weir/base/work.h"
#include "weir/signal/video_track.h"

namespace weir {

// The alignment of two videos; video_align.cc says how it works.

// A hit: a frame of the item that looks like a frame of the entry, before anybody asks about time.
struct FrameHit {
  std::chrono::microseconds item{0};
  std::chrono::microseconds entry{0};
  bool mirrored = false;
  double surprise = 0;  // -log10 of the chance of such a hit; near 0 for what occurs everywhere
  // Where the entry's frame lies in the item's, in pixels of the upright frames; nothing for hits
  // of whole frames.
  std::optional<PictureTransform> entry_to_item;
};

// A span of the item that shows a span of the entry.
struct SharedSegment {
  std::chrono::microseconds item_from{0}, item_to{0};
  std::chrono::microseconds entry_from{0}, entry_to{0};
  // Seconds of the entry in a second of the item: 2 is twice as fast, below 0 is backwards
  // (item_from then shows entry_to), and a held picture has 0.
  double speed = 1;
  bool mirrored = false;
  bool is_still = false;  // a held picture: one moment of the entry is shown all along
  PictureTransform entry_to_item;
  Rect item_region;  // in upright pixels
  Rect entry_region;
  double agreement = 1;  // mean correlation over the span of the pixels of both regions, 0 to 1
  // log10 of the number of agreements this good that chance gives over one entry; smaller is surer.
  double log10_nfa = 0;
  // The times in the item of the first and of the last hit on which this rests. The rest of the
  // span was joined to them because its pixels agree. Both lie within item_from and item_to.
  std::chrono::microseconds told_from{0}, told_to{0};
  // What the changes over time say: kCopy, or kSameScene for the same place at another time.
  Verdict verdict = Verdict::kUnclear;
};

struct VideoAlignOptions {
  size_t most_segments = 20;
  std::span<const uint8_t> laid_over;  // samples of the item's thumbs that show something else
  PictureSpans* spans = nullptr;       // of the item; they are filled in for the next entry
  // Once it is spent what was found so far is given, and is not all that there is.
  Work* work = nullptr;
};

// The segments in which the item shows the entry, by item_from; none when they share nothing.
// `hits` in any order. Deterministic, and never throws on odd input.
std::vector<SharedSegment> align_videos(const VideoTrack& item, const VideoTrack& entry,
                                        std::span<const FrameHit> hits,
                                        const VideoAlignOptions& options = {});

}  // namespace weir
