// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/index_build.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

namespace weir {
namespace {

bool before(const HammingRow& a, const HammingRow& b) {
  return a.key != b.key ? a.key < b.key : a.hash < b.hash;
}

// Rows stand in order of key, then hash. Mostly they come so (entries are numbered as they are
// made).
void fill_rows(std::span<const HammingRow> rows, IndexImage& image) {
  if (std::is_sorted(rows.begin(), rows.end(), before)) {
    for (uint64_t i = 0; i < rows.size(); ++i) image.set_row(i, rows[i].hash, rows[i].key);
    return;
  }
  std::vector<uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [rows](uint32_t a, uint32_t b) { return before(rows[a], rows[b]); });
  for (uint64_t i = 0; i < rows.size(); ++i) {
    const HammingRow& row = rows[order[i]];
    image.set_row(i, row.hash, row.key);
  }
}

// A counting sort by the slot's value: lengths of the buckets, their starts, then the row numbers.
// `next` has a place for each bucket and one more.
void fill_slot(IndexImage& image, uint32_t slot, uint32_t first_bit, std::span<uint32_t> next) {
  const uint32_t bits = image.shape().widths.bits[slot];
  const uint64_t buckets = uint64_t{1} << bits;
  const Hash256* hashes = std::as_const(image).row_hashes();
  const auto value = [&](uint64_t row) { return slot_value(hashes[row], first_bit, bits); };

  std::fill_n(next.begin(), buckets, 0u);
  for (uint64_t row = 0; row < image.rows(); ++row) ++next[value(row)];

  BucketGroup* groups = image.groups(slot);
  uint32_t start = 0;
  for (uint64_t bucket = 0; bucket < buckets;) {
    BucketGroup& group = groups[bucket / BucketGroup::kBuckets];
    group.first = start;
    for (uint32_t b = 0; b < BucketGroup::kBuckets; ++b, ++bucket) {
      const uint32_t count = next[bucket];
      if (count > BucketGroup::kMostRows) group.counts = BucketGroup::kLong;
      if (group.counts != BucketGroup::kLong) group.counts |= count << (4 * b);
      next[bucket] = start;
      start += count;
    }
  }
  groups[buckets / BucketGroup::kBuckets].first = start;

  uint32_t* row_numbers = image.row_numbers(slot);
  for (uint64_t row = 0; row < image.rows(); ++row)
    row_numbers[next[value(row)]++] = static_cast<uint32_t>(row);
}

Status fill_slots(IndexImage& image) {
  const SlotWidths& widths = image.shape().widths;
  std::atomic<uint32_t> next_slot{0};
  std::atomic<bool> has_memory{true};
  const uint64_t most_buckets = uint64_t{1}
                                << *std::max_element(widths.bits.begin(), widths.bits.end());
  const auto work = [&] {
    auto next = HugeMemory::allocate(most_buckets * sizeof(uint32_t));
    if (!next) {
      has_memory = false;
      return;
    }
    const std::span places{reinterpret_cast<uint32_t*>(next->data()), most_buckets};
    for (uint32_t slot; (slot = next_slot.fetch_add(1)) < widths.slots;) {
      uint32_t first_bit = 0;
      for (uint32_t i = 0; i < slot; ++i) first_bit += widths.bits[i];
      fill_slot(image, slot, first_bit, places);
    }
  };
  {
    // Each thread takes a table as large as a slot's buckets, so more of them mean more memory.
    std::jthread other;
    if (image.rows() > 100'000) other = std::jthread(work);
    work();
  }
  if (!has_memory)
    return Error{ErrorCode::kUnavailable,
                 "no memory to build an index of " + std::to_string(image.rows()) + " rows"};
  return {};
}

}  // namespace

Result<IndexImage> build_image(std::span<const HammingRow> rows, const SlotWidths& widths) {
  if (rows.size() > UINT32_MAX)
    return Error{ErrorCode::kLimit,
                 "an index holds at most 4294967295 rows, not " + std::to_string(rows.size())};
  IndexImage image = TRY(IndexImage::allocate({rows.size(), widths}));
  fill_rows(rows, image);
  if (image.has_slots()) TRY(fill_slots(image));
  return image;
}

}  // namespace weir
