// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "weir/base/result.h"
#include "weir/signal/picture_features.h"

namespace weir {

// What a stored or transferred picture may have at most.
constexpr uint32_t kMostFeatures = 4096;
constexpr uint32_t kMostPlaneSide = 1024;

// The bytes of docs/formats/picture-features.md. Preconditions: at most kMostFeatures features, a
// plane of 1 channel with sides of at most kMostPlaneSide, and what shows of it none or as large.
std::vector<uint8_t> encode_features(const PictureFeatures& picture);

// How many bytes that will be.
size_t encoded_features_bytes(const PictureFeatures& picture);

// Everything is checked: places lie in the picture, numbers are finite, nothing is left over.
// Errors: corrupt.
Result<PictureFeatures> decode_features(std::span<const uint8_t> bytes);

// The width and height of the picture that such bytes are of. Precondition: they can be decoded.
std::pair<uint32_t, uint32_t> features_size(std::span<const uint8_t> bytes);

}  // namespace weir
