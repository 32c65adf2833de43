// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "weir/base/result.h"
#include "weir/index/features/feature_segment.h"

namespace weir {

// A segment on disk: docs/formats/feature-index.md. All bytes are covered by checksums or are zeros
// that are looked at, and what leads from one part to another is checked too when it is read.

// Errors: not_found when the folder is not there, denied, unavailable.
Status write_feature_file(const FeatureSegment& segment, const std::string& path);

// Errors: not_found, denied, unavailable; corrupt; invalid when it is of another version.
Result<FeatureSegment> read_feature_file(const std::string& path);

// The same from bytes that are a file's content; `name` is for messages.
Result<FeatureSegment> read_feature_bytes(std::span<const uint8_t> bytes, const std::string& name);

}  // namespace weir
