// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weir/base/limits.h"
#include "weir/base/pixels.h"
#include "weir/base/result.h"

namespace weir {

// One frame: upright (EXIF's or the container's orientation applied), 8 bits a sample (of 16 the
// high byte is kept). Colour profiles are ignored, as the tools that make the field's hashes do,
// unless the samples are light or another power far from a screen's (decision 0035).
// What is transparent is filled evenly from what shows (decision 0033).
struct Frame {
  Pixels pixels;                      // 1 channel: luma as stored, or grey; 3 channels: R, G, B
  std::chrono::microseconds time{0};  // from the start of the animation
  // 1 channel: 255 where the picture shows, 0 where it was filled; no samples when all shows.
  Pixels shown{};
  // The same pixels as stored, with no regard to alpha, if there is more than one colour where
  // nothing shows; else no samples. Of the first frame only.
  Pixels beneath{};
};
// The upright rectangle around what shows.
Rect shown_box(const Frame& frame);

struct DecodedImage {
  std::string format;  // "jpeg", "png", "webp", "gif", "avif", "heic", "tiff", "bmp", "pnm", "jxl"
  uint32_t width = 0;  // of the upright picture
  uint32_t height = 0;
  uint32_t frame_count = 1;  // in the file (pages of a TIFF); a GIF's are counted up to 4097
  // Of an animation the first, then evenly spaced ones, at most limits.frames; of pages the first
  // ones, as animation.h limits them.
  std::vector<Frame> frames;
  // What a person should know; mostly empty. "truncated: ..." part of the picture was missing (at
  // least half of its rows are there), "damaged: ..." a JPEG with errors that could be stepped
  // over, "long animation: ..." its end was not looked at.
  std::string note;
  bool is_luma_plane = false;  // a JPEG has colours too, which were not decoded
};

// What is made of a JPEG that stores luma and colours apart.
enum class JpegColours : uint8_t {
  kLeftOut,  // the luma plane as stored: fastest, and within a rounding of what R, G, B would give
  kDecoded,  // R, G, B
};

// Pixels of an image file held in memory. The format is told from the bytes, never from a name.
// JPEG with a YCbCr or grey picture gives the luma plane alone unless `colours` says otherwise,
// decoded at full size. Animations give several frames (GIF, WebP, JPEG XL), TIFF its pages, AVIF
// and HEIC the pictures that stand for themselves; all other files their first or primary picture.
// Works in the calling thread, starts no other, opens no file. Several threads may decode at once.
// Errors: invalid when the bytes are empty or no image format that is known here, or a variant that
// no library here reads; corrupt when they break their format's rules; limit for more bytes or
// pixels, a longer side or more memory than `limits`: told from the header, before pixels are made.
Result<DecodedImage> decode_image(std::span<const uint8_t> bytes, const Limits& limits,
                                  JpegColours colours = JpegColours::kLeftOut);

// A small colour picture for people: long side at most `side` pixels, as JPEG bytes. Never larger
// than the original; upright, and grey (128) where transparent. Precondition: side > 0.
// Errors: as decode_image().
Result<std::vector<uint8_t>> preview_jpeg(std::span<const uint8_t> bytes, const Limits& limits,
                                          uint32_t side);

// Once per process, before threads start and before the sandbox closes: loads and registers all
// that decoding needs, so that nothing is opened later. `name` is argv[0]. Sets GLib's log writer
// to silence and the environment's VIPSHOME for the moment, and has malloc() keep up to 128 MiB
// that are freed. Errors: unavailable when a library does not start or lacks a codec.
Status init_media(const char* name);

}  // namespace weir
