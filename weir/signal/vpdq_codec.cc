// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/vpdq_codec.h"

#include <cassert>
#include <string>

#include "weir/signal/video_codec.h"
#include "weir/signal/little_endian.h"

namespace weir {
namespace {

// Hash, number, time, quality.
constexpr size_t kRecordBytes = 32 + 4 + 8 + 4;

uint64_t number_at(const uint8_t* from, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value |= uint64_t{from[i]} << (8 * i);
  return value;
}

}  // namespace

Status check_vpdq(std::span<const VpdqFrame> frames) {
  if (frames.empty()) return invalid("a vpdq signal must have at least one frame");
  if (frames.size() > kMostVpdqFrames)
    return invalid("a vpdq signal has at most " + std::to_string(kMostVpdqFrames) +
                   " frames, found " + std::to_string(frames.size()));
  for (size_t i = 0; i < frames.size(); ++i) {
    const VpdqFrame& frame = frames[i];
    const std::string which = "frame " + std::to_string(i) + " of a vpdq signal ";
    if (i > 0 && frame.number <= frames[i - 1].number)
      return invalid(which + "has a number that is not above the one before");
    if (frame.quality < 0 || frame.quality > 100)
      return invalid(which + "has a quality that is not within 0 to 100");
    if (frame.time.count() < 0 || frame.time > kMostVideoTime)
      return invalid(which + "has a time that is no time in a video");
  }
  return {};
}

std::vector<uint8_t> write_vpdq(std::span<const VpdqFrame> frames) {
  assert(check_vpdq(frames));
  std::vector<uint8_t> out;
  out.reserve(frames.size() * kRecordBytes);
  for (const VpdqFrame& frame : frames) {
    const auto hash = to_bytes(frame.hash);
    out.insert(out.end(), hash.begin(), hash.end());
    put(out, frame.number);
    put(out, static_cast<int64_t>(frame.time.count()));
    put(out, static_cast<uint32_t>(frame.quality));
  }
  return out;
}

Result<std::vector<VpdqFrame>> read_vpdq(std::span<const uint8_t> bytes) {
  if (bytes.size() % kRecordBytes != 0)
    return invalid("a vpdq value has a multiple of " + std::to_string(kRecordBytes) +
                   " bytes, found " + std::to_string(bytes.size()));
  if (bytes.size() / kRecordBytes > kMostVpdqFrames)
    return invalid("a vpdq signal has at most " + std::to_string(kMostVpdqFrames) +
                   " frames, found " + std::to_string(bytes.size() / kRecordBytes));
  std::vector<VpdqFrame> frames(bytes.size() / kRecordBytes);
  for (size_t i = 0; i < frames.size(); ++i) {
    const uint8_t* record = bytes.data() + i * kRecordBytes;
    const uint64_t quality = number_at(record + 44, 4);
    if (quality > 100)
      return invalid("frame " + std::to_string(i) +
                     " of a vpdq signal has a quality that is not within 0 to 100");
    frames[i].hash = hash256_from_bytes(std::span<const uint8_t, 32>(record, 32));
    frames[i].number = static_cast<uint32_t>(number_at(record + 32, 4));
    frames[i].time = std::chrono::microseconds(static_cast<int64_t>(number_at(record + 36, 8)));
    frames[i].quality = static_cast<int>(quality);
  }
  TRY(check_vpdq(frames));
  return frames;
}

}  // namespace weir
