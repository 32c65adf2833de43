// SPDX-License-Identifier: Apache-2.0
#include "weir/base/hex.h"

namespace weir {
namespace {

// The digit's value, or -1.
int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_hex(std::span<const uint8_t> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const uint8_t byte : bytes) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

Status parse_hex(std::string_view hex, std::span<uint8_t> bytes) {
  if (hex.size() != 2 * bytes.size())
    return Error{ErrorCode::kInvalid, "expected " + std::to_string(2 * bytes.size()) +
                                          " hex digits, found " + std::to_string(hex.size()) +
                                          " characters"};
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int high = digit_value(hex[2 * i]);
    const int low = digit_value(hex[2 * i + 1]);
    if (high < 0 || low < 0)
      return Error{ErrorCode::kInvalid,
                   "not a hex digit at position " + std::to_string(high < 0 ? 2 * i : 2 * i + 1)};
    bytes[i] = static_cast<uint8_t>(high * 16 + low);
  }
  return {};
}

}  // namespace weir
