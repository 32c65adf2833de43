// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/video_codec.h"

#include <cassert>
#include <cstring>
#include <utility>

#include "weir/signal/features_codec.h"
#include "weir/signal/little_endian.h"

namespace weir {
namespace {

constexpr uint8_t kTrackVersion = 1;
constexpr size_t kTrackHeadBytes = 1 + 4 + 4 + 8 + 2 + 2 + 4 + 4;
constexpr size_t kFrameBytes = 8 + 4 * 32 + 3;
constexpr size_t kStillHeadBytes = 8 + 4;

void put_bytes(uint8_t*& to, std::span<const uint8_t> bytes) {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  to += bytes.size();
}
void put_time(uint8_t*& to, std::chrono::microseconds time) {
  put(to, static_cast<int64_t>(time.count()));
}

Hash256 take_hash(std::span<const uint8_t>& from) {
  const Hash256 hash = hash256_from_bytes(from.first<32>());
  from = from.subspan(32);
  return hash;
}
std::chrono::microseconds take_time(std::span<const uint8_t>& from) {
  return std::chrono::microseconds(take<int64_t>(from));
}

// A time that may follow `before`.
bool may_follow(std::chrono::microseconds before, std::chrono::microseconds time) {
  return time >= before && time <= kMostVideoTime;
}

void put_frame(uint8_t*& to, const TrackFrame& frame) {
  put_time(to, frame.time);
  for (const Hash256* hash : {&frame.pdq, &frame.mirrored, &frame.clean, &frame.clean_mirrored})
    put_bytes(to, to_bytes(*hash));
  put(to, frame.quality);
  put(to, frame.clean_quality);
  put(to, static_cast<uint8_t>(frame.begins_shot));
}

// False for what no frame can be.
bool take_frames(std::span<const uint8_t>& from, std::vector<TrackFrame>& frames) {
  std::chrono::microseconds before{0};
  for (TrackFrame& frame : frames) {
    frame.time = take_time(from);
    for (Hash256* hash : {&frame.pdq, &frame.mirrored, &frame.clean, &frame.clean_mirrored})
      *hash = take_hash(from);
    frame.quality = take<uint8_t>(from);
    frame.clean_quality = take<uint8_t>(from);
    const auto begins_shot = take<uint8_t>(from);
    frame.begins_shot = begins_shot == 1;
    if (!may_follow(before, frame.time) || frame.quality > 100 || frame.clean_quality > 100 ||
        begins_shot > 1)
      return false;
    before = frame.time;
  }
  return true;
}

// False for what no stills can be. The list grows as it is read: a count is only believed as far as
// there are bytes.
bool take_stills(std::span<const uint8_t>& from, uint32_t count, std::vector<Still>& stills) {
  std::chrono::microseconds before{0};
  for (uint32_t i = 0; i < count; ++i) {
    if (from.size() < kStillHeadBytes) return false;
    Still still;
    still.time = take_time(from);
    const size_t length = take<uint32_t>(from);
    if (!may_follow(before, still.time) || length > from.size()) return false;
    before = still.time;
    auto picture = decode_features(from.first(length));
    if (!picture) return false;
    still.picture = std::move(*picture);
    from = from.subspan(length);
    stills.push_back(std::move(still));
  }
  return true;
}

}  // namespace

bool are_apart(std::span<const TrackFrame> frames, std::chrono::microseconds least) {
  for (size_t i = 3; i < frames.size(); ++i)
    if (frames[i].time - frames[i - 3].time < least) return false;
  return true;
}

std::pair<uint32_t, uint32_t> video_track_size(std::span<const uint8_t> bytes) {
  bytes = bytes.subspan(sizeof kTrackVersion);
  const auto width = take<uint32_t>(bytes);
  return {width, take<uint32_t>(bytes)};
}

size_t video_track_bytes(const VideoTrack& track) {
  size_t bytes = kTrackHeadBytes + track.frames.size() * kFrameBytes + track.thumbs.size();
  for (const Still& still : track.stills)
    bytes += kStillHeadBytes + encoded_features_bytes(still.picture);
  return bytes;
}

size_t write_video_track(const VideoTrack& track, std::span<uint8_t> room) {
  assert(track.frames.size() <= kMostTrackFrames && track.stills.size() <= kMostStills);
  assert(track.thumb_width <= kMostThumbSide && track.thumb_height <= kMostThumbSide);
  assert(track.thumbs.size() ==
         track.frames.size() * size_t{track.thumb_width} * track.thumb_height);
  assert(room.size() >= video_track_bytes(track));
  uint8_t* to = room.data();
  put(to, kTrackVersion);
  put(to, track.width);
  put(to, track.height);
  put_time(to, track.duration);
  put(to, static_cast<uint16_t>(track.thumb_width));
  put(to, static_cast<uint16_t>(track.thumb_height));
  put(to, static_cast<uint32_t>(track.frames.size()));
  put(to, static_cast<uint32_t>(track.stills.size()));
  for (const TrackFrame& frame : track.frames) put_frame(to, frame);
  put_bytes(to, track.thumbs);
  for (const Still& still : track.stills) {
    const std::vector<uint8_t> picture = encode_features(still.picture);
    put_time(to, still.time);
    put(to, static_cast<uint32_t>(picture.size()));
    put_bytes(to, picture);
  }
  return static_cast<size_t>(to - room.data());
}

std::vector<uint8_t> write_video_track(const VideoTrack& track) {
  std::vector<uint8_t> bytes(video_track_bytes(track));
  write_video_track(track, bytes);
  return bytes;
}

Result<VideoTrack> read_video_track(std::span<const uint8_t> bytes) {
  const Error damaged{ErrorCode::kCorrupt, "the track of a video is damaged"};
  if (bytes.size() < kTrackHeadBytes || bytes[0] != kTrackVersion) return damaged;
  bytes = bytes.subspan(1);
  VideoTrack track;
  track.width = take<uint32_t>(bytes);
  track.height = take<uint32_t>(bytes);
  track.duration = take_time(bytes);
  track.thumb_width = take<uint16_t>(bytes);
  track.thumb_height = take<uint16_t>(bytes);
  const auto frames = take<uint32_t>(bytes);
  const auto stills = take<uint32_t>(bytes);
  const size_t thumb_bytes = size_t{track.thumb_width} * track.thumb_height;
  if (track.thumb_width > kMostThumbSide || track.thumb_height > kMostThumbSide ||
      frames > kMostTrackFrames || stills > kMostStills ||
      !may_follow(std::chrono::microseconds(0), track.duration) ||
      bytes.size() < frames * (kFrameBytes + thumb_bytes))
    return damaged;
  track.frames.resize(frames);
  if (!take_frames(bytes, track.frames)) return damaged;
  if (!are_apart(track.frames, kLeastTimeOfFour)) return damaged;
  track.thumbs.assign(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(frames * thumb_bytes));
  bytes = bytes.subspan(frames * thumb_bytes);
  if (!take_stills(bytes, stills, track.stills) || !bytes.empty()) return damaged;
  return track;
}

}  // namespace weir
