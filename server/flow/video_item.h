// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <span>
#include <vector>

#include "server/flow/banks_asked.h"
#include "server/flow/match.h"
#include "server/flow/services.h"

namespace weir {

// The entries whose seconds the video shows, surest first. Errors: of the store; corrupt (a track);
// limit.
Result<std::vector<VideoMatch>> match_video_item(const VideoTrack& item, const BanksAsked& asked,
                                                 const Snapshot& snapshot, Services& services);

// The entries of videos a moment of which the picture shows, each as one segment of no length on
// the item's side, surest first. Errors: as match_video_item().
Result<std::vector<VideoMatch>> match_picture_with_videos(const PictureFeatures& picture,
                                                          const BanksAsked& asked,
                                                          const Snapshot& snapshot,
                                                          Services& services);

// The entries of pictures that stills of the video show, and when, surest first. Errors: as
// match_picture().
Result<std::vector<VideoMatch>> match_stills_with_pictures(const VideoTrack& item,
                                                           const KnownPictures& known,
                                                           const Snapshot& snapshot,
                                                           Services& services);

// What entries are known by the signals that others exchange, where those agree with the item's.
struct ExchangedClaims {
  std::map<EntryId, VpdqShares> vpdq;
  std::map<EntryId, TmkScore> tmk;
  // As claims without segments: these signals do not say when.
  std::vector<VideoMatch> matches() const;
};
// Errors: limit; corrupt (the item's tmk).
Result<ExchangedClaims> match_exchanged(const AskedVideo& item, const Snapshot& snapshot);

// The share of so long a video that lies in the segments, each moment counted once.
double covered_time(std::span<const SharedSegment> segments, std::chrono::microseconds duration);

}  // namespace weir
