// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/image.h"

#include <malloc.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>

#include "weir/media/format.h"
#include "weir/media/picture/bitmaps.h"
#include "weir/media/picture/heif.h"
#include "weir/media/picture/jpeg.h"
#include "weir/media/picture/jxl.h"
#include "weir/media/picture/transparency.h"
#include "weir/media/picture/vips_formats.h"
#include "weir/media/picture/webp.h"
#include "weir/media/preview.h"
#include "weir/media/video/av_picture.h"

namespace weir {
namespace {

// Planes are made and freed over and over. Those up to so many bytes come from what was freed
// before, and the process keeps so much of that: else each page of each plane is a page fault,
// which is a sixth of the work on a video. (Larger than 32 MiB is more than malloc takes.)
constexpr int kLargestKept = 32 << 20;
constexpr int kMostKept = 128 << 20;

using media::Format;

Result<Format> known_format(std::span<const uint8_t> bytes, const Limits& limits) {
  if (bytes.empty()) return Error{ErrorCode::kInvalid, "the file is empty"};
  if (bytes.size() > limits.file_bytes)
    return Error{ErrorCode::kLimit, "the file has " + std::to_string(bytes.size()) +
                                        " bytes; limits.file_mib allows " +
                                        std::to_string(limits.file_bytes)};
  const Format format = media::sniff(bytes);
  if (format == Format::kUnknown) {
    const std::string_view other = media::other_kind(bytes);
    return Error{ErrorCode::kInvalid,
                 (other.empty() ? "no known image format"
                                : "this is " + std::string(other) + ", which is not read") +
                     "; known are " + std::string(media::known_formats())};
  }
  return format;
}

Result<DecodedImage> decode(Format format, std::span<const uint8_t> bytes, const Limits& limits,
                            JpegColours colours) {
  switch (format) {
    case Format::kJpeg:
      return media::decode_jpeg(bytes, limits, colours);
    case Format::kPng:
    case Format::kGif:
    case Format::kTiff:
      return media::decode_by_vips(format, bytes, limits);
    case Format::kWebp:
      return media::decode_webp(bytes, limits);
    case Format::kAvif:
    case Format::kHeic:
      return media::decode_heif(format, bytes, limits);
    case Format::kBmp:
      return media::decode_bmp(bytes, limits);
    case Format::kPnm:
      return media::decode_pnm(bytes, limits);
    case Format::kJxl:
      return media::decode_jxl(bytes, limits);
    case Format::kUnknown:
      break;
  }
  return Error{ErrorCode::kInvalid, "no known image format"};
}

// The door where exceptions of libraries and of memory end.
template <class Call>
auto without_exceptions(Call call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kLimit, "decoding this picture needs more memory than there is"};
  } catch (const std::exception& failure) {
    return Error{ErrorCode::kCorrupt, std::string("the picture is damaged: ") + failure.what()};
  }
}

}  // namespace

Result<DecodedImage> decode_image(std::span<const uint8_t> bytes, const Limits& limits,
                                  JpegColours colours) {
  return without_exceptions([&]() -> Result<DecodedImage> {
    const Format format = TRY(known_format(bytes, limits));
    DecodedImage image = TRY(decode(format, bytes, limits, colours));
    image.format = media::name_of(format);
    return image;
  });
}

Result<std::vector<uint8_t>> preview_jpeg(std::span<const uint8_t> bytes, const Limits& limits,
                                          uint32_t side) {
  return without_exceptions([&]() -> Result<std::vector<uint8_t>> {
    const Format format = TRY(known_format(bytes, limits));
    Pixels pixels;
    if (format == Format::kJpeg) {
      pixels = TRY(media::decode_jpeg_reduced(bytes, limits, side));
    } else {
      Limits first_only = limits;
      first_only.frames = 1;
      DecodedImage image = TRY(decode(format, bytes, first_only, JpegColours::kDecoded));
      media::lay_on_grey(image.frames[0]);
      pixels = std::move(image.frames[0].pixels);
    }
    constexpr int kQuality = 70;
    return media::encode_jpeg(media::shrink(std::move(pixels), side).view(), kQuality);
  });
}

Rect shown_box(const Frame& frame) {
  const Pixels& shown = frame.shown;
  if (shown.samples.empty()) return {0, 0, frame.pixels.width, frame.pixels.height};
  uint32_t left = shown.width, right = 0, top = shown.height, bottom = 0;
  for (uint32_t y = 0; y < shown.height; ++y) {
    const auto row = shown.samples.begin() + static_cast<ptrdiff_t>(size_t{y} * shown.width);
    const auto end = row + shown.width;
    const auto first = std::find(row, end, 255);
    if (first == end) continue;
    const auto last = std::find(std::reverse_iterator(end), std::reverse_iterator(row), 255).base();
    left = std::min(left, static_cast<uint32_t>(first - row));
    right = std::max(right, static_cast<uint32_t>(last - row));
    top = std::min(top, y);
    bottom = y + 1;
  }
  return {left, top, right - left, bottom - top};
}

Status init_media(const char* name) {
  mallopt(M_MMAP_THRESHOLD, kLargestKept);
  mallopt(M_TRIM_THRESHOLD, kMostKept);
  TRY(media::init_vips(name));
  TRY(media::init_av());
  return media::init_heif();
}

}  // namespace weir
