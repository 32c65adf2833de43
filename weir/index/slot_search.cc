// SPDX-License-Identifier: Apache-2.0
//
// Probing the slots of an image; slot_plan.h says why nothing is missed.
//
// A probe is three reads at random places, each leading to the next: the bucket's group, the row
// numbers, the hash. One after the other they would cost three trips to memory. So probes travel in
// batches through four stages, each of which asks for the cache lines that the next one will read,
// while three other batches are on their way:
//
//     probe    which buckets            -> asks for their groups
//     locate   where buckets start      -> asks for their row numbers
//     gather   which rows are in them   -> asks for their hashes
//     check    which hashes are near    -> the sink
//
// The stream of batches runs on over slots and queries, so that it drains once a search, not once a
// query.
#include <array>
#include <bit>
#include <cassert>
#include <vector>

#include "weir/index/image_search.h"

namespace weir {
namespace {

constexpr uint32_t kProbes = 128;  // in a batch; measured: 64 to 512 are alike

struct Range {
  uint32_t start = 0;  // in the slot's row numbers
  uint32_t count = 0;
};

struct Batch {
  uint32_t query = 0;
  uint32_t slot = 0;
  uint32_t probes = 0;
  std::array<uint32_t, kProbes> buckets;
  std::vector<Range> ranges;
  std::vector<uint32_t> rows;
};

// The next greater number with as many ones. Precondition: x > 0.
inline uint32_t next_combination(uint32_t x) {
  const uint32_t lowest = x & (0 - x);
  const uint32_t ripple = x + lowest;
  return (((ripple ^ x) >> 2) >> std::countr_zero(x)) | ripple;
}

// All probes of a search in order of query, slot, number of flipped bits. Flips count upward, so
// that those in the low bits, which share a cache line, come together.
class ProbeStream {
 public:
  ProbeStream(const SlotWidths& widths, const SlotPlan& plan, std::span<const Hash256> queries)
      : widths_(widths), plan_(plan), queries_(queries) {
    for (uint32_t i = 0, bit = 0; i < widths.slots; bit += widths.bits[i++]) first_bit_[i] = bit;
    enter_slot();
  }

  // False when there are no more.
  bool fill(Batch& batch) {
    batch.probes = 0;
    if (query_ == queries_.size()) return false;
    batch.query = query_;
    batch.slot = slot_;
    const uint32_t limit = uint32_t{1} << widths_.bits[slot_];
    while (batch.probes < kProbes) {
      batch.buckets[batch.probes++] = value_ ^ flips_;
      if (ones_ > 0) flips_ = next_combination(flips_);
      if (ones_ > 0 && flips_ < limit) continue;
      if (++ones_ > plan_.radius[slot_]) {
        ++slot_;
        enter_slot();
        break;
      }
      flips_ = (uint32_t{1} << ones_) - 1;
    }
    return true;
  }

  uint32_t first_bit(uint32_t slot) const { return first_bit_[slot]; }

 private:
  // Moves on to the next slot that is probed at all, of this query or the next.
  void enter_slot() {
    ones_ = 0;
    flips_ = 0;
    for (; query_ < queries_.size(); ++query_, slot_ = 0) {
      while (slot_ < widths_.slots && plan_.radius[slot_] < 0) ++slot_;
      if (slot_ == widths_.slots) continue;
      value_ = slot_value(queries_[query_], first_bit_[slot_], widths_.bits[slot_]);
      return;
    }
  }

  const SlotWidths& widths_;
  const SlotPlan& plan_;
  const std::span<const Hash256> queries_;
  std::array<uint32_t, SlotWidths::kMostSlots> first_bit_{};
  uint32_t query_ = 0;
  uint32_t slot_ = 0;
  int ones_ = 0;
  uint32_t flips_ = 0;
  uint32_t value_ = 0;
};

class SlotSearch {
 public:
  SlotSearch(const IndexImage& image, const SlotPlan& plan, const Search& search)
      : image_(image),
        plan_(plan),
        search_(search),
        widths_(image.shape().widths),
        rows_(static_cast<uint32_t>(image.rows())),
        probes_(widths_, plan, search.queries) {}

  void run() {
    std::array<Batch, 4> batches;
    uint32_t last = 0;  // of the turns; known once the stream ends
    for (uint32_t turn = 0; last == 0 || turn < last; ++turn) {
      // Oldest first: what was asked for longest ago is there.
      if (turn >= 3) check_hashes(batches[(turn - 3) % 4]);
      if (search_.sink.overflowed()) return;
      if (turn >= 2) gather(batches[(turn - 2) % 4]);
      if (turn >= 1) locate(batches[(turn - 1) % 4]);
      if (!probe(batches[turn % 4]) && last == 0) last = turn + 4;
    }
  }

 private:
  bool probe(Batch& batch) {
    if (!probes_.fill(batch)) return false;
    const BucketGroup* groups = image_.groups(batch.slot);
    for (uint32_t i = 0; i < batch.probes; ++i)
      __builtin_prefetch(&groups[batch.buckets[i] / BucketGroup::kBuckets]);
    return true;
  }

  void locate(Batch& batch) {
    batch.ranges.clear();
    const BucketGroup* groups = image_.groups(batch.slot);
    const uint32_t* row_numbers = image_.row_numbers(batch.slot);
    for (uint32_t i = 0; i < batch.probes; ++i) {
      const Range range = range_of(batch.slot, groups, batch.buckets[i]);
      // A file may claim anything; ours never leaves the rows.
      if (range.count == 0 || range.start > rows_ || range.count > rows_ - range.start) continue;
      batch.ranges.push_back(range);
      __builtin_prefetch(row_numbers + range.start);
      __builtin_prefetch(row_numbers + range.start + range.count - 1);
    }
  }

  void gather(Batch& batch) {
    batch.rows.clear();
    const uint32_t* row_numbers = image_.row_numbers(batch.slot);
    const Hash256* hashes = image_.row_hashes();
    for (const Range& range : batch.ranges) {
      for (uint32_t i = 0; i < range.count; ++i) {
        const uint32_t row = row_numbers[range.start + i];
        if (row >= rows_) continue;  // as above
        batch.rows.push_back(row);
        __builtin_prefetch(hashes + row);
      }
    }
  }

  void check_hashes(const Batch& batch) {
    if (found_.size() < batch.rows.size()) found_.resize(batch.rows.size());
    const Hash256& query = search_.queries[batch.query];
    const Hash256* hashes = image_.row_hashes();
    const size_t count = check(hashes, batch.rows, query, search_.radius, found_);
    for (size_t i = 0; i < count; ++i) {
      const uint32_t row = found_[i].row;
      if (is_in_earlier_slot(query, hashes[row], batch.slot)) continue;
      const uint32_t key = image_.keys()[row];
      if (search_.hidden != nullptr && search_.hidden->hides_base(key)) continue;
      if (!search_.sink.add(batch.query, found_[i].distance, key)) return;
    }
  }

  // A near row is near in several slots and would be found in each; the first one gives it away.
  bool is_in_earlier_slot(const Hash256& query, const Hash256& hash, uint32_t slot) const {
    for (uint32_t i = 0; i < slot; ++i) {
      const uint32_t first = probes_.first_bit(i);
      const uint32_t differ = slot_value(query, first, widths_.bits[i]) ^
                              slot_value(hash, first, widths_.bits[i]);
      if (std::popcount(differ) <= plan_.radius[i]) return true;
    }
    return false;
  }

  Range range_of(uint32_t slot, const BucketGroup* groups, uint32_t bucket) const {
    const BucketGroup group = groups[bucket / BucketGroup::kBuckets];
    if (group.counts == BucketGroup::kLong) [[unlikely]]
      return long_range(slot, group.first, groups[bucket / BucketGroup::kBuckets + 1].first,
                        bucket);
    const uint32_t shift = 4 * (bucket % BucketGroup::kBuckets);
    const uint32_t before = group.counts & ((uint32_t{1} << shift) - 1);
    // The sum of the nibbles: first into bytes, then the bytes into the topmost one.
    const uint32_t pairs = (before & 0x0F0F0F0F) + ((before >> 4) & 0x0F0F0F0F);
    return {group.first + ((pairs * 0x01010101) >> 24), (group.counts >> shift) & 15};
  }

  // Within a group the row numbers are in order of bucket, and each row tells its own.
  Range long_range(uint32_t slot, uint32_t first, uint32_t last, uint32_t bucket) const {
    if (first > last || last > rows_) return {};
    const uint32_t* row_numbers = image_.row_numbers(slot);
    const auto is_below = [&](uint32_t at, uint32_t value) {
      const uint32_t row = row_numbers[at];
      return row < rows_ && slot_value(image_.row_hashes()[row], probes_.first_bit(slot),
                                       widths_.bits[slot]) < value;
    };
    const auto first_not_below = [&](uint32_t value) {
      uint32_t low = first;
      uint32_t high = last;
      while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (is_below(middle, value)) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    };
    const uint32_t start = first_not_below(bucket);
    return {start, first_not_below(bucket + 1) - start};
  }

  const IndexImage& image_;
  const SlotPlan& plan_;
  const Search& search_;
  const SlotWidths& widths_;
  const uint32_t rows_;
  ProbeStream probes_;
  std::vector<Found> found_;
};

}  // namespace

void search_slots(const IndexImage& image, const SlotPlan& plan, const Search& search) {
  assert(image.has_slots());
  SlotSearch(image, plan, search).run();
}

}  // namespace weir
