// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "weir/base/result.h"

namespace weir {

// 256 bits, as PDQ makes them: bit k is bit k % 64 of words[k / 64]. Written as 64 hex digits, the
// digit of bits 255..252 first (the order of the published PDQ tools).
struct Hash256 {
  std::array<uint64_t, 4> words{};

  bool bit(size_t k) const { return (words[k / 64] >> (k % 64)) & 1; }
  void set_bit(size_t k) { words[k / 64] |= uint64_t{1} << (k % 64); }
  void flip_bit(size_t k) { words[k / 64] ^= uint64_t{1} << (k % 64); }
  Hash256 operator~() const { return {{~words[0], ~words[1], ~words[2], ~words[3]}}; }

  friend auto operator<=>(const Hash256&, const Hash256&) = default;
};

// A count of differing bits, 0 to 256.
struct Distance {
  uint16_t bits = 0;
  friend auto operator<=>(const Distance&, const Distance&) = default;
};

inline Distance distance(const Hash256& a, const Hash256& b) {
  int bits = 0;
  for (size_t w = 0; w < 4; ++w) bits += std::popcount(a.words[w] ^ b.words[w]);
  return Distance{static_cast<uint16_t>(bits)};
}

// 64 lower-case hex digits.
std::string to_hex(const Hash256& hash);

// Accepts either case. Errors: invalid unless exactly 64 hex digits.
Result<Hash256> parse_hash256(std::string_view hex);

// 32 bytes, most significant first: the bytes that to_hex() writes.
std::array<uint8_t, 32> to_bytes(const Hash256& hash);
Hash256 hash256_from_bytes(std::span<const uint8_t, 32> bytes);

}  // namespace weir
