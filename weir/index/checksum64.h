// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace weir {

// 64 bits that tell accidental damage, at the speed of memory; docs/formats/hamming-index.md
// defines it. A change within one 8-byte word is always seen, any other is missed once in 2^64. It
// does not keep anyone from making bytes of a wanted sum: who reads a file must survive any
// content.
uint64_t checksum64(std::span<const uint8_t> bytes);

}  // namespace weir
