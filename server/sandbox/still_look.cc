// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/still_look.h"

#include <array>
#include <optional>
#include <string_view>

#include "server/sandbox/open_file.h"

namespace weir {
namespace {

constexpr int kMostChunks = 1'000;       // of a PNG, before its pixels
constexpr int kMostGifBlocks = 100'000;  // 255 bytes each at most: 25 MB of one picture

// Bytes at a place of the file. Past its end there is nothing.
class Looker {
 public:
  explicit Looker(ByteSource& file) : file_(file) {}

  std::optional<uint8_t> byte(uint64_t at) {
    if (at < begin_ || at >= begin_ + size_) {
      const auto got = file_.read(at, room_);
      begin_ = at;
      size_ = got ? *got : 0;
      if (size_ == 0) return {};
    }
    return room_[at - begin_];
  }
  bool is(uint64_t at, std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i)
      if (byte(at + i) != static_cast<uint8_t>(text[i])) return false;
    return true;
  }
  // Big-endian, as PNG has it.
  std::optional<uint32_t> number(uint64_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) {
      const auto one = byte(at + i);
      if (!one) return {};
      value = value << 8 | *one;
    }
    return value;
  }

 private:
  ByteSource& file_;
  std::array<uint8_t, 4096> room_{};
  uint64_t begin_ = 0;
  size_t size_ = 0;
};

// PNG specification, third edition, 5.2: what animates it stands before the pixels.
bool is_still_png(Looker& file) {
  uint64_t at = 8;
  for (int i = 0; i < kMostChunks; ++i) {
    const auto length = file.number(at);
    if (!length || file.is(at + 4, "acTL")) return false;
    if (file.is(at + 4, "IDAT")) return true;
    at += uint64_t{*length} + 12;
  }
  return false;
}

// WebP container specification: a file of one picture, or an extended one without the flag.
bool is_still_webp(Looker& file) {
  if (file.is(12, "VP8 ") || file.is(12, "VP8L")) return true;
  const auto flags = file.byte(20);
  return file.is(12, "VP8X") && flags && (*flags & 2) == 0;
}

// GIF89a, sections 17 to 27: one image descriptor, and then the trailer.
bool is_still_gif(Looker& file) {
  const auto colours = [&](uint64_t at) -> uint64_t {
    const auto packed = file.byte(at);
    return packed && (*packed & 0x80) != 0 ? uint64_t{3} << ((*packed & 7) + 1) : 0;
  };
  uint64_t at = 13 + colours(10);
  int pictures = 0;
  for (int blocks = 0; blocks < kMostGifBlocks;) {
    const auto kind = file.byte(at);
    if (!kind) return false;
    if (*kind == 0x3b) return pictures == 1;
    if (*kind == 0x2c && ++pictures > 1) return false;
    if (*kind == 0x2c)
      at += 10 + colours(at + 9) + 1;
    else if (*kind == 0x21)
      at += 2;
    else
      return false;
    for (; blocks < kMostGifBlocks; ++blocks) {
      const auto length = file.byte(at);
      if (!length) return false;
      at += uint64_t{*length} + 1;
      if (*length == 0) break;
    }
  }
  return false;
}

// ISO/IEC 23008-12 (HEIF), annex B; AVIF 1.1, section 8: its brands name what is in it.
bool is_still_heif(Looker& file) {
  const auto length = file.number(0);
  if (!length || *length > 512) return false;
  bool is_picture = false;
  for (uint64_t at = 8; at + 4 <= *length; at += at == 8 ? 8 : 4) {
    for (const char* moving : {"avis", "msf1", "hevc", "hevx", "heis", "hevs", "isom"})
      if (file.is(at, moving)) return false;
    for (const char* still : {"avif", "heic", "heix", "mif1"}) is_picture |= file.is(at, still);
  }
  return is_picture;
}

}  // namespace

bool is_surely_still(int fd, uint64_t bytes) {
  FileBytes file(fd, bytes);
  return is_surely_still(file);
}

bool is_surely_still(ByteSource& bytes) {
  Looker file(bytes);
  if (file.is(0, "\xff\xd8\xff") || file.is(0, "BM")) return true;
  if (file.is(0, "\x89PNG\r\n\x1a\n")) return is_still_png(file);
  if (file.is(0, "RIFF") && file.is(8, "WEBP")) return is_still_webp(file);
  if (file.is(0, "GIF87a") || file.is(0, "GIF89a")) return is_still_gif(file);
  if (file.is(4, "ftyp")) return is_still_heif(file);
  return false;
}

}  // namespace weir
