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
//
// Whether a bucket is empty, and how many rows it has, is as good as random, and a branch on it
// would be guessed wrong every other time, which costs more than the rest of a probe. So results
// are written whether they count or not, and the place to write moves on only if they do.
#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <vector>

#include "weir/index/hamming/image_search.h"

namespace weir {
namespace {

constexpr uint32_t kProbes = 128;  // in a batch; measured: 64 to 256 are alike
constexpr uint32_t kFewRows = 4;   // in a bucket; more are rare

struct Range {
  uint32_t start = 0;  // in the slot's row numbers
  uint32_t count = 0;
};

struct Batch {
  uint32_t query = 0;
  uint32_t slot = 0;
  uint32_t probes = 0;
  uint32_t ranges = 0;
  uint32_t rows = 0;
  std::array<uint32_t, kProbes> bucket;
  std::array<Range, kProbes> range;
  std::vector<uint32_t> row = std::vector<uint32_t>(kProbes * kFewRows);
};

// The next greater number with as many ones. Precondition: x > 0.
inline uint32_t next_combination(uint32_t x) {
  const uint32_t lowest = x & (0 - x);
  const uint32_t ripple = x + lowest;
  return (((ripple ^ x) >> 2) >> std::countr_zero(x)) | ripple;
}

// Which bits of a slot to flip: every value of so many bits with at most so many ones, by number of
// ones, so that a smaller radius is the beginning of a larger one. Values of equal ones count
// upward, so that flips in the low bits, whose buckets share a cache line, come together.
class Flips {
 public:
  Flips(uint32_t bits, int radius) {
    const uint32_t limit = uint32_t{1} << bits;
    for (int ones = 0; ones <= radius; ++ones) {
      uint32_t value = (uint32_t{1} << ones) - 1;
      flips_.push_back(value);
      while (ones > 0 && (value = next_combination(value)) < limit) flips_.push_back(value);
      end_[static_cast<size_t>(ones)] = flips_.size();
    }
  }
  std::span<const uint32_t> within(int radius) const {
    return std::span(flips_).first(end_[static_cast<size_t>(radius)]);
  }

 private:
  std::vector<uint32_t> flips_;
  std::array<size_t, SlotWidths::kMostBits + 1> end_{};
};

// All probes of a search, in order of query, slot, number of flips.
class ProbeStream {
 public:
  ProbeStream(const SlotWidths& widths, const SlotPlan& plan, std::span<const Hash256> queries)
      : widths_(widths), queries_(queries) {
    for (uint32_t slot = 0, bit = 0; slot < widths.slots; bit += widths.bits[slot++])
      first_bit_[slot] = bit;
    // Slots of one width share their flips, so those of the widest radius are made.
    std::array<int, SlotWidths::kMostBits + 1> radius;
    radius.fill(-1);
    for (uint32_t slot = 0; slot < widths.slots; ++slot)
      radius[widths.bits[slot]] = std::max<int>(radius[widths.bits[slot]], plan.radius[slot]);
    std::array<const Flips*, SlotWidths::kMostBits + 1> flips{};
    tables_.reserve(flips.size());
    for (uint32_t bits = 0; bits < flips.size(); ++bits)
      if (radius[bits] >= 0) flips[bits] = &tables_.emplace_back(bits, radius[bits]);
    for (uint32_t slot = 0; slot < widths.slots; ++slot)
      if (plan.radius[slot] >= 0)
        flips_[slot] = flips[widths.bits[slot]]->within(plan.radius[slot]);
  }

  // False when there are no more.
  bool fill(Batch& batch) {
    batch.probes = 0;
    while (done_ == flips_[slot_].size()) {  // this slot is done, or not probed at all
      done_ = 0;
      if (++slot_ < widths_.slots) continue;
      slot_ = 0;
      ++query_;
    }
    if (query_ >= queries_.size()) return false;
    const uint32_t value = slot_value(queries_[query_], first_bit_[slot_], widths_.bits[slot_]);
    const auto flips = flips_[slot_].subspan(done_);
    const auto count = static_cast<uint32_t>(std::min<size_t>(kProbes, flips.size()));
    for (uint32_t i = 0; i < count; ++i) batch.bucket[i] = value ^ flips[i];
    batch.query = query_;
    batch.slot = slot_;
    batch.probes = count;
    done_ += count;
    return true;
  }

  uint32_t first_bit(uint32_t slot) const { return first_bit_[slot]; }

 private:
  const SlotWidths& widths_;
  const std::span<const Hash256> queries_;
  std::vector<Flips> tables_;
  std::array<std::span<const uint32_t>, SlotWidths::kMostSlots> flips_;  // of each slot
  std::array<uint32_t, SlotWidths::kMostSlots> first_bit_{};
  uint32_t query_ = 0;
  uint32_t slot_ = 0;
  size_t done_ = 0;  // of this slot's flips
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
    uint64_t last = UINT64_MAX;  // of the turns; known once the stream ends
    for (uint64_t turn = 0; turn < last; ++turn) {
      // Oldest first: what was asked for longest ago is there.
      if (turn >= 3) check_hashes(batches[(turn - 3) % 4]);
      if (search_.sink.overflowed()) return;
      if (turn >= 2) gather(batches[(turn - 2) % 4]);
      if (turn >= 1) locate(batches[(turn - 1) % 4]);
      if (!probe(batches[turn % 4]) && last == UINT64_MAX) last = turn + 3;
    }
  }

 private:
  bool probe(Batch& batch) {
    if (!probes_.fill(batch)) return false;
    const BucketGroup* groups = image_.groups(batch.slot);
    for (uint32_t i = 0; i < batch.probes; ++i)
      __builtin_prefetch(&groups[batch.bucket[i] / BucketGroup::kBuckets]);
    return true;
  }

  void locate(Batch& batch) {
    const BucketGroup* groups = image_.groups(batch.slot);
    const uint32_t* row_numbers = image_.row_numbers(batch.slot);
    uint32_t ranges = 0;
    for (uint32_t i = 0; i < batch.probes; ++i) {
      const Range range = range_of(batch.slot, groups, batch.bucket[i]);
      batch.range[ranges] = range;
      // A file may claim anything; what we read never leaves the rows.
      const bool is_within = range.start <= rows_ && range.count <= rows_ - range.start;
      ranges += (range.count > 0) & is_within;
    }
    batch.ranges = ranges;
    for (uint32_t i = 0; i < ranges; ++i) __builtin_prefetch(row_numbers + batch.range[i].start);
  }

  void gather(Batch& batch) {
    const uint32_t* row_numbers = image_.row_numbers(batch.slot);
    uint32_t rows = 0;
    for (uint32_t i = 0; i < batch.ranges; ++i) {
      const Range range = batch.range[i];
      const size_t room = rows + size_t{kProbes - i} * kFewRows;
      if (range.count <= kFewRows && rows_ - range.start >= kFewRows) [[likely]] {
        for (uint32_t k = 0; k < kFewRows; ++k) batch.row[rows + k] = row_numbers[range.start + k];
      } else {
        if (batch.row.size() < room + range.count) batch.row.resize(2 * (room + range.count));
        std::copy_n(row_numbers + range.start, range.count, batch.row.begin() + rows);
      }
      rows += range.count;
    }
    const Hash256* hashes = image_.row_hashes();
    for (uint32_t i = 0; i < rows; ++i) {
      if (batch.row[i] >= rows_) [[unlikely]]
        batch.row[i] = 0;  // a file's claim, as above
      __builtin_prefetch(hashes + batch.row[i]);
    }
    batch.rows = rows;
  }

  void check_hashes(const Batch& batch) {
    if (found_.size() < batch.rows) found_.resize(batch.row.size());
    const Hash256& query = search_.queries[batch.query];
    const Hash256* hashes = image_.row_hashes();
    const std::span candidates(batch.row.data(), batch.rows);
    const size_t count = check(hashes, candidates, query, search_.radius, found_);
    for (size_t i = 0; i < count; ++i) {
      const uint32_t row = found_[i].row;
      if (is_in_earlier_slot(query, hashes[row], batch.slot)) continue;
      if (!search_.found(batch.query, found_[i].distance, image_.keys()[row])) return;
    }
  }

  // A near row is near in several slots and would be found in each; the first one gives it away.
  bool is_in_earlier_slot(const Hash256& query, const Hash256& hash, uint32_t slot) const {
    for (uint32_t i = 0; i < slot; ++i) {
      const uint32_t first = probes_.first_bit(i);
      const uint32_t differ =
          slot_value(query, first, widths_.bits[i]) ^ slot_value(hash, first, widths_.bits[i]);
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
