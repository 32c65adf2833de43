// SPDX-License-Identifier: Apache-2.0
#include "weir/media/format.h"

#include <algorithm>
#include <cstring>

namespace weir::media {
namespace {

using Bytes = std::span<const uint8_t>;

bool has(Bytes bytes, size_t at, std::string_view magic) {
  return bytes.size() >= at + magic.size() &&
         std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
}

uint32_t big_endian_32(Bytes bytes, size_t at) {
  return uint32_t{bytes[at]} << 24 | uint32_t{bytes[at + 1]} << 16 | uint32_t{bytes[at + 2]} << 8 |
         uint32_t{bytes[at + 3]};
}

// The ftyp box names a major brand and then compatible ones (ISO/IEC 14496-12, 4.3). Brands of
// structure alone ("mif1", "msf1") say nothing of the codec, so the first brand that does decides.
Format sniff_iso_media(Bytes bytes) {
  if (bytes.size() < 16 || !has(bytes, 4, "ftyp")) return Format::kUnknown;
  const size_t end = std::min<size_t>({bytes.size(), big_endian_32(bytes, 0), 256});
  bool is_image = false;
  for (size_t at = 8; at + 4 <= end; at += 4) {
    if (at == 12) continue;  // the minor version, no brand
    for (const std::string_view brand : {"avif", "avis"})
      if (has(bytes, at, brand)) return Format::kAvif;
    for (const std::string_view brand : {"heic", "heix", "heim", "heis", "hevc", "hevx"})
      if (has(bytes, at, brand)) return Format::kHeic;
    is_image |= has(bytes, at, "mif1") || has(bytes, at, "msf1");
  }
  return is_image ? Format::kHeic : Format::kUnknown;
}

bool is_tiff(Bytes bytes) {
  using namespace std::string_view_literals;
  return has(bytes, 0, "II*\0"sv) || has(bytes, 0, "MM\0*"sv) ||  // classic
         has(bytes, 0, "II+\0"sv) || has(bytes, 0, "MM\0+"sv);    // BigTIFF
}

bool is_jxl(Bytes bytes) {
  using namespace std::string_view_literals;
  return has(bytes, 0, "\xFF\x0A"sv) ||                // bare codestream
         has(bytes, 0, "\0\0\0\x0CJXL \r\n\x87\n"sv);  // in boxes
}

// "BM" alone would claim any text that starts so: the length of the info header must be a known
// one.
bool is_bmp(Bytes bytes) {
  if (!has(bytes, 0, "BM") || bytes.size() < 18) return false;
  constexpr uint8_t kHeaderBytes[] = {12, 16, 40, 52, 56, 64, 108, 124};
  return std::ranges::find(kHeaderBytes, bytes[14]) != std::end(kHeaderBytes) && bytes[15] == 0 &&
         bytes[16] == 0 && bytes[17] == 0;
}

}  // namespace

Format sniff(Bytes bytes) {
  if (has(bytes, 0, "\xFF\xD8\xFF")) return Format::kJpeg;
  if (has(bytes, 0, "\x89PNG\r\n\x1A\n")) return Format::kPng;
  if (has(bytes, 0, "RIFF") && has(bytes, 8, "WEBP")) return Format::kWebp;
  if (has(bytes, 0, "GIF87a") || has(bytes, 0, "GIF89a")) return Format::kGif;
  if (is_tiff(bytes)) return Format::kTiff;
  if (is_jxl(bytes)) return Format::kJxl;
  if (is_bmp(bytes)) return Format::kBmp;
  return sniff_iso_media(bytes);
}

std::string_view name_of(Format format) {
  switch (format) {
    case Format::kUnknown:
      return "unknown";
    case Format::kJpeg:
      return "jpeg";
    case Format::kPng:
      return "png";
    case Format::kWebp:
      return "webp";
    case Format::kGif:
      return "gif";
    case Format::kAvif:
      return "avif";
    case Format::kHeic:
      return "heic";
    case Format::kTiff:
      return "tiff";
    case Format::kBmp:
      return "bmp";
    case Format::kJxl:
      return "jxl";
  }
  return "unknown";
}

std::string_view known_formats() {
  return "JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, BMP and JPEG XL";
}

}  // namespace weir::media
