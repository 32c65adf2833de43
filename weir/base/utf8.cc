// SPDX-License-Identifier: Apache-2.0
#include "weir/base/utf8.h"

#include <cstdint>
#include <cstring>

namespace weir {
namespace {

uint8_t byte_at(std::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

bool is_ascii_word(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, 8);
  return (word & 0x8080808080808080ull) == 0;
}

// Length in bytes of the well-formed character at `i`, 0 when there is none. The range of the
// second byte depends on the first: that is what keeps out overlong forms, surrogates and the too
// large.
size_t character_bytes(std::string_view bytes, size_t i) {
  const uint8_t first = byte_at(bytes, i);
  if (first < 0x80) return 1;
  size_t length = 0;
  uint8_t low = 0x80;
  uint8_t high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  }
  if (length == 0 || bytes.size() - i < length) return 0;
  if (byte_at(bytes, i + 1) < low || byte_at(bytes, i + 1) > high) return 0;
  for (size_t k = 2; k < length; ++k)
    if ((byte_at(bytes, i + k) & 0xC0) != 0x80) return 0;
  return length;
}

// C0, DEL and C1 controls, line and paragraph separators, and the bidirectional controls, which can
// make a name read as another one.
bool disturbs_terminal(std::string_view character) {
  const uint8_t first = byte_at(character, 0);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  if (character.size() == 2) return first == 0xC2 && byte_at(character, 1) < 0xA0;
  if (character.size() != 3 || first != 0xE2) return false;
  const uint8_t second = byte_at(character, 1);
  const uint8_t third = byte_at(character, 2);
  if (second == 0x80)  // U+200E, U+200F, U+2028 to U+202E
    return third == 0x8E || third == 0x8F || (third >= 0xA8 && third <= 0xAE);
  return second == 0x81 && third >= 0xA6 && third <= 0xA9;  // U+2066 to U+2069
}

void append_escaped(std::string& out, std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    out += "\\x";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

std::string escape(std::string_view bytes, bool for_terminal) {
  std::string out;
  out.reserve(bytes.size());
  for (size_t i = 0; i < bytes.size();) {
    const size_t length = character_bytes(bytes, i);
    const std::string_view character = bytes.substr(i, length == 0 ? 1 : length);
    if (length == 0 || (for_terminal && disturbs_terminal(character)))
      append_escaped(out, character);
    else
      out += character;
    i += character.size();
  }
  return out;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  size_t i = 0;
  while (i < bytes.size()) {
    if (bytes.size() - i >= 8 && is_ascii_word(bytes.data() + i)) {
      i += 8;
      continue;
    }
    const size_t length = character_bytes(bytes, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string to_utf8(std::string_view bytes) {
  return escape(bytes, false);
}

std::string printable(std::string_view bytes) {
  return escape(bytes, true);
}

}  // namespace weir
