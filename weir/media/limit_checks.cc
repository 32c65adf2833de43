// SPDX-License-Identifier: Apache-2.0
#include "weir/media/limit_checks.h"

namespace weir::media {

Status check_size(Format format, uint64_t width, uint64_t height, uint64_t bytes_per_pixel,
                  const Limits& limits) {
  const std::string says = "the " + std::string(name_of(format)) + " header says " +
                           std::to_string(width) + " x " + std::to_string(height) + " pixels";
  if (width == 0 || height == 0) return Error{ErrorCode::kCorrupt, says + ", which is no picture"};
  if (width > limits.dimension || height > limits.dimension)
    return Error{ErrorCode::kLimit, says + "; limits.dimension allows " +
                                        std::to_string(limits.dimension) + " a side"};
  if (width * height > limits.pixels)  // no overflow: both sides are below 2^32 here
    return Error{ErrorCode::kLimit,
                 says + "; limits.pixels allows " + std::to_string(limits.pixels)};
  if (width * height > limits.memory_bytes / bytes_per_pixel)
    return Error{ErrorCode::kLimit, says + ", which need more than the " +
                                        std::to_string(limits.memory_bytes) +
                                        " bytes that limits.memory_mib allows"};
  return {};
}

Result<std::string> note_missing_rows(Format format, uint64_t read, uint64_t rows) {
  const std::string missing = "the last " + std::to_string(rows - read) + " of " +
                              std::to_string(rows) + " rows are missing";
  if (read * 2 < rows)
    return Error{ErrorCode::kCorrupt, "the " + std::string(name_of(format)) +
                                          " picture breaks off: " + missing +
                                          "; at least half must be readable"};
  return "truncated: " + missing;
}

}  // namespace weir::media
