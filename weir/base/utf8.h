// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace weir {

// Well-formed UTF-8 as Unicode 15 table 3-7 has it: no overlong forms, no surrogates, nothing above
// U+10FFFF. Zero bytes count as characters; the empty string is well-formed.
bool is_utf8(std::string_view bytes);

// `bytes` as UTF-8 that JSON takes: each byte that is not part of well-formed UTF-8 becomes \xNN,
// so that two different file names stay different on most file systems. All else is unchanged.
std::string to_utf8(std::string_view bytes);

// As to_utf8(), and safe on a terminal and in a log line: control characters (line ends and tabs
// too) and the characters that turn the direction of text are written as \xNN, byte by byte.
std::string printable(std::string_view bytes);

}  // namespace weir
