// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "weir/base/hash256.h"
#include "weir/index/hamming/index_image.h"
#include "weir/index/hamming/neighbour_sink.h"
#include "weir/index/hamming/slot_plan.h"
#include "weir/index/hidden_keys.h"

namespace weir {

class LiveTail;

// What all parts of one search share.
struct Search {
  std::span<const Hash256> queries;
  Distance radius;
  const HiddenKeys* hidden = nullptr;  // rows to leave out; null: none
  NeighbourSink& sink;
  const LiveTail* tail = nullptr;  // if not null, a key k of the image stands for the row of this
  uint64_t first_place = 0;        // tail at first_place + k

  // Gives the sink a row of the image that is not hidden. False when the search may stop.
  bool found(uint32_t query, Distance distance, uint32_t key) const;

  // Precondition of the parts: checked once by whoever starts a search.
  // Errors: invalid if radius > 256 or there are more queries than a Neighbour can number.
  Status check() const;
};

// Gives the sink every row of the image within the radius, by probing slots or by a scan, whichever
// should be sooner. May stop early once the sink has overflowed.
void search_image(const IndexImage& image, const Search& search);

// The two ways, for search_image() and for tests. Precondition of the first: image.has_slots().
void search_slots(const IndexImage& image, const SlotPlan& plan, const Search& search);
void search_by_scan(const IndexImage& image, const Search& search);

// Gives `found` each row of `columns` within the radius: found(query, row, distance), by block of
// rows, then query. It returns false to stop.
template <class OnFound>
void scan_columns(const HashColumns& columns, const Search& search, OnFound&& found) {
  // Half of each hash of a block, which is what a scan mostly reads, fits the first-level cache.
  constexpr size_t kBlockRows = 1024;
  std::array<Found, kBlockRows> hits;
  for (size_t first = 0; first < columns.rows; first += kBlockRows) {
    const HashColumns block = columns.slice(first, std::min(kBlockRows, columns.rows - first));
    for (uint32_t query = 0; query < search.queries.size(); ++query) {
      const size_t count = scan(block, search.queries[query], search.radius, hits);
      for (size_t i = 0; i < count; ++i)
        if (!found(query, first + hits[i].row, hits[i].distance)) return;
    }
  }
}

}  // namespace weir
