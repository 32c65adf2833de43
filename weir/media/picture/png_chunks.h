// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weir/media/picture/exif.h"

namespace weir::media {

// What a PNG file's picture needs, and nothing else.
struct PngPicture {
  // A PNG of its IHDR, PLTE, tRNS, IDAT and IEND chunks, as they were, and of its colour profile
  // when that is small.
  std::vector<uint8_t> bytes;
  // The power of its samples that light is, by its cICP or gAMA chunk; 0 when neither says, or an
  // sRGB chunk says that they are as a screen's. A profile counts for more.
  double power = 0;
  Orientation orientation = kUpright;  // of its eXIf chunk (PNG, third edition, 11.3.4.5)
};

// Leaves out text, profiles and all else before libpng sees it: libpng unfolds each compressed
// chunk as it passes, a second of work for every 60 KB of file. Of a file that breaks off, what is
// there of the last chunk is kept. Checksums are left to libpng.
PngPicture reduce_png(std::span<const uint8_t> png);

}  // namespace weir::media
