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

// "P" and a digit, and white space or a comment before the width: text hardly begins so.
bool is_pnm(Bytes bytes) {
  if (bytes.size() < 8 || bytes[0] != 'P' || bytes[1] < '1' || bytes[1] > '7') return false;
  const auto is_space = [](uint8_t c) { return c == ' ' || (c >= 9 && c <= 13); };
  if (bytes[1] == '7') return has(bytes, 2, "\nWIDTH") || has(bytes, 2, "\nHEIGHT");
  size_t at = 2;
  while (at < bytes.size() && is_space(bytes[at])) ++at;
  return at > 2 && at < bytes.size() &&
         ((bytes[at] >= '0' && bytes[at] <= '9') || bytes[at] == '#');
}

// What people send that is neither a picture nor a video that is read here.
struct OtherKind {
  size_t at;
  std::string_view magic;
  std::string_view name;
};
using namespace std::string_view_literals;
constexpr OtherKind kOtherKinds[] = {
    {0, "\0\0\1\0"sv, "a Windows icon"},
    {0, "\0\0\2\0"sv, "a Windows cursor"},
    {0, "\0\0\0\x0CjP  "sv, "JPEG 2000"},
    {0, "\xFF\x4F\xFF\x51"sv, "JPEG 2000"},
    {0, "8BPS"sv, "a Photoshop document"},
    {0, "%PDF-"sv, "a PDF document"},
    {0, "%!PS"sv, "PostScript"},
    {0, "<svg"sv, "a drawing in SVG"},
    {0, "<?xml"sv, "XML, such as a drawing in SVG"},
    {0, "ID3"sv, "sound as MP3"},
    {0, "fLaC"sv, "sound as FLAC"},
    {8, "WAVE"sv, "sound as WAV"},
    {4, "ftypM4A"sv, "sound as MPEG-4"},
    {0, "PK\3\4"sv, "a zip archive"},
    {0, "Rar!\x1A\7"sv, "a RAR archive"},
    {0, "7z\xBC\xAF\x27\x1C"sv, "a 7z archive"},
    {0, "\x1F\x8B"sv, "something compressed by gzip"},
    {0, "\xD0\xCF\x11\xE0"sv, "an old document of Microsoft Office"},
    {0,
     "\x7F"
     "ELF"sv,
     "a program"},
    {0, "MZ"sv, "a program"},
    {0, "#!"sv, "a script"},
};

}  // namespace

Format sniff(Bytes bytes) {
  if (has(bytes, 0, "\xFF\xD8\xFF")) return Format::kJpeg;
  if (has(bytes, 0, "\x89PNG\r\n\x1A\n")) return Format::kPng;
  if (has(bytes, 0, "RIFF") && has(bytes, 8, "WEBP")) return Format::kWebp;
  if (has(bytes, 0, "GIF87a") || has(bytes, 0, "GIF89a")) return Format::kGif;
  if (is_tiff(bytes)) return Format::kTiff;
  if (is_jxl(bytes)) return Format::kJxl;
  if (is_bmp(bytes)) return Format::kBmp;
  if (is_pnm(bytes)) return Format::kPnm;
  return sniff_iso_media(bytes);
}

bool is_sequence(Bytes bytes) {
  if (bytes.size() < 16 || !has(bytes, 4, "ftyp")) return false;
  const size_t end = std::min<size_t>({bytes.size(), big_endian_32(bytes, 0), 256});
  for (size_t at = 8; at + 4 <= end; at += 4)
    for (const std::string_view brand : {"avis", "msf1", "hevc", "hevx"})
      if (at != 12 && has(bytes, at, brand)) return true;
  return false;
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
    case Format::kPnm:
      return "pnm";
    case Format::kJxl:
      return "jxl";
  }
  return "unknown";
}

std::string_view known_formats() {
  return "JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, BMP, PNM and JPEG XL";
}

std::string_view other_kind(Bytes bytes) {
  for (const OtherKind& one : kOtherKinds)
    if (has(bytes, one.at, one.magic)) return one.name;
  // Frames of MPEG audio begin with eleven set bits; layer and bit rate are never all of zeros.
  const bool is_mpeg_audio = bytes.size() > 3 && bytes[0] == 0xFF && (bytes[1] & 0xE0) == 0xE0 &&
                             (bytes[1] & 0x06) != 0 && (bytes[2] & 0xF0) != 0xF0;
  if (is_mpeg_audio) return "sound as MP3";
  const auto is_text = [](uint8_t c) { return c >= 32 ? c != 127 : c == 9 || c == 10 || c == 13; };
  const Bytes head = bytes.first(std::min<size_t>(bytes.size(), 256));
  return !head.empty() && std::ranges::all_of(head, is_text) ? "text" : "";
}

}  // namespace weir::media
