// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "weir/index/features/feature_index.h"
#include "weir/index/features/feature_segment.h"

namespace weir {

// One vote over several segments at once. A key whose rows stand in several of them is one key.
// Equal to plain::vote() over the rows that no source hides.
FeatureVote count_votes(std::span<const FeatureSegment::Source> sources,
                        std::span<const FeatureQuery> upright,
                        std::span<const FeatureQuery> mirrored, size_t most);

}  // namespace weir
