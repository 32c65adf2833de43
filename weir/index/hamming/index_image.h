// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "weir/base/hash256.h"
#include "weir/base/result.h"
#include "weir/index/hamming/hamming_scan.h"
#include "weir/index/hamming/slot_plan.h"
#include "weir/index/huge_memory.h"

namespace weir {

// Eight neighbouring buckets of a slot: where the first starts in the slot's row numbers, and a
// nibble of length for each. A cache line holds 64 buckets, so that values which differ in their
// low six bits are found together, and the tables take one byte a bucket.
struct BucketGroup {
  static constexpr uint32_t kBuckets = 8;
  static constexpr uint32_t kMostRows = 14;      // in a bucket, for the nibbles to be used
  static constexpr uint32_t kLong = 0xFFFFFFFF;  // some bucket is longer: its ends must be searched

  uint32_t first = 0;
  uint32_t counts = 0;  // bucket b in bits [4 b, 4 b + 4)
};

// What the bytes of an index depend on; their layout follows from it alone.
struct IndexShape {
  uint64_t rows = 0;
  SlotWidths widths;
  friend bool operator==(const IndexShape&, const IndexShape&) = default;
};

// Offsets of the parts from the start of the image, each a multiple of 64;
// docs/formats/hamming-index.md describes them.
struct IndexLayout {
  uint64_t hashes = 0;
  uint64_t keys = 0;
  std::array<uint64_t, SlotWidths::kMostSlots> groups{};
  std::array<uint64_t, SlotWidths::kMostSlots> row_numbers{};
  uint64_t bytes = 0;  // of the whole image
};
IndexLayout layout_of(const IndexShape& shape);

// An index as one piece of memory, the same bytes as in its file. Rows are ordered by key.
//
// The bytes may come from a file whose author we do not know. Their layout is sound once the shape
// is, but row numbers and bucket starts may be anything, so a reader compares them with rows().
class IndexImage {
 public:
  IndexImage() = default;  // no rows
  // All bytes zero. Errors: unavailable when memory lacks.
  static Result<IndexImage> allocate(const IndexShape& shape);

  const IndexShape& shape() const { return shape_; }
  uint64_t rows() const { return shape_.rows; }
  bool has_slots() const { return shape_.widths.slots > 0; }

  // Without slots the hashes are four columns, as a scan likes them; with slots they are row-wise,
  // so that a candidate costs one cache line.
  HashColumns columns() const;
  const Hash256* row_hashes() const { return at<Hash256>(layout_.hashes); }
  Hash256 hash(uint64_t row) const;
  std::span<const uint32_t> keys() const { return {at<uint32_t>(layout_.keys), rows()}; }
  const BucketGroup* groups(uint32_t slot) const { return at<BucketGroup>(layout_.groups[slot]); }
  const uint32_t* row_numbers(uint32_t slot) const {
    return at<uint32_t>(layout_.row_numbers[slot]);
  }
  static uint64_t group_count(uint32_t slot_bits) {
    return (uint64_t{1} << slot_bits) / BucketGroup::kBuckets + 1;  // the last one marks the end
  }

  // For those who fill it.
  void set_row(uint64_t row, const Hash256& hash, uint32_t key);
  BucketGroup* groups(uint32_t slot) { return at<BucketGroup>(layout_.groups[slot]); }
  uint32_t* row_numbers(uint32_t slot) { return at<uint32_t>(layout_.row_numbers[slot]); }

  std::span<const uint8_t> bytes() const { return memory_.bytes(); }
  std::span<uint8_t> bytes() { return memory_.bytes(); }

 private:
  template <class T>
  const T* at(uint64_t offset) const {
    return reinterpret_cast<const T*>(memory_.data() + offset);
  }
  template <class T>
  T* at(uint64_t offset) {
    return reinterpret_cast<T*>(memory_.data() + offset);
  }

  IndexShape shape_;
  IndexLayout layout_;
  HugeMemory memory_;
};

}  // namespace weir
