// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/hamming_plain.h"

#include <algorithm>

namespace weir {

std::vector<Neighbour> search_plain(std::span<const HammingRow> rows,
                                    std::span<const Hash256> queries, Distance radius) {
  std::vector<Neighbour> found;
  for (uint32_t query = 0; query < queries.size(); ++query) {
    for (const HammingRow& row : rows) {
      const Distance apart = distance(queries[query], row.hash);
      if (apart <= radius) found.push_back({query, apart, row.key});
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace weir
