// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace weir::media {

enum class Format { kUnknown, kJpeg, kPng, kWebp, kGif, kAvif, kHeic, kTiff, kBmp, kPnm, kJxl };

// What the first bytes say; names and content types of others are never asked. Formats that start
// alike are told apart as far as 256 bytes allow (ISO media: AVIF and HEIC by their brands).
Format sniff(std::span<const uint8_t> bytes);

// Of AVIF and HEIC: whether a brand says that the file holds a track of pictures beside a single
// one (ISO/IEC 23008-12, 10.3; AVIF, 6.3).
bool is_sequence(std::span<const uint8_t> bytes);

// "jpeg", "png", ... as in JSON; "unknown" for kUnknown.
std::string_view name_of(Format format);

// For messages: "JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, BMP, PNM and JPEG XL".
std::string_view known_formats();

// For messages: what these first bytes are of that is neither a picture nor a video that is read,
// such as "a Photoshop document"; empty when that is not known.
std::string_view other_kind(std::span<const uint8_t> bytes);

}  // namespace weir::media
