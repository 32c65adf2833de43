// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/exif.h"

#include <cstring>

namespace weir::media {
namespace {

constexpr uint32_t kOrientationTag = 0x0112;
constexpr uint32_t kTypeShort = 3;
constexpr uint32_t kTypeLong = 4;
constexpr size_t kEntryBytes = 12;

// Numbers in a structure's byte order; beyond the end all is zero.
struct OrderedBytes {
  std::span<const uint8_t> bytes;
  bool is_big_endian;

  uint32_t number(size_t at, size_t size) const {
    if (at > bytes.size() || size > bytes.size() - at) return 0;
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i)
      value = value << 8 | bytes[is_big_endian ? at + i : at + size - 1 - i];
    return value;
  }
};

}  // namespace

Orientation exif_orientation(std::span<const uint8_t> exif) {
  constexpr uint8_t kPrefix[] = {'E', 'x', 'i', 'f', 0, 0};
  if (exif.size() >= sizeof kPrefix && std::memcmp(exif.data(), kPrefix, sizeof kPrefix) == 0)
    exif = exif.subspan(sizeof kPrefix);
  if (exif.size() < 8) return kUpright;

  const bool is_big_endian = exif[0] == 'M' && exif[1] == 'M';
  if (!is_big_endian && !(exif[0] == 'I' && exif[1] == 'I')) return kUpright;
  const OrderedBytes tiff{exif, is_big_endian};
  if (tiff.number(2, 2) != 42) return kUpright;

  const size_t directory = tiff.number(4, 4);
  const uint32_t entries = tiff.number(directory, 2);
  for (uint32_t i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + i * kEntryBytes;
    if (entry + kEntryBytes > exif.size()) break;
    if (tiff.number(entry, 2) != kOrientationTag) continue;
    const uint32_t type = tiff.number(entry + 2, 2);
    if (type != kTypeShort && type != kTypeLong) break;
    const uint32_t value = tiff.number(entry + 8, type == kTypeShort ? 2 : 4);
    return value >= 1 && value <= 8 ? static_cast<Orientation>(value) : kUpright;
  }
  return kUpright;
}

}  // namespace weir::media
