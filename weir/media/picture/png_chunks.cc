// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/png_chunks.h"

#include <algorithm>
#include <string_view>

namespace weir::media {
namespace {

constexpr size_t kSignatureBytes = 8;
constexpr size_t kHeadBytes = 8;      // length and type
constexpr size_t kChecksumBytes = 4;  // after the content

// Unfolded, a chunk of this size has some megabytes at most.
constexpr size_t kMostProfileBytes = 8 << 10;

bool is_of_the_picture(std::string_view type) {
  return type == "IHDR" || type == "PLTE" || type == "tRNS" || type == "IDAT" || type == "IEND";
}

// What chunks beside the picture say of it.
class Sayings {
 public:
  void take(std::string_view type, std::span<const uint8_t> chunk, size_t length,
            PngPicture& picture) {
    const auto content = chunk.subspan(kHeadBytes, length);
    if (type == "eXIf") picture.orientation = exif_orientation(content);
    if (type == "sRGB") is_srgb_ = true;
    // The power of light that samples are, times 100,000.
    if (type == "gAMA" && length == 4) {
      const double stored = static_cast<double>(uint32_t{content[0]} << 24 | content[1] << 16 |
                                                content[2] << 8 | content[3]);
      if (stored > 0) gamma_ = 100'000 / stored;
    }
    // Third edition, 11.3.2.6: transfer function 8 is light itself (ITU-T H.273).
    if (type == "cICP" && length == 4) is_coded_ = true, is_light_ = content[1] == 8;
    if (type == "iCCP" && length <= kMostProfileBytes && !has_profile_) {
      has_profile_ = true;
      picture.bytes.insert(picture.bytes.end(), chunk.begin(), chunk.end());
    }
  }
  double power() const {
    if (is_coded_) return is_light_ ? 1 : 0;
    return is_srgb_ ? 0 : gamma_;
  }

 private:
  double gamma_ = 0;
  bool is_srgb_ = false, is_coded_ = false, is_light_ = false, has_profile_ = false;
};

}  // namespace

PngPicture reduce_png(std::span<const uint8_t> png) {
  PngPicture picture;
  Sayings colours;
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
    else if (chunk.size() >= kHeadBytes + length)
      colours.take(type, chunk, length, picture);
    at += chunk.size();
  }
  picture.power = colours.power();
  return picture;
}

}  // namespace weir::media
