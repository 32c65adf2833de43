// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "weir/hash/features/feature_code_table.h"
#include "weir/signal/picture_features.h"

namespace weir {

using FeatureOutputs = std::array<int32_t, kFeatureOutputs>;

namespace plain {

// The definitions: what code_of() computes.
FeatureOutputs outputs(const std::array<uint8_t, 128>& descriptor);
FeatureCode code_of(const LocalFeature& feature);

}  // namespace plain
}  // namespace weir
