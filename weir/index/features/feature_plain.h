// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "weir/index/features/feature_index.h"

namespace weir::plain {

// The definition of LiveFeatureIndex::vote(), over the rows that a vote can see. Slow.
FeatureVote vote(std::span<const FeatureRow> rows, std::span<const FeatureQuery> upright,
                 std::span<const FeatureQuery> mirrored, size_t most);

}  // namespace weir::plain
