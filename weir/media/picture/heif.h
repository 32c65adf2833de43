// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "weir/media/format.h"
#include "weir/media/picture/image.h"

namespace weir::media {

// AVIF and HEIC: the container, grids of tiles, rotation, mirroring, cropping and alpha by libheif,
// the coded pictures by FFmpeg (heif_codec.h). The primary picture first, then others that stand
// for themselves; of a sequence the primary one, its track being a video. libheif turns the picture
// upright; EXIF's orientation is not to be applied again (ISO/IEC 23008-12: it is informative
// there). Errors: as decode_image().
Result<DecodedImage> decode_heif(Format format, std::span<const uint8_t> bytes,
                                 const Limits& limits);

// Registers the codecs with libheif and lets it look for plug-ins while it may still open files.
Status init_heif();

}  // namespace weir::media
