// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "weir/base/result.h"

namespace weir {

// Two lower-case digits a byte, in order.
std::string to_hex(std::span<const uint8_t> bytes);

// Fills `bytes` from `hex`, either case. Errors: invalid unless hex has exactly two hex digits a
// byte; the message says how many were expected and found.
Status parse_hex(std::string_view hex, std::span<uint8_t> bytes);

}  // namespace weir
