// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "weir/base/byte_source.h"

namespace weir {

// Whether a file is surely one picture that does not move, told from how its format lays it out and
// without decoding anything. Such a file is short work, so it need not wait behind videos. What
// says so falsely is looked at as a picture all the same, in the time that a picture has.
//
// Example: a PNG whose pixels begin before any `acTL` chunk is one picture; so is a GIF that ends
// after its first picture.
//
// Counter-example: a container of video, a TIFF of many pages, a file that is cut off in its head
// and what this does not know are not surely still.
bool is_surely_still(ByteSource& file);
bool is_surely_still(int fd, uint64_t bytes);  // open for reading; its position stays

}  // namespace weir
