// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/png_chunks.h"

#include <algorithm>
#include <string_view>

namespace weir::media {
namespace {

constexpr size_t kSignatureBytes = 8;
constexpr size_t kHeadBytes = 8;      // length and type
constexpr size_t kChecksumBytes = 4;  // after the content

bool is_of_the_picture(std::string_view type) {
  return type == "IHDR" || type == "PLTE" || type == "tRNS" || type == "IDAT" || type == "IEND";
}

}  // namespace

PngPicture reduce_png(std::span<const uint8_t> png) {
  PngPicture picture;
  picture.bytes.reserve(png.size());
  const size_t signature = std::min(kSignatureBytes, png.size());
  picture.bytes.assign(png.begin(), png.begin() + static_cast<ptrdiff_t>(signature));
  for (size_t at = signature; png.size() - at >= kHeadBytes;) {
    const auto head = png.subspan(at);
    const size_t length =
        size_t{head[0]} << 24 | size_t{head[1]} << 16 | size_t{head[2]} << 8 | head[3];
    const std::string_view type(reinterpret_cast<const char*>(head.data()) + 4, 4);
    const auto chunk = head.first(std::min(head.size(), kHeadBytes + length + kChecksumBytes));
    if (is_of_the_picture(type))
      picture.bytes.insert(picture.bytes.end(), chunk.begin(), chunk.end());
    else if (type == "eXIf" && chunk.size() >= kHeadBytes + length)
      picture.orientation = exif_orientation(chunk.subspan(kHeadBytes, length));
    at += chunk.size();
  }
  return picture;
}

}  // namespace weir::media
