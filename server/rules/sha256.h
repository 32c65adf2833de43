// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace weir {

// SHA-256 of `bytes` (FIPS 180-4), for content keys and log leaves.
std::array<uint8_t, 32> sha256_of(std::span<const uint8_t> bytes);

}  // namespace weir
