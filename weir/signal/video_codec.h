// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weir/base/result.h"
#include "weir/signal/video_track.h"

namespace weir {

// What a stored or transferred track may have at most: a day at 8 frames a second.
constexpr uint32_t kMostTrackFrames = 700'000;
constexpr uint32_t kMostStills = 50'000;
constexpr uint32_t kMostThumbSide = 256;
constexpr std::chrono::microseconds kMostVideoTime = std::chrono::hours(24 * 366);

// The bytes of docs/formats/video-track.md. Preconditions: the numbers above are kept, times do not
// run backwards, there is a thumb for each frame, and stills are as encode_features() wants them.
std::vector<uint8_t> write_video_track(const VideoTrack& track);
// The same into `room`, which has at least video_track_bytes(); gives how many were written.
size_t write_video_track(const VideoTrack& track, std::span<uint8_t> room);

// How many bytes that will be.
size_t video_track_bytes(const VideoTrack& track);

// Everything is checked: numbers are in range, times do not run backwards, nothing is left over.
// Errors: corrupt.
Result<VideoTrack> read_video_track(std::span<const uint8_t> bytes);

}  // namespace weir
