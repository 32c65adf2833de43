// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "weir/base/result.h"
#include "weir/index/hamming/index_image.h"

namespace weir {

// An image on disk: docs/formats/hamming-index.md. All bytes are covered by checksums, and all are
// checked when the file is read.

// Errors: see HammingIndex::save().
Status write_index_file(const IndexImage& image, const std::string& path);

// Errors: see HammingIndex::open().
Result<IndexImage> read_index_file(const std::string& path);

// The same from bytes that are a file's content; `name` is for messages.
Result<IndexImage> read_index_bytes(std::span<const uint8_t> bytes, const std::string& name);

}  // namespace weir
