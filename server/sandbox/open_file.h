// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "server/sandbox/socket.h"
#include "weir/base/result.h"

namespace weir {

// A file that may be handed to a decoder: regular, and open for reading only.
struct ReadableFile {
  Fd owned;  // closed with this; not open when the descriptor stays the caller's
  int fd = -1;
  uint64_t bytes = 0;
};

// Opens a regular file, following symbolic links, without ever waiting for a pipe or a device and
// without making a terminal the controlling one.
// Errors: not_found; denied; invalid for anything but a regular file; unavailable for other
// failures. Messages show the name with printable().
Result<ReadableFile> open_file(const std::string& path);

// Checks an open descriptor; one that could also be written to is opened anew, for reading only.
// Errors: as above.
Result<ReadableFile> readable_file(int fd);

}  // namespace weir
