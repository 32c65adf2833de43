// SPDX-License-Identifier: Apache-2.0
#include "weir/base/hash256.h"

#include "weir/base/hex.h"

namespace weir {

std::string to_hex(const Hash256& hash) {
  return to_hex(std::span<const uint8_t>(to_bytes(hash)));
}

Result<Hash256> parse_hash256(std::string_view hex) {
  std::array<uint8_t, 32> bytes;
  TRY(parse_hex(hex, bytes));
  return hash256_from_bytes(bytes);
}

std::array<uint8_t, 32> to_bytes(const Hash256& hash) {
  std::array<uint8_t, 32> bytes;
  for (size_t i = 0; i < 32; ++i) {
    const size_t bit = 8 * (31 - i);
    bytes[i] = static_cast<uint8_t>(hash.words[bit / 64] >> (bit % 64));
  }
  return bytes;
}

Hash256 hash256_from_bytes(std::span<const uint8_t, 32> bytes) {
  Hash256 hash;
  for (size_t i = 0; i < 32; ++i) {
    const size_t bit = 8 * (31 - i);
    hash.words[bit / 64] |= uint64_t{bytes[i]} << (bit % 64);
  }
  return hash;
}

}  // namespace weir
