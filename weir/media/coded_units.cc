// SPDX-License-Identifier: Apache-2.0
//
// A packet is a row of units, each with a head that says what it is: H.264 7.3.1 and 7.4.1 for
// nal_ref_idc, H.265 7.3.1.2 and table 7-1. In MP4 and Matroska each is led by its length, in
// streams by a start code.
#include "weir/media/coded_units.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace weir::media {
namespace {

using Bytes = std::span<const uint8_t>;

// What a unit is to the frames that come later.
enum class Unit { kAside, kFreeSlice, kNeeded };

Unit h264_unit(uint8_t head) {
  const int type = head & 31;
  if (type >= 1 && type <= 5) return (head >> 5 & 3) == 0 ? Unit::kFreeSlice : Unit::kNeeded;
  return type == 6 || type == 9 || type == 12 ? Unit::kAside : Unit::kNeeded;
}

// Free slices have even types up to 14, within one temporal layer.
Unit h265_unit(uint8_t head) {
  const int type = head >> 1 & 63;
  if (type < 32) return type <= 14 && type % 2 == 0 ? Unit::kFreeSlice : Unit::kNeeded;
  return type == 35 || type == 39 || type == 40 ? Unit::kAside : Unit::kNeeded;
}

// Bytes of the length before each unit; 0 where start codes lead them.
size_t length_bytes(const AVCodecParameters& codec) {
  const bool is_h264 = codec.codec_id == AV_CODEC_ID_H264;
  const int at = is_h264 ? 4 : 21;  // ISO/IEC 14496-15, the configuration records
  if (!codec.extradata || codec.extradata_size <= at || codec.extradata[0] != 1) return 0;
  return static_cast<size_t>(codec.extradata[at] & 3) + 1;
}

// The first byte of the next unit, and `bytes` from its end on, or from there on where start codes
// are searched; nothing at the end, or when they are no units.
std::optional<uint8_t> next_unit(Bytes& bytes, size_t length_bytes) {
  if (length_bytes == 0) {
    constexpr std::array<uint8_t, 3> kStart = {0, 0, 1};
    const auto start = std::search(bytes.begin(), bytes.end(), kStart.begin(), kStart.end());
    if (bytes.end() - start < 4) return std::nullopt;
    bytes = bytes.subspan(static_cast<size_t>(start - bytes.begin()) + 3);
    return bytes[0];
  }
  if (bytes.size() <= length_bytes) return std::nullopt;
  size_t length = 0;
  for (size_t i = 0; i < length_bytes; ++i) length = length << 8 | bytes[i];
  bytes = bytes.subspan(length_bytes);
  if (length == 0 || length > bytes.size()) return std::nullopt;
  const uint8_t head = bytes[0];
  bytes = bytes.subspan(length);
  return head;
}

}  // namespace

bool nothing_refers_to(const AVPacket& packet, const AVCodecParameters& codec) {
  const bool is_h264 = codec.codec_id == AV_CODEC_ID_H264;
  if ((!is_h264 && codec.codec_id != AV_CODEC_ID_HEVC) || packet.size <= 0) return false;
  if (packet.flags & (AV_PKT_FLAG_KEY | AV_PKT_FLAG_CORRUPT)) return false;
  if (av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, nullptr)) return false;
  const size_t length = length_bytes(codec);
  Bytes bytes{packet.data, static_cast<size_t>(packet.size)};
  bool has_slice = false;
  while (const auto head = next_unit(bytes, length)) {
    const Unit unit = is_h264 ? h264_unit(*head) : h265_unit(*head);
    if (unit == Unit::kNeeded) return false;
    has_slice |= unit == Unit::kFreeSlice;
  }
  return has_slice && (length == 0 || bytes.empty());
}

}  // namespace weir::media
