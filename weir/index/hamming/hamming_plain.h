// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/base/hash256.h"
#include "weir/index/hamming/hamming_index.h"

namespace weir {

// What HammingIndex::search() means, written as plainly as possible: every query against every row.
// The oracle of the tests and of the benchmark; far too slow for anything else.
std::vector<Neighbour> search_plain(std::span<const HammingRow> rows,
                                    std::span<const Hash256> queries, Distance radius);

}  // namespace weir
