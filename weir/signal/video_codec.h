// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "weir/base/result.h"
#include "weir/signal/video_track.h"

namespace weir {

// What a stored or transferred track may have at most: a day at 8 frames a second.
constexpr uint32_t kMostTrackFrames = 700'000;
constexpr uint32_t kMostStills = 50'000;
constexpr uint32_t kMostThumbSide = 256;
constexpr std::chrono::microseconds kMostVideoTime = std::chrono::hours(24 * 366);

// Four frames in a row take at least so long: nobody needs more of a video, and comparing tracks
// takes time in proportion to their frames.
constexpr std::chrono::microseconds kLeastTimeOfFour{20'000};

// Whether four frames in a row take at least `least`. A track has at most two for each step in
// time that it was asked for: one as the video changes and one on the step.
bool are_apart(std::span<const TrackFrame> frames, std::chrono::microseconds least);

// The bytes of docs/formats/video-track.md. Preconditions: the numbers above are kept, times do not
// run backwards, there is a thumb for each frame, and stills are as encode_features() wants them.
std::vector<uint8_t> write_video_track(const VideoTrack& track);
// The same into `room`, which has at least video_track_bytes(); gives how many were written.
size_t write_video_track(const VideoTrack& track, std::span<uint8_t> room);

// How many bytes that will be.
size_t video_track_bytes(const VideoTrack& track);

// Everything is checked: numbers are in range, times do not run backwards, frames are not too near
// each other, nothing is left over.
// Errors: corrupt.
Result<VideoTrack> read_video_track(std::span<const uint8_t> bytes);

// The width and height of the video that such bytes are of. Precondition: they can be read.
std::pair<uint32_t, uint32_t> video_track_size(std::span<const uint8_t> bytes);

}  // namespace weir
