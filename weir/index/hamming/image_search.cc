// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/image_search.h"

#include <algorithm>
#include <array>
#include <optional>

#include "weir/index/hamming/live_tail.h"

namespace weir {
namespace {

// Row-wise hashes turned into columns block by block: a few instructions a row, shared by all
// queries of the batch, while the rows come from memory anyway.
template <class OnFound>
void scan_rows(const Hash256* hashes, size_t rows, const Search& search, OnFound&& found) {
  constexpr size_t kBlockRows = 512;
  constexpr size_t kApart = kBlockRows + 8;  // columns 4 KiB apart would compete for cache sets
  std::array<std::array<uint64_t, kApart>, 4> words;
  bool goes_on = true;
  for (size_t first = 0; first < rows && goes_on; first += kBlockRows) {
    const size_t count = std::min(kBlockRows, rows - first);
    split({hashes + first, count},
          {words[0].data(), words[1].data(), words[2].data(), words[3].data()});
    const HashColumns block{{words[0].data(), words[1].data(), words[2].data(), words[3].data()},
                            count};
    scan_columns(block, search, [&](uint32_t query, size_t row, Distance distance) {
      return goes_on = found(query, first + row, distance);
    });
  }
}

}  // namespace

Status Search::check() const {
  if (radius.bits > 256)
    return Error{ErrorCode::kInvalid,
                 "a radius is at most 256 bits, not " + std::to_string(radius.bits)};
  if (queries.size() > UINT32_MAX)
    return Error{ErrorCode::kInvalid, "one search takes at most 4294967295 hashes"};
  return {};
}

bool Search::found(uint32_t query, Distance distance, uint32_t key) const {
  if (tail != nullptr) {
    const uint64_t place = first_place + key;
    const uint32_t tail_key = tail->key(place);
    if (hidden != nullptr && hidden->hides_tail(tail_key, place)) return true;
    return sink.add(query, distance, tail_key);
  }
  if (hidden != nullptr && hidden->hides_base(key)) return true;
  return sink.add(query, distance, key);
}

void search_by_scan(const IndexImage& image, const Search& search) {
  const auto keys = image.keys();
  const auto found = [&](uint32_t query, size_t row, Distance distance) {
    return search.found(query, distance, keys[row]);
  };
  if (image.has_slots()) {
    scan_rows(image.row_hashes(), image.rows(), search, found);
  } else {
    scan_columns(image.columns(), search, found);
  }
}

void search_image(const IndexImage& image, const Search& search) {
  if (image.rows() == 0 || search.queries.empty()) return;
  if (image.has_slots()) {
    const double scan_ns = scan_query_ns(image.rows(), search.radius, search.queries.size());
    const auto plan = plan_slots(image.shape().widths, image.rows(), search.radius, scan_ns);
    if (plan) return search_slots(image, *plan, search);
  }
  search_by_scan(image, search);
}

}  // namespace weir
